//! An authority's directory: certificates anybody may read, keys that only its owner may.
//!
//! ```text
//! authority.toml                      name, country, base URL
//! iaca.pem  iaca.key  iaca.crl        the root and its revocation list, DER
//! iaca-2.pem .key .crl  iaca-2-link.pem   the next root, and the one before it vouching for it
//! document-signer.pem .key            signs mdocs
//! mdl-signer.pem      .key            signs mdocs that are driving licences
//! sd-jwt-signer.pem   .key            signs SD-JWT VCs
//! status-signer.pem   .key            signs status lists
//! document-signer-2.pem .key, …       the signers after those, below the newest root; the old ones stay
//! vical-signer.pem    .key            signs lists of roots for foreign readers, made with the first list
//! bundle-key.pem      bundle.key      signs bundles; readers pin the public half
//! status-index.key                    permutes status indices (design D6)
//! status-counter                      copies numbered so far
//! distrusted.jsonl                    signers that ceased or were compromised (design D11)
//! revocations.jsonl                   revoked status indices
//! status/<n>.cwt .jwt                 status list tokens as published
//! ```

mod signers;

#[cfg(feature = "services")]
pub(crate) use signers::SignerCertificate;
pub(crate) use signers::{SIGNING_DAYS, Signer, SignerName};

use std::{
    fs::File,
    io::{Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use mapae_crypto::{PublicKey, SigningKey};
use mapae_trust::Distrust;
use mapae_types::{Timestamp, hex};
use mapae_x509::{Certificate, TrustAnchor};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    failure::{Failure, Outcome},
    files, lines,
};

/// The directory of an existing authority.
pub(crate) struct Authority {
    dir: PathBuf,
    profile: Profile,
}

/// `authority.toml`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    /// Its name, in its certificates.
    pub(crate) name: String,
    /// ISO 3166-1 alpha-2.
    pub(crate) country: String,
    /// Without a slash at the end.
    pub(crate) base_url: String,
}

/// A root of an authority, by the name of its files.
pub(crate) struct Root {
    name: String,
    number: u32,
    anchor: TrustAnchor,
}

/// The files of the root that an authority begins with.
pub(crate) const FIRST_ROOT: &str = "iaca";
/// A common name has at most 64 characters (RFC 5280 Appendix A.1), of which " document signer" takes 16.
const NAME_LIMIT: usize = 48;

/// A line of `distrusted.jsonl`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DistrustLine {
    /// SHA-256 of the certificate, hexadecimal.
    pub(crate) certificate_sha256: String,
    /// Its serial number, hexadecimal, for the CRL.
    pub(crate) serial: String,
    /// Absent if the key is compromised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ceased_at: Option<String>,
    /// When this was recorded.
    pub(crate) recorded_at: String,
    /// The files of its root, unless that is the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) root: Option<String>,
}

/// A line of `revocations.jsonl`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevocationLine {
    pub(crate) uri: String,
    pub(crate) idx: u64,
    pub(crate) revoked_at: String,
    /// No copy has this entry: it hides which others were revoked together (design D6).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) cover: bool,
}

impl Profile {
    /// A name, a country and a place that fit certificates.
    pub(crate) fn new(name: &str, country: &str, base_url: &str) -> Outcome<Self> {
        if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(Failure::usage("--country takes two capital letters, such as KR (ISO 3166-1 alpha-2)"));
        }
        if !(1..=NAME_LIMIT).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(Failure::usage(format!("--name takes 1 to {NAME_LIMIT} characters")));
        }
        let base_url = base_url.trim_end_matches('/');
        let host = base_url.strip_prefix("https://").unwrap_or_default();
        if host.is_empty() || host.starts_with('/') || !host.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Failure::usage("--base-url takes an https URL in ASCII"));
        }
        Ok(Self { name: name.to_owned(), country: country.to_owned(), base_url: base_url.to_owned() })
    }

    /// Reads the file of an authority or a registrar.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        toml::from_str(&files::read_text(path)?).with_context(|| format!("cannot read {}", path.display()))
    }

    pub(crate) fn to_toml(&self) -> String {
        // A JSON string is a TOML basic string, apart from characters that `new` refused.
        let Self { name, country, base_url } = self;
        format!("name = {}\ncountry = {}\nbase_url = {}\n", json!(name), json!(country), json!(base_url))
    }
}

impl Root {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) const fn anchor(&self) -> &TrustAnchor {
        &self.anchor
    }

    /// The files of the root after this one.
    pub(crate) fn next_name(&self) -> String {
        root_name(self.number + 1)
    }
}

fn root_name(number: u32) -> String {
    numbered(FIRST_ROOT, number)
}

/// The files of the first of a kind have its name alone.
fn numbered(name: &str, number: u32) -> String {
    if number == 1 { name.to_owned() } else { format!("{name}-{number}") }
}

impl Authority {
    /// Opens the directory that `mapae authority init` made.
    pub(crate) fn open(dir: &Path) -> Outcome<Self> {
        let path = dir.join("authority.toml");
        if !path.exists() {
            let hint = format!("{0} is not an authority; `mapae authority init --dir {0}` creates one", dir.display());
            return Err(Failure::usage(hint));
        }
        Ok(Self { dir: dir.to_owned(), profile: Profile::read(&path)? })
    }

    pub(crate) const fn profile(&self) -> &Profile {
        &self.profile
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    pub(crate) fn certificate(&self, name: &str) -> anyhow::Result<Certificate> {
        read_certificate(&self.path(&format!("{name}.pem")))
    }

    /// The root that it began with.
    pub(crate) fn root(&self) -> anyhow::Result<TrustAnchor> {
        Ok(TrustAnchor::new(self.certificate(FIRST_ROOT)?)?)
    }

    /// All its roots, the first one first.
    pub(crate) fn roots(&self) -> anyhow::Result<Vec<Root>> {
        let mut roots = Vec::new();
        for number in 1.. {
            let name = root_name(number);
            if number > 1 && !self.path(&format!("{name}.pem")).exists() {
                break;
            }
            let anchor = TrustAnchor::new(self.certificate(&name)?)?;
            roots.push(Root { name, number, anchor });
        }
        Ok(roots)
    }

    pub(crate) fn newest_root(&self) -> anyhow::Result<Root> {
        self.roots()?.pop().context("an authority has a root")
    }

    pub(crate) fn key(&self, name: &str) -> anyhow::Result<SigningKey> {
        read_key(&self.path(&format!("{name}.key")))
    }

    /// The URI of the status list with that number.
    pub(crate) fn status_uri(&self, list: u64) -> String {
        format!("{}/status/{list}", self.profile.base_url)
    }

    /// The number of a status list by its URI, if it is one of ours.
    pub(crate) fn status_list_number(&self, uri: &str) -> Option<u64> {
        uri.strip_prefix(&self.profile.base_url)?.strip_prefix("/status/")?.parse().ok()
    }

    /// The key that permutes status indices.
    pub(crate) fn status_index_key(&self) -> anyhow::Result<[u8; 32]> {
        let path = self.path("status-index.key");
        files::read(&path)?.try_into().map_err(|_| anyhow::anyhow!("{} does not hold 32 bytes", path.display()))
    }

    /// Takes `count` numbers that no other copy has or will have, and gives the first. The counter is on the
    /// disk before a number is used; a crash wastes some and repeats none.
    pub(crate) fn reserve_copy_numbers(&self, count: u64) -> anyhow::Result<u64> {
        let path = self.path("status-counter");
        let is_new = !path.exists();
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(&path)?;
        file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let first: u64 = if text.is_empty() { 0 } else { text.trim().parse().context("status-counter is damaged")? };
        file.rewind()?;
        // A counter only grows, so the new text is never shorter than the old one.
        file.write_all(format!("{:020}\n", first + count).as_bytes())?;
        file.sync_all()?;
        if is_new {
            files::sync_parent(&path)?;
        }
        Ok(first)
    }

    /// The signers of this authority that are distrusted.
    pub(crate) fn distrusted(&self) -> anyhow::Result<Vec<DistrustLine>> {
        lines::read(&self.path("distrusted.jsonl"))
    }

    /// The revoked status indices, one by one.
    pub(crate) fn stream_revocations(&self) -> anyhow::Result<impl Iterator<Item = anyhow::Result<RevocationLine>>> {
        lines::stream(&self.path("revocations.jsonl"))
    }
}

impl DistrustLine {
    /// The files of the root that certified it.
    pub(crate) fn root(&self) -> &str {
        self.root.as_deref().unwrap_or(FIRST_ROOT)
    }

    /// The serial number, for the CRL.
    pub(crate) fn serial_bytes(&self) -> anyhow::Result<Vec<u8>> {
        hex::decode(&self.serial).context("distrusted.jsonl: serial is not hexadecimal")
    }

    /// As a bundle says it.
    pub(crate) fn to_entry(&self) -> anyhow::Result<([u8; 32], Distrust)> {
        let fingerprint = hex::decode(&self.certificate_sha256)
            .and_then(|bytes| bytes.try_into().ok())
            .context("distrusted.jsonl: certificate_sha256 is not 32 bytes in hexadecimal")?;
        let distrust = match &self.ceased_at {
            Some(time) => Distrust::CeasedAt(time.parse::<Timestamp>()?),
            None => Distrust::Compromised,
        };
        Ok((fingerprint, distrust))
    }
}

/// Reads a certificate in PEM.
pub(crate) fn read_certificate(path: &Path) -> anyhow::Result<Certificate> {
    Certificate::from_pem(&files::read_text(path)?).with_context(|| format!("{}", path.display()))
}

/// Reads a private key in PKCS#8 PEM.
pub(crate) fn read_key(path: &Path) -> anyhow::Result<SigningKey> {
    SigningKey::from_pkcs8_pem(&files::read_text(path)?).with_context(|| format!("{}", path.display()))
}

/// Reads a public key in PEM.
pub(crate) fn read_public_key(path: &Path) -> anyhow::Result<PublicKey> {
    PublicKey::from_spki_pem(&files::read_text(path)?).with_context(|| format!("{}", path.display()))
}
