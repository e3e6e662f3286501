//! `mapae authority renew-signers`: new signers below the newest root.
//!
//! Nothing is taken away: what the old ones signed stays good. `mapae issue` and `mapae bundle build` sign with the
//! newest whose certificate has begun. On a ledger each is to be entered (kind `signer`), and its root (kind `issuer`),
//! before anything that it signs is accepted.

#[cfg(feature = "services")]
use std::path::Path;

use mapae_crypto::SigningKey;
use mapae_types::{Duration, Entropy as _, Timestamp, hex};
use mapae_x509::{Certificate, SignerParams, TrustAnchor, document_signer, mdl_signer, sd_jwt_signer, status_signer};
use serde_json::{Value, json};

use super::RenewArgs;
use crate::{
    authority::{Authority, Profile, SIGNING_DAYS, SignerName},
    certify::{pair, sign},
    draft::Draft,
    environment::{SystemEntropy, now},
    failure::{OrUsage as _, Outcome},
    output::Output,
};

/// ISO 18013-5 Table B.3 allows a document signer at most 457 days.
const SIGNER_DAYS: i64 = 457;

/// Makes the next signers of an authority.
pub(crate) fn renew_signers(args: &RenewArgs, output: &Output) -> Outcome<()> {
    let authority = Authority::open(&args.authority)?;
    let (root, at) = (authority.newest_root()?, now(args.at)?);
    let key = authority.key(root.name())?;
    let certifier = Certifier { profile: authority.profile(), root: root.anchor(), key: &key, from: at.start_of_day() };
    let mut draft = Draft::default();
    let mut made = Vec::new();
    for name in SignerName::ALL {
        let file = authority.next_signer(name);
        let certificate = certifier.certify(&mut draft, name, &file);
        made.push((
            file,
            certificate.or_usage(|| "no signer can be made below the newest root at that time".to_owned())?,
        ));
    }
    draft.write(&args.authority)?;
    answer(args, root.name(), &made, output);
    Ok(())
}

/// Makes the first signers anew in a copy of an authority; who publishes them is another matter.
#[cfg(feature = "services")]
pub(crate) fn make_signers(dir: &Path, names: &[SignerName], from: Timestamp) -> Outcome<()> {
    let authority = Authority::open(dir)?;
    let (root, key) = (authority.root()?, authority.key("iaca")?);
    let certifier = Certifier { profile: authority.profile(), root: &root, key: &key, from };
    let mut draft = Draft::default();
    for name in names {
        certifier.certify(&mut draft, *name, name.file())?;
    }
    Ok(draft.write(dir)?)
}

/// A root that certifies signers from a day on.
pub(super) struct Certifier<'a> {
    pub(super) profile: &'a Profile,
    pub(super) root: &'a TrustAnchor,
    pub(super) key: &'a SigningKey,
    pub(super) from: Timestamp,
}

impl Certifier<'_> {
    /// A new key and its certificate, in files of that name.
    pub(super) fn certify(&self, draft: &mut Draft, name: SignerName, file: &str) -> anyhow::Result<Certificate> {
        let Self { profile, root, from, .. } = *self;
        let key = SigningKey::generate(&mut SystemEntropy)?;
        let params = SignerParams {
            organization: Some(&profile.name),
            common_name: &format!("{} {}", profile.name, name.file().replace('-', " ")),
            public_key: key.public(),
            serial: SystemEntropy.array()?,
            not_before: from,
            not_after: root.certificate().not_after().min(from + Duration::days(SIGNER_DAYS)),
            alternative_names: &[],
        };
        let unsigned = match name {
            SignerName::Document => document_signer(root, &params),
            SignerName::Mdl => mdl_signer(root, &params),
            SignerName::SdJwt => sd_jwt_signer(root, &params),
            SignerName::Status => status_signer(root, &params),
        }?;
        let certificate = sign(unsigned, self.key)?;
        pair(draft, file, &certificate, &key);
        Ok(certificate)
    }
}

fn answer(args: &RenewArgs, root: &str, made: &[(String, Certificate)], output: &Output) {
    let dir = args.authority.display().to_string();
    let signer = |(file, certificate): &(String, Certificate)| -> Value {
        json!({
            "file": format!("{file}.pem"),
            "sha256": hex::encode(&certificate.fingerprint()),
            "signs_until": (certificate.not_before() + Duration::days(SIGNING_DAYS)).to_string(),
            "not_after": certificate.not_after().to_string(),
        })
    };
    let signers: Vec<Value> = made.iter().map(signer).collect();
    let document = json!({ "authority": dir, "root": format!("{root}.pem"), "signers": signers });
    output.answer(&document, || {
        let files: Vec<String> = made.iter().map(|(file, _)| format!("{file}.pem")).collect();
        let from = made.first().map_or(String::new(), |(_, certificate)| certificate.not_before().to_string());
        format!(
            "New signers below {dir}/{root}.pem: {}\n  \
             they sign from {from} on, for {SIGNING_DAYS} days; what the old ones signed stays good\n  \
             on a ledger, enter them (kind `signer`) before they sign",
            files.join(", ")
        )
    });
}
