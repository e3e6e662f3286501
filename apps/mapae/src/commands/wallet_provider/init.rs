//! `mapae wallet-provider init`.

use std::path::PathBuf;

use clap::Args;
use mapae_crypto::SigningKey;
use mapae_http::settings;
use mapae_trust::{
    Names,
    ledger::{Change, Statement, WalletProvider, WalletProviderId},
};
use mapae_types::{Duration, Entropy as _, Timestamp, hex};
use mapae_wallet_provider::WalletProviderConfig;
use mapae_x509::{AlternativeName, RootParams, SignerParams, TrustAnchor, attestation_signer, wallet_provider_root};
use serde_json::json;
use toml::Table;

use super::{SETTINGS, new_instances};
use crate::{
    certify::{ROOT_DAYS, pair, sign, signed_crl},
    commands::entry::{self, EntryArgs},
    draft::Draft,
    environment::{SystemEntropy, now},
    failure::{Failure, OrUsage as _, Outcome},
    output::Output,
    service,
};

/// As long as the profile of a signer of attestations allows.
const SIGNER_DAYS: i64 = 457;

#[derive(Args)]
pub(crate) struct InitArgs {
    /// Directory to create it in
    #[arg(long)]
    dir: PathBuf,
    /// Name of the wallet, also in the ledger
    #[arg(long, default_value = "Mapae Sample Wallet")]
    name: String,
    /// Its Korean name in the ledger
    #[arg(long, default_value = "마패 견본 지갑")]
    name_ko: String,
    /// What the service's URLs begin with; http for a loopback address alone
    #[arg(long)]
    base_url: String,
    /// `client_id` of every wallet; without it, the base URL and `/app`
    #[arg(long)]
    client_id: Option<String>,
    /// Country, ISO 3166-1 alpha-2
    #[arg(long, default_value = "KR")]
    country: String,
    /// Its id in the ledger
    #[arg(long, default_value = "wallet")]
    id: WalletProviderId,
    #[command(flatten)]
    entry: EntryArgs,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    at: Option<Timestamp>,
}

/// Creates a provider in a directory that has none.
pub(super) fn init(args: &InitArgs, output: &Output) -> Outcome<()> {
    if args.dir.join(SETTINGS).exists() || args.dir.join("root.key").exists() {
        let dir = args.dir.display();
        return Err(Failure::usage(format!("{dir} already holds a wallet provider; nothing was changed")));
    }
    let (at, mut draft) = (now(args.at)?, Draft::default());
    let settings = settings(args)?;
    let root = certify(args, &mut draft, at)?;
    let names = Names::new(&args.name_ko, &args.name).or_usage(|| "--name, --name-ko".to_owned())?;
    let provider = WalletProvider { id: args.id.clone(), names, root: root.clone() };
    let entry = args.entry.sign(&Statement::WalletProvider(Change::Enter(provider)), at)?;
    // Last, since its presence says that all the rest is there.
    draft.public(SETTINGS, settings);
    draft.write(&args.dir)?;
    service::block_on(async { Ok(new_instances(&args.dir).await.map(drop)?) })?;
    entry.as_ref().map_or(Ok(()), entry::NewEntry::write)?;
    let (dir, certificate) = (args.dir.display().to_string(), root.certificate());
    let document = json!({
        "wallet_provider": dir,
        "id": args.id.as_str(),
        "base_url": base_url(args),
        "root": { "subject": certificate.subject(), "sha256": hex::encode(&certificate.fingerprint()) },
        "entry": entry::place(entry.as_ref()),
    });
    output.answer(&document, || {
        let (subject, next) = (certificate.subject(), entry::next(entry.as_ref()));
        format!(
            "Wallet provider {} in {dir}\n  root {subject}, valid until {}\n  {next}\n  \
             `mapae serve wallet-provider --dir {dir}` starts it; {dir}/{SETTINGS} has its settings",
            args.id,
            certificate.not_after()
        )
    });
    Ok(())
}

fn base_url(args: &InitArgs) -> &str {
    args.base_url.trim_end_matches('/')
}

/// The commented file, with what was given. It is read once before anything is written.
fn settings(args: &InitArgs) -> Outcome<String> {
    let client_id = args.client_id.clone().unwrap_or_else(|| format!("{}/app", base_url(args)));
    let given = [("base_url", base_url(args)), ("client_id", &client_id), ("wallet_name", &args.name)];
    let given: Table = given.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
    let text = settings::template::<WalletProviderConfig>(&given.to_string());
    let text = text.or_usage(|| "no such wallet provider can be made".to_owned())?;
    settings::parse::<WalletProviderConfig>(&text).or_usage(|| "no such wallet provider can be made".to_owned())?;
    Ok(text)
}

/// The root and the signer below it, put into the draft.
fn certify(args: &InitArgs, draft: &mut Draft, at: Timestamp) -> Outcome<TrustAnchor> {
    let (root_key, signer_key) = (SigningKey::generate(&mut SystemEntropy)?, SigningKey::generate(&mut SystemEntropy)?);
    let from = at.start_of_day();
    let unsigned = wallet_provider_root(&RootParams {
        country: &args.country,
        state_or_province: None,
        organization: Some(&args.name),
        common_name: &format!("{} root", args.name),
        public_key: root_key.public(),
        serial: SystemEntropy.array()?,
        not_before: from,
        not_after: from + Duration::days(ROOT_DAYS),
        crl_url: &format!("{}/root.crl", base_url(args)),
        contact: AlternativeName::Uri(base_url(args).to_owned()),
    });
    let unsigned = unsigned.or_usage(|| "no such certificate can be made".to_owned())?;
    let root = TrustAnchor::new(sign(unsigned, &root_key)?)?;
    let unsigned = attestation_signer(
        &root,
        &SignerParams {
            organization: Some(&args.name),
            common_name: &format!("{} attestations", args.name),
            public_key: signer_key.public(),
            serial: SystemEntropy.array()?,
            not_before: from,
            not_after: from + Duration::days(SIGNER_DAYS),
            alternative_names: &[],
        },
    );
    let signer = sign(unsigned.or_usage(|| "no such certificate can be made".to_owned())?, &root_key)?;
    pair(draft, "root", root.certificate(), &root_key);
    pair(draft, "signer", &signer, &signer_key);
    draft.binary("root.crl", signed_crl(&root, &root_key, &[], at)?.der());
    Ok(root)
}
