//! `mapae ledger policy`: the policy of a log, as readers hold it and as an entry changes it.

use std::path::{Path, PathBuf};

use clap::Args;
use mapae_ledger::{MajorityPolicy, SignatureType, VerifierKey};
use serde_json::json;

use crate::{
    failure::{Failure, OrUsage as _, Outcome},
    files::{self, Access},
    output::Output,
};

/// What a policy says.
#[derive(Args)]
pub(super) struct PolicyTerms {
    /// The log's directory, or its log.vkey
    #[arg(long)]
    log: PathBuf,
    /// Where the log will be reached; readers may look there first
    #[arg(long)]
    log_url: Option<String>,
    /// A witness's verifier key file, and where it takes checkpoints
    #[arg(long, required = true, value_name = "VKEY[=URL]")]
    witness: Vec<String>,
    /// How many of the witnesses must have cosigned: more than half
    #[arg(long)]
    threshold: usize,
}

#[derive(Args)]
pub(crate) struct PolicyArgs {
    #[command(flatten)]
    terms: PolicyTerms,
    /// The policy to write; an entry of kind `policy` brings it into force
    #[arg(long)]
    out: PathBuf,
}

impl PolicyTerms {
    /// Of how many witnesses how many must have cosigned.
    pub(super) const fn majority(&self) -> (usize, usize) {
        (self.witness.len(), self.threshold)
    }
}

/// Writes a policy that keeps the rule of majority.
pub(crate) fn policy(args: &PolicyArgs, output: &Output) -> Outcome<()> {
    let text = text(&args.terms)?;
    MajorityPolicy::parse(text.as_bytes()).or_usage(|| "such a policy is not to be relied on".to_owned())?;
    files::write(&args.out, text.as_bytes(), Access::Public)?;
    let (out, (n, k)) = (args.out.display().to_string(), args.terms.majority());
    output.answer(&json!({ "policy": out, "witnesses": n, "threshold": k }), || {
        format!("Policy {out}: {k} of {n} witnesses make a quorum\n  an entry of kind `policy` brings it into force")
    });
    Ok(())
}

/// A C2SP tlog-policy: every witness once, and one group of all of them.
pub(super) fn text(args: &PolicyTerms) -> Outcome<String> {
    let log = if args.log.is_dir() { args.log.join("log.vkey") } else { args.log.clone() };
    let log = read_vkey(&log, SignatureType::Ed25519)?;
    let mut lines = vec![format!("log {log}{}", with_space(args.log_url.as_deref()))];
    let mut names = Vec::new();
    for given in &args.witness {
        let (path, url) = given.split_once('=').map_or((&**given, None), |(path, url)| (path, Some(url)));
        let key = read_vkey(Path::new(path), SignatureType::CosignatureV1)?;
        lines.push(format!("witness {} {key}{}", key.name(), with_space(url)));
        names.push(key.name().as_str().to_owned());
    }
    lines.push(format!("group quorum-of-all {} {}", args.threshold, names.join(" ")));
    lines.push("quorum quorum-of-all\n".to_owned());
    Ok(lines.join("\n"))
}

fn with_space(url: Option<&str>) -> String {
    url.map(|url| format!(" {url}")).unwrap_or_default()
}

/// One line, `name+id+base64`.
fn read_vkey(path: &Path, kind: SignatureType) -> Outcome<VerifierKey> {
    let unfit = || format!("{} is not the key of a {}", path.display(), party(kind));
    let key: VerifierKey = files::read_text(path).map_err(Failure::Usage)?.trim_end().parse().or_usage(unfit)?;
    if key.kind() == kind { Ok(key) } else { Err(Failure::usage(unfit())) }
}

const fn party(kind: SignatureType) -> &'static str {
    match kind {
        SignatureType::Ed25519 => "log",
        SignatureType::CosignatureV1 => "witness",
    }
}
