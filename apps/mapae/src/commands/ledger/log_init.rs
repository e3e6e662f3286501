//! `mapae ledger log-init`: the key of a new log.

use std::path::PathBuf;

use clap::Args;
use mapae_crypto::Ed25519SigningKey;
use mapae_ledger::{KeyName, SignatureType, VerifierKey};
use serde_json::json;

use crate::{
    draft::Draft,
    environment::SystemEntropy,
    failure::{Failure, Outcome},
    output::Output,
};

#[derive(Args)]
pub(crate) struct LogInitArgs {
    /// Directory to create it in
    #[arg(long)]
    dir: PathBuf,
    /// The log's origin, best a URL without its scheme, such as ledger.example/2026. It stays when the key changes
    #[arg(long)]
    name: KeyName,
}

/// Creates the key of a log in a directory that has none.
pub(crate) fn log_init(args: &LogInitArgs, output: &Output) -> Outcome<()> {
    let dir = args.dir.display().to_string();
    if args.dir.join("log.key").exists() || args.dir.join("log.vkey").exists() {
        return Err(Failure::usage(format!("{dir} already holds the key of a log; nothing was changed")));
    }
    let key = Ed25519SigningKey::generate(&mut SystemEntropy)?;
    let vkey = VerifierKey::new(args.name.clone(), SignatureType::Ed25519, key.public().clone());
    let mut draft = Draft::default();
    draft.secret("log.key", key.to_pkcs8_pem().as_bytes());
    draft.public("log.vkey", format!("{vkey}\n"));
    draft.write(&args.dir)?;
    output.answer(&json!({ "dir": dir, "origin": args.name.as_str(), "vkey": vkey.to_string() }), || {
        format!("Log {} in {dir}\n  {vkey}\n  witnesses and `mapae ledger found` need {dir}/log.vkey", args.name)
    });
    Ok(())
}
