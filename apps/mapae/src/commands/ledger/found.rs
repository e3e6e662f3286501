//! `mapae ledger found`: the policy and the first entry of a new ledger.

use std::path::{Path, PathBuf};

use clap::Args;
use mapae_ledger::{SignatureType, VerifierKey};
use mapae_trust::ledger::{Founding, Statement};
use mapae_types::Timestamp;
use serde_json::json;

use crate::{
    agency::{self, Agency, AgencyKey},
    draft::Draft,
    environment::now,
    failure::{Failure, OrUsage as _, Outcome},
    files,
    output::Output,
};

#[derive(Args)]
pub(crate) struct FoundArgs {
    /// The log's directory, or its log.vkey
    #[arg(long)]
    log: PathBuf,
    /// Where the log will be reached; readers may look there first
    #[arg(long)]
    log_url: Option<String>,
    /// The directory of an agency. Those that have their keys here sign; `mapae ledger sign` adds the others
    #[arg(long, required = true)]
    agency: Vec<PathBuf>,
    /// A witness's verifier key file, and where it takes checkpoints
    #[arg(long, required = true, value_name = "VKEY[=URL]")]
    witness: Vec<String>,
    /// How many of the witnesses must have cosigned: more than half
    #[arg(long)]
    threshold: usize,
    /// Directory for policy.txt, which readers hold, and founding.cbor, which the log begins with
    #[arg(long)]
    out: PathBuf,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    at: Option<Timestamp>,
}

/// Founds a ledger.
pub(crate) fn found(args: &FoundArgs, output: &Output) -> Outcome<()> {
    if args.out.join("founding.cbor").exists() || args.out.join("policy.txt").exists() {
        let out = args.out.display();
        return Err(Failure::usage(format!("{out} already holds a founding; nothing was changed")));
    }
    let agencies = agency::open_all(&args.agency)?;
    let policy = policy(args)?;
    let founders = agencies.iter().map(Agency::to_statement).collect::<Outcome<_>>()?;
    let founding = Founding::new(founders, &policy).or_usage(|| "such a ledger cannot be founded".to_owned())?;
    let (here, elsewhere): (Vec<_>, Vec<_>) = agencies.into_iter().partition(|one| one.has_key(AgencyKey::Entries));
    if here.is_empty() {
        return Err(Failure::usage("none of the agencies has its key here, so that nobody could sign"));
    }
    let unsigned = Statement::Founding(founding).prepare(now(args.at)?);
    let entry = unsigned.attach(agency::sign(&unsigned, &here)?);
    let mut draft = Draft::default();
    draft.public("policy.txt", policy);
    draft.binary("founding.cbor", &entry);
    draft.write(&args.out)?;
    answer(args, &here, &elsewhere, output);
    Ok(())
}

/// A C2SP tlog-policy: every witness once, and one group of all of them.
fn policy(args: &FoundArgs) -> Outcome<String> {
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

fn answer(args: &FoundArgs, here: &[Agency], elsewhere: &[Agency], output: &Output) {
    let names = |agencies: &[Agency]| agencies.iter().map(|one| one.id().as_str().to_owned()).collect::<Vec<_>>();
    let (signed, missing, out) = (names(here), names(elsewhere), args.out.display().to_string());
    let (n, k) = (args.witness.len(), args.threshold);
    let document = json!({
        "policy": args.out.join("policy.txt").display().to_string(),
        "founding": args.out.join("founding.cbor").display().to_string(),
        "witnesses": n,
        "threshold": k,
        "signed_by": signed,
        "missing": missing,
    });
    output.answer(&document, || {
        let next = if missing.is_empty() {
            "the log can begin".to_owned()
        } else {
            format!("missing: {}; each runs `mapae ledger sign {out}/founding.cbor --agency DIR`", missing.join(", "))
        };
        format!(
            "Founding in {out}: {k} of {n} witnesses make a quorum\n  \
             readers hold {out}/policy.txt; the log begins with {out}/founding.cbor\n  \
             signed by {}; {next}",
            signed.join(", ")
        )
    });
}
