//! The directories of a registrar, of a relying party and of a reader.
//!
//! ```text
//! registrar/      registrar.toml                  name, country, base URL
//!                 registrar.pem  registrar.key    the root of access certificates and readers
//!                 registrar.crl                   its revocation list, DER
//! relying party/  access.pem  access.key          signs requests; its hash is the client id
//!                 registration.cbor               what it may ask for
//! reader/         reader.pem  reader.key          signs the requests of one device
//! ```

use std::path::{Path, PathBuf};

use mapae_crypto::SigningKey;
use mapae_trust::Registration;
use mapae_types::{Duration, Entropy as _, Timestamp};
use mapae_x509::{Certificate, Role, SignerParams, TrustAnchor, mdoc_reader, verify_chain};

use crate::{
    authority::{Profile, read_certificate, read_key},
    certify::{pair, sign},
    draft::Draft,
    environment::SystemEntropy,
    failure::{Failure, OrUsage as _, Outcome},
    files,
};

/// ISO 18013-5 Table B.7: a reader's certificate lasts at most so long.
const READER_DAYS: i64 = 1187;

/// The directory of an existing registrar.
pub(crate) struct Registrar {
    root: TrustAnchor,
    key: SigningKey,
}

/// The directory of a registered relying party.
pub(crate) struct RelyingParty {
    dir: PathBuf,
    registration: Registration,
}

impl Registrar {
    /// Opens the directory that `mapae relying-party registrar` made.
    pub(crate) fn open(dir: &Path) -> Outcome<Self> {
        let path = dir.join("registrar.toml");
        if !path.exists() {
            let dir = dir.display();
            let hint = format!("{dir} is not a registrar; `mapae relying-party registrar --dir {dir}` creates one");
            return Err(Failure::usage(hint));
        }
        Profile::read(&path)?;
        let root = TrustAnchor::new(read_certificate(&dir.join("registrar.pem"))?)?;
        Ok(Self { root, key: read_key(&dir.join("registrar.key"))? })
    }

    /// A key and its certificate of the profile for readers, put into the draft under that name.
    pub(crate) fn certify(
        &self,
        draft: &mut Draft,
        file: &str,
        (organization, common_name): (&str, &str),
        at: Timestamp,
    ) -> Outcome<Certificate> {
        let key = SigningKey::generate(&mut SystemEntropy)?;
        let from = at.start_of_day();
        let params = SignerParams {
            organization: Some(organization),
            common_name,
            public_key: key.public(),
            serial: SystemEntropy.array()?,
            not_before: from,
            not_after: self.root.certificate().not_after().min(from + Duration::days(READER_DAYS)),
            alternative_names: &[],
        };
        let unsigned = mdoc_reader(&self.root, &params).or_usage(|| "no such certificate can be made".to_owned())?;
        let certificate = sign(unsigned, &self.key)?;
        pair(draft, file, &certificate, &key);
        Ok(certificate)
    }

    /// Whether that access certificate is by this registrar.
    pub(crate) fn certified(&self, certificate: &Certificate, at: Timestamp) -> bool {
        let chain = std::slice::from_ref(certificate);
        verify_chain(chain, std::slice::from_ref(&self.root), Role::MdocReader, at).is_ok()
    }
}

impl RelyingParty {
    /// Opens the directory that `mapae relying-party register` made.
    pub(crate) fn open(dir: &Path) -> Outcome<Self> {
        let registration = read_registration(&dir.join("registration.cbor"))?;
        Ok(Self { dir: dir.to_owned(), registration })
    }

    pub(crate) const fn registration(&self) -> &Registration {
        &self.registration
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }
}

/// Reads `registration.cbor`.
pub(crate) fn read_registration(path: &Path) -> Outcome<Registration> {
    let bytes = files::read(path).map_err(Failure::Usage)?;
    Registration::from_bytes(&bytes).or_usage(|| format!("{} is not a registration", path.display()))
}
