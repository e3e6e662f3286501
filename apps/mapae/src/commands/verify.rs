//! `mapae verify`: the flagship. It reads three files and a clock, and opens no socket.

use std::{path::Path, process::ExitCode};

use mapae_reader::report;
use mapae_trust::{Bundle, Memory, MemoryError, Order, OrderError, TrustStore};
use mapae_types::Timestamp;
use mapae_verify::{Format, NotVerified, Refusal, StatusEvidence, Undecided, Verified, VerifiedCredential};
use serde_json::Value;

use crate::{
    cli::VerifyArgs,
    commands::bundle::anchor,
    environment::now,
    failure::{Failure, Outcome},
    files, memory,
    output::Output,
    request,
};

const HELD: u8 = 0;
const REFUSED: u8 = 1;
const UNDECIDED: u8 = 2;

/// What became of a presentation, and the bundle on which that rests.
pub(crate) struct Judged {
    pub(crate) verdict: Result<Verified, NotVerified>,
    pub(crate) store: Option<TrustStore>,
    pub(crate) format: Format,
}

/// Judges a presentation and says so.
pub(crate) fn run(args: &VerifyArgs, output: &Output) -> Outcome<ExitCode> {
    let judged = judge(args)?;
    Ok(match (&judged.verdict, &judged.store) {
        (Ok(verified), Some(store)) => answer_held(verified, store, args, output),
        (Err(reason), _) => answer_not_verified(reason, &judged, output),
        (Ok(_), None) => answer_not_verified(&Undecided::BundleMissing.into(), &judged, output),
    })
}

/// Judges a presentation.
pub(crate) fn judge(args: &VerifyArgs) -> Outcome<Judged> {
    let request = request::read(&args.request)?;
    let presentation = files::read(&args.presentation).map_err(Failure::Usage)?;
    let format = Format::of(&presentation);
    let now = now(args.at)?;
    let store = match load_store(args, now)? {
        Ok(store) => store,
        Err(reason) => return Ok(Judged { verdict: Err(reason), store: None, format }),
    };
    let policy = request.policy(now).for_use(args.use_class.as_ref()).accepting_age(args.accept_age);
    let verdict = mapae_reader::judge(&presentation, &request, &store, now, &policy);
    Ok(Judged { verdict, store: Some(store), format })
}

impl Judged {
    /// By which the command ends.
    pub(crate) const fn exit(&self) -> u8 {
        match &self.verdict {
            Ok(_) => HELD,
            Err(NotVerified::Refused(_)) => REFUSED,
            Err(NotVerified::Undecided(_)) => UNDECIDED,
        }
    }
}

/// The bundle, or why nothing can rest on it.
fn load_store(args: &VerifyArgs, now: Timestamp) -> Outcome<Result<TrustStore, NotVerified>> {
    let Ok(file) = files::read(&args.bundle) else { return Ok(Err(Undecided::BundleMissing.into())) };
    let bundle = match Bundle::parse(file) {
        Ok(bundle) => bundle,
        Err(error) => return Ok(Err(error.into())),
    };
    let (pinned, claimed) = (args.anchor.pinned()?, bundle.sealed_by().clone());
    let store = match bundle.verify(anchor(pinned.as_ref(), &claimed)?) {
        Ok(store) => store,
        Err(error) => return Ok(Err(error.into())),
    };
    let store = match under(store, args.order.as_deref())? {
        Ok(store) => store,
        Err(error) => return Ok(Err(Refusal::from(error).into())),
    };
    let admitted = args.memory.as_deref().map_or(Ok(Ok(())), |memory| remember(memory, &store, now))?;
    Ok(admitted.map(|()| store).map_err(NotVerified::from))
}

/// The store under an order, which proves itself by the signers that the bundle names (design D14).
fn under(store: TrustStore, path: Option<&Path>) -> Outcome<Result<TrustStore, OrderError>> {
    let Some(path) = path else { return Ok(Ok(store)) };
    let file = files::read(path).map_err(Failure::Usage)?;
    let verified = Order::parse(file).and_then(|order| store.verify_order(&order));
    Ok(verified.map(|order| store.under(order)))
}

/// Lets no older bundle take a newer one's place. The file changes only once the bundle passed every check.
fn remember(path: &Path, store: &TrustStore, now: Timestamp) -> Outcome<Result<(), MemoryError>> {
    let before = memory::read(path)?;
    let after = match Memory::admit(before.as_ref(), store, now) {
        Ok(after) => after,
        Err(error) => return Ok(Err(error)),
    };
    memory::write(path, before.as_ref(), &after)?;
    Ok(Ok(()))
}

fn answer_held(verified: &Verified, store: &TrustStore, args: &VerifyArgs, output: &Output) -> ExitCode {
    let pinned = args.anchor.is_pinned();
    let document = report::held(verified, store, args.use_class.as_ref(), pinned);
    output.answer(&document, || verified.credentials().iter().map(held_text).collect::<Vec<_>>().join("\n"));
    if !pinned {
        Output::note("note: the bundle's own key was taken as it is; --bundle-key pins the one that you expect");
    }
    ExitCode::from(HELD)
}

fn held_text(credential: &VerifiedCredential) -> String {
    let evidence = credential.evidence();
    let status = match evidence.status() {
        StatusEvidence::Valid { as_of } => format!("status valid as of {as_of}"),
        StatusEvidence::NotPublished => "its issuer publishes no status".to_owned(),
    };
    let mark = match evidence.order() {
        Some(order) => format!("  [evidence is not fresh, and accepted under order {order}]"),
        None if evidence.marked() => "  [evidence is not fresh]".to_owned(),
        None => String::new(),
    };
    let mut lines = vec![
        format!("HELD  {}", credential.document_type()),
        format!("  {status}, {} old{mark}", evidence.age()),
        format!("  signed by {}", credential.issuer().signer()),
    ];
    claims_text(&credential.claims().to_json(), 1, &mut lines);
    lines.join("\n")
}

/// Long values, a portrait say, are told by their length.
fn claims_text(value: &Value, depth: usize, lines: &mut Vec<String>) {
    let Value::Object(members) = value else { return };
    let indent = "  ".repeat(depth);
    for (name, member) in members {
        match member {
            Value::Object(_) => {
                lines.push(format!("{indent}{name}"));
                claims_text(member, depth + 1, lines);
            }
            Value::String(long) if long.len() > 200 => {
                lines.push(format!("{indent}{name}: {} characters", long.len()));
            }
            Value::String(short) => lines.push(format!("{indent}{name}: {short}")),
            other => lines.push(format!("{indent}{name}: {other}")),
        }
    }
}

fn answer_not_verified(reason: &NotVerified, judged: &Judged, output: &Output) -> ExitCode {
    let document = report::not_verified(reason, judged.store.as_ref());
    output.answer(&document, || {
        let (word, code, rule) = (report::word(reason).to_uppercase(), reason.code(), reason.rule());
        let (clause, _) = rule.enforced_in(judged.format);
        format!("{word}  {code}\n  {reason}\n  {clause}")
    });
    ExitCode::from(judged.exit())
}
