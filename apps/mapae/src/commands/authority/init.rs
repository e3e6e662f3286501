//! `mapae authority init`.

use mapae_crypto::SigningKey;
use mapae_types::{Duration, Entropy as _, Timestamp, hex};
use mapae_x509::{AlternativeName, Certificate, RootParams, TrustAnchor, iaca_root};
use serde_json::json;

use super::signers::Certifier;
use crate::{
    authority::{Profile, SignerName},
    certify::{ROOT_DAYS, pair, sign, signed_crl},
    cli::InitArgs,
    draft::Draft,
    environment::{SystemEntropy, now},
    failure::{Failure, Outcome},
    output::Output,
};

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
    let certifier = Certifier { profile: &profile, root: &root, key: &root_key, from };
    for name in SignerName::ALL {
        certifier.certify(&mut draft, name, name.file())?;
    }
    create_other_keys(&mut draft)?;
    draft.binary("iaca.crl", signed_crl(&root, &root_key, &[], at)?.der());
    // Last, since its presence says that all the rest is there.
    draft.public("authority.toml", profile.to_toml());
    draft.write(&args.dir)?;
    answer(args, &profile, root.certificate(), output);
    Ok(())
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
