//! `mapae relying-party registrar`: the root of access certificates.

use std::path::PathBuf;

use clap::Args;
use mapae_crypto::SigningKey;
use mapae_trust::ledger::{Change, Statement};
use mapae_types::{Duration, Entropy as _, Timestamp, hex};
use mapae_x509::{AlternativeName, RootParams, TrustAnchor, reader_root};
use serde_json::json;

use crate::{
    authority::Profile,
    certify::{ROOT_DAYS, pair, sign, signed_crl},
    commands::entry::{self, EntryArgs},
    draft::Draft,
    environment::{SystemEntropy, now},
    failure::{Failure, Outcome},
    output::Output,
};

#[derive(Args)]
pub(crate) struct RegistrarArgs {
    /// Directory to create it in
    #[arg(long)]
    dir: PathBuf,
    /// Country, ISO 3166-1 alpha-2
    #[arg(long, default_value = "KR")]
    country: String,
    /// Name of the registrar
    #[arg(long, default_value = "Mapae Sample Registrar")]
    name: String,
    /// Where its revocation list will be published
    #[arg(long, default_value = "https://registrar.example")]
    base_url: String,
    #[command(flatten)]
    entry: EntryArgs,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    at: Option<Timestamp>,
}

/// Creates a registrar in a directory that has none.
pub(super) fn registrar(args: &RegistrarArgs, output: &Output) -> Outcome<()> {
    let profile = Profile::new(&args.name, &args.country, &args.base_url)?;
    if args.dir.join("registrar.toml").exists() || args.dir.join("registrar.key").exists() {
        let dir = args.dir.display();
        return Err(Failure::usage(format!("{dir} already holds a registrar; nothing was changed")));
    }
    let at = now(args.at)?;
    let mut draft = Draft::default();
    let root = create_root(&mut draft, &profile, at)?;
    let entry = args.entry.sign(&Statement::Registrar(Change::Enter(root.clone())), at)?;
    // Last, since its presence says that all the rest is there.
    draft.public("registrar.toml", profile.to_toml());
    draft.write(&args.dir)?;
    entry.as_ref().map_or(Ok(()), entry::NewEntry::write)?;
    let (dir, certificate) = (args.dir.display().to_string(), root.certificate());
    let document = json!({
        "registrar": dir,
        "name": profile.name,
        "root": { "subject": certificate.subject(), "sha256": hex::encode(&certificate.fingerprint()) },
        "entry": entry::place(entry.as_ref()),
    });
    output.answer(&document, || {
        let (subject, until) = (certificate.subject(), certificate.not_after());
        let next = entry::next(entry.as_ref());
        format!("Registrar {} in {dir}\n  root {subject}, valid until {until}\n  {next}", profile.name)
    });
    Ok(())
}

fn create_root(draft: &mut Draft, profile: &Profile, at: Timestamp) -> anyhow::Result<TrustAnchor> {
    let key = SigningKey::generate(&mut SystemEntropy)?;
    let from = at.start_of_day();
    let unsigned = reader_root(&RootParams {
        country: &profile.country,
        state_or_province: None,
        organization: Some(&profile.name),
        common_name: &format!("{} readers", profile.name),
        public_key: key.public(),
        serial: SystemEntropy.array()?,
        not_before: from,
        not_after: from + Duration::days(ROOT_DAYS),
        crl_url: &format!("{}/registrar.crl", profile.base_url),
        contact: AlternativeName::Uri(profile.base_url.clone()),
    })?;
    let root = TrustAnchor::new(sign(unsigned, &key)?)?;
    pair(draft, "registrar", root.certificate(), &key);
    draft.binary("registrar.crl", signed_crl(&root, &key, &[], at)?.der());
    Ok(root)
}
