//! `mapae issuer init`.

use std::path::{Path, PathBuf};

use clap::Args;
use mapae_http::settings;
use mapae_jose::base64url;
use mapae_types::{DocumentName, Entropy as _};
use serde_json::{Value, json};
use toml::Table;
use zeroize::Zeroizing;

use super::{IssuerDir, IssuerSettings, RegisterFile};
use crate::{
    authority::Authority,
    draft::Draft,
    environment::SystemEntropy,
    failure::{Failure, Outcome},
    output::Output,
    service,
};

#[derive(Args)]
pub(crate) struct InitArgs {
    /// Directory to make it in
    #[arg(long)]
    dir: PathBuf,
    /// The directory of the authority that it issues for
    #[arg(long)]
    authority: PathBuf,
    /// The issuer's identifier, where wallets reach it
    #[arg(long)]
    base_url: String,
    /// What is issued, by the catalogue's names
    #[arg(long = "document", default_value = "resident")]
    documents: Vec<DocumentName>,
    /// A register (CSV) to follow
    #[arg(long, value_name = "DOCUMENT=FILE")]
    register: Vec<RegisterFile>,
    /// The root (PEM) of a wallet provider whose attestations count
    #[arg(long = "wallet-provider", value_name = "ROOT.pem")]
    wallet_providers: Vec<PathBuf>,
    /// The ledger into which each day's count is entered
    #[arg(long, requires = "agency")]
    ledger: Option<String>,
    /// The ledger's policy
    #[arg(long, env = "MAPAE_POLICY", requires = "ledger")]
    policy: Option<PathBuf>,
    /// The directory of the agency that signs that entry
    #[arg(long, requires = "ledger")]
    agency: Option<PathBuf>,
    /// Another setting, as `issuer.toml` has it: `batch_size=5`, `surge.queue=100`
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
}

/// Makes one in a directory that has none.
pub(super) fn run(args: &InitArgs, output: &Output) -> Outcome<()> {
    let dir = args.dir.display();
    if args.dir.join("issuer.toml").exists() || args.dir.join("server.key").exists() {
        return Err(Failure::usage(format!("{dir} already holds an issuer; nothing was changed")));
    }
    Authority::open(&args.authority)?;
    let mut draft = Draft::default();
    draft.secret("server.key", Zeroizing::new(SystemEntropy.array::<32>()?).as_ref());
    let token = Zeroizing::new(base64url::encode(Zeroizing::new(SystemEntropy.array::<32>()?).as_ref()));
    draft.secret("office.token", format!("{}\n", *token).as_bytes());
    draft.public("issuer.toml", settings(args)?);
    draft.write(&args.dir)?;
    let made = IssuerDir::open(&args.dir.join("issuer.toml"))?;
    service::block_on(made.make_store())?;
    let document = json!({ "dir": args.dir.display().to_string(), "base_url": base_url(args)? });
    output.answer(&document, || {
        format!(
            "Issuer in {dir}: {dir}/issuer.toml has its settings, each with what it means.\n\
             `mapae serve issuer --dir {dir}` starts it; {dir}/office.token opens its office"
        )
    });
    Ok(())
}

/// The commented file, with what was given.
fn settings(args: &InitArgs) -> Outcome<String> {
    let names: Vec<&str> = args.documents.iter().map(DocumentName::as_str).collect();
    let mut given = json!({
        "base_url": base_url(args)?,
        "authority": absolute(&args.authority)?,
        "documents": names,
        "wallet_providers": args.wallet_providers.iter().map(|path| absolute(path)).collect::<Outcome<Vec<_>>>()?,
    });
    if !args.register.is_empty() {
        given["registers"] = args.register.iter().map(register).collect::<Outcome<_>>()?;
    }
    if let (Some(url), Some(agency)) = (&args.ledger, &args.agency) {
        given["ledger"] = json!({ "url": url, "agency": absolute(agency)? });
        if let Some(policy) = &args.policy {
            given["ledger"]["policy"] = json!(absolute(policy)?);
        }
    }
    let mut table = Table::try_from(given)?;
    args.set.iter().try_for_each(|pair| set(&mut table, pair))?;
    let text = settings::template::<IssuerSettings>(&table.to_string());
    text.map_err(|error| Failure::usage(error.to_string()))
}

fn register(register: &RegisterFile) -> Outcome<Value> {
    Ok(json!({ "document": register.document.as_str(), "file": absolute(&register.path)? }))
}

/// Settings are read from anywhere, so paths are written in full.
fn absolute(path: &Path) -> Outcome<Value> {
    Ok(json!(std::path::absolute(path)?))
}

fn base_url(args: &InitArgs) -> Outcome<String> {
    let url = args.base_url.trim_end_matches('/');
    let loopback = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    if url.starts_with("https://") || loopback.iter().any(|begin| url.starts_with(begin)) {
        return Ok(url.to_owned());
    }
    Err(Failure::usage("--base-url takes an https URL, or an http one of this machine for development"))
}

/// `a.b=value`, the value as TOML has it, or a text.
fn set(table: &mut Table, pair: &str) -> Outcome<()> {
    let form = || Failure::usage(format!("--set {pair}: expected KEY=VALUE"));
    let (key, value) = pair.split_once('=').ok_or_else(form)?;
    let parsed: Result<Table, _> = format!("value = {value}").parse();
    let value = parsed.ok().and_then(|mut table| table.remove("value")).unwrap_or_else(|| value.to_owned().into());
    let (section, key) = key.rsplit_once('.').map_or((None, key), |(section, key)| (Some(section), key));
    let into = match section {
        None => table,
        Some(section) => {
            let made = table.entry(section).or_insert_with(|| Table::new().into());
            made.as_table_mut().ok_or_else(form)?
        }
    };
    into.insert(key.to_owned(), value);
    Ok(())
}
