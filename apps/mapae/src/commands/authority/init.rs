//! `mapae authority init`.

#[cfg(feature = "services")]
use std::path::Path;

use mapae_crypto::SigningKey;
use mapae_types::{Duration, Entropy as _, Timestamp, hex};
use mapae_x509::{
    AlternativeName, Certificate, RootParams, SignerParams, TrustAnchor, document_signer, iaca_root, mdl_signer,
    sd_jwt_signer, status_signer,
};
use serde_json::json;

use crate::{
    authority::{Profile, SignerName},
    certify::{ROOT_DAYS, pair, sign, signed_crl},
    cli::InitArgs,
    draft::Draft,
    environment::{SystemEntropy, now},
    failure::{Failure, Outcome},
    output::Output,
};

/// ISO 18013-5 Table B.3 allows a document signer at most 457 days.
const SIGNER_DAYS: i64 = 457;

/// Creates an authority in a directory that has none.
pub(crate) fn init(args: &InitArgs, output: &Output) -> Outcome<()> {
    let profile = Profile::new(&args.name, &args.country, &args.base_url)?;
    if args.dir.join("authority.toml").exists() || args.dir.join("iaca.key").exists() {
        let dir = args.dir.display();
        return Err(Failure::usage(format!("{dir} already holds an authority; nothing was changed")));
    }
    let at = now(args.at)?;
    let mut draft = Draft::default();
    // The day's start, since the dates inside a copy are rounded down to it (design D7).
    let from = at.start_of_day();
    let (root, root_key) = create_root(&mut draft, &profile, from)?;
    for name in SignerName::ALL {
        create_signer(&mut draft, &profile, &root, &root_key, name, from)?;
    }
    create_other_keys(&mut draft)?;
    draft.binary("iaca.crl", signed_crl(&root, &root_key, &[], at)?.der());
    // Last, since its presence says that all the rest is there.
    draft.public("authority.toml", profile.to_toml());
    draft.write(&args.dir)?;
    answer(args, &profile, root.certificate(), output);
    Ok(())
}

/// Makes more signers of an authority that exists; who publishes them is another matter.
#[cfg(feature = "services")]
pub(crate) fn make_signers(dir: &Path, names: &[SignerName], from: Timestamp) -> Outcome<()> {
    let authority = crate::authority::Authority::open(dir)?;
    let mut draft = Draft::default();
    for name in names {
        create_signer(&mut draft, authority.profile(), &authority.root()?, &authority.key("iaca")?, *name, from)?;
    }
    Ok(draft.write(dir)?)
}

fn create_root(draft: &mut Draft, profile: &Profile, from: Timestamp) -> anyhow::Result<(TrustAnchor, SigningKey)> {
    let key = SigningKey::generate(&mut SystemEntropy)?;
    let unsigned = iaca_root(&RootParams {
        country: &profile.country,
        state_or_province: None,
        organization: Some(&profile.name),
        common_name: &format!("{} IACA", profile.name),
        public_key: key.public(),
        serial: SystemEntropy.array()?,
        not_before: from,
        not_after: from + Duration::days(ROOT_DAYS),
        crl_url: &format!("{}/iaca.crl", profile.base_url),
        contact: AlternativeName::Uri(profile.base_url.clone()),
    })?;
    let certificate = sign(unsigned, &key)?;
    pair(draft, "iaca", &certificate, &key);
    Ok((TrustAnchor::new(certificate)?, key))
}

fn create_signer(
    draft: &mut Draft,
    profile: &Profile,
    root: &TrustAnchor,
    root_key: &SigningKey,
    name: SignerName,
    from: Timestamp,
) -> anyhow::Result<()> {
    let key = SigningKey::generate(&mut SystemEntropy)?;
    let params = SignerParams {
        organization: Some(&profile.name),
        common_name: &format!("{} {}", profile.name, name.file().replace('-', " ")),
        public_key: key.public(),
        serial: SystemEntropy.array()?,
        not_before: from,
        not_after: from + Duration::days(SIGNER_DAYS),
        alternative_names: &[],
    };
    let unsigned = match name {
        SignerName::Document => document_signer(root, &params),
        SignerName::Mdl => mdl_signer(root, &params),
        SignerName::SdJwt => sd_jwt_signer(root, &params),
        SignerName::Status => status_signer(root, &params),
    }?;
    pair(draft, name.file(), &sign(unsigned, root_key)?, &key);
    Ok(())
}

fn create_other_keys(draft: &mut Draft) -> anyhow::Result<()> {
    let bundle = SigningKey::generate(&mut SystemEntropy)?;
    draft.secret("bundle.key", bundle.to_pkcs8_pem().as_bytes());
    draft.public("bundle-key.pem", bundle.public().to_spki_pem());
    draft.secret("status-index.key", &SystemEntropy.array::<32>()?);
    Ok(())
}

fn answer(args: &InitArgs, profile: &Profile, root: &Certificate, output: &Output) {
    let dir = args.dir.display().to_string();
    let document = json!({
        "authority": dir,
        "name": profile.name,
        "country": profile.country,
        "root": { "subject": root.subject(), "sha256": hex::encode(&root.fingerprint()), "not_after": root.not_after().to_string() },
    });
    output.answer(&document, || {
        format!(
            "Authority {} in {dir}\n  root {}, valid until {}\n  signers for mdoc, SD-JWT and status lists; readers pin {dir}/bundle-key.pem",
            profile.name,
            root.subject(),
            root.not_after(),
        )
    });
}
