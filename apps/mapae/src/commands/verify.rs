//! `mapae verify`: the flagship. It reads three files and a clock, and opens no socket.

use std::{path::Path, process::ExitCode};

use mapae_trust::{Bundle, Memory, MemoryError, TrustStore};
use mapae_types::{Duration, Timestamp, UseClass};
use mapae_verify::{
    Binding, Evidence, HolderBinding, NotVerified, Policy, StatusEvidence, Undecided, Verified, VerifiedCredential,
    verify,
};
use serde_json::{Value, json};

use crate::{
    authority::to_hex,
    cli::VerifyArgs,
    commands::{authority::key_fingerprint, bundle::expected_key},
    environment::now,
    failure::{Failure, OrUsage as _, Outcome},
    files::{self, Access},
    output::Output,
    request::Request,
};

const HELD: u8 = 0;
const REFUSED: u8 = 1;
const UNDECIDED: u8 = 2;

/// What became of a presentation, and the bundle on which that rests.
pub(crate) struct Judged {
    pub(crate) verdict: Result<Verified, NotVerified>,
    pub(crate) store: Option<TrustStore>,
}

/// Judges a presentation and says so.
pub(crate) fn run(args: &VerifyArgs, output: &Output) -> Outcome<ExitCode> {
    let judged = judge(args)?;
    Ok(match (&judged.verdict, &judged.store) {
        (Ok(verified), Some(store)) => answer_held(verified, store, args, output),
        (Err(reason), store) => answer_not_verified(reason, store.as_ref(), output),
        (Ok(_), None) => answer_not_verified(&Undecided::BundleMissing.into(), None, output),
    })
}

/// Judges a presentation.
pub(crate) fn judge(args: &VerifyArgs) -> Outcome<Judged> {
    let request = Request::read(&args.request)?;
    let presentation = files::read(&args.presentation).map_err(Failure::Usage)?;
    let now = now(args.at)?;
    let store = match load_store(args, now)? {
        Ok(store) => store,
        Err(reason) => return Ok(Judged { verdict: Err(reason), store: None }),
    };
    let binding = Binding::new(request.transcript(), &request.client_id, &request.nonce);
    let policy = policy(&request, args, now);
    let verdict = verify(trim_line_end(&presentation), &binding, &store, now, &policy);
    Ok(Judged { verdict, store: Some(store) })
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

/// An editor or a shell ends a line of text; neither format ends with a line feed, so nothing is lost.
fn trim_line_end(presentation: &[u8]) -> &[u8] {
    match presentation {
        [text @ .., b'\n'] if text.is_ascii() => text,
        all => all,
    }
}

/// A request says when it was made; an answer cannot be older.
fn policy<'q>(request: &'q Request, args: &'q VerifyArgs, now: Timestamp) -> Policy<'q> {
    let policy =
        Policy::default().asking(&request.query).for_use(args.use_class.as_ref()).accepting_age(args.accept_age);
    match request.issued_at {
        Some(issued_at) => {
            let since = issued_at.age_at(now).max(Duration::default()).as_seconds();
            let with_skew = Duration::seconds(since.saturating_add(policy.clock_skew.as_seconds()));
            policy.presented_within(with_skew)
        }
        None => policy,
    }
}

/// The bundle, or why nothing can rest on it.
fn load_store(args: &VerifyArgs, now: Timestamp) -> Outcome<Result<TrustStore, NotVerified>> {
    let Ok(file) = files::read(&args.bundle) else { return Ok(Err(Undecided::BundleMissing.into())) };
    let bundle = match Bundle::parse(file) {
        Ok(bundle) => bundle,
        Err(error) => return Ok(Err(error.into())),
    };
    let expected = expected_key(args.bundle_key.as_deref(), &bundle)?;
    let store = match bundle.verify(&expected) {
        Ok(store) => store,
        Err(error) => return Ok(Err(error.into())),
    };
    let admitted = args.memory.as_deref().map_or(Ok(Ok(())), |memory| remember(memory, &store, now))?;
    Ok(admitted.map(|()| store).map_err(NotVerified::from))
}

/// Lets no older bundle take a newer one's place. The file changes only once the bundle passed every check.
fn remember(path: &Path, store: &TrustStore, now: Timestamp) -> Outcome<Result<(), MemoryError>> {
    let unreadable = || format!("{} is not the memory of a reader; nothing was changed", path.display());
    let before =
        if path.exists() { Some(files::read_text(path)?.parse::<Memory>().or_usage(unreadable)?) } else { None };
    let after = match Memory::admit(before.as_ref(), store, now) {
        Ok(after) => after,
        Err(error) => return Ok(Err(error)),
    };
    if before != Some(after) {
        files::write(path, format!("{after}\n").as_bytes(), Access::Public)?;
    }
    Ok(Ok(()))
}

fn answer_held(verified: &Verified, store: &TrustStore, args: &VerifyArgs, output: &Output) -> ExitCode {
    let credentials: Vec<Value> =
        verified.credentials().iter().map(|c| describe(c, store, args.use_class.as_ref())).collect();
    let pinned = args.bundle_key.is_some();
    let mut document = credentials.first().cloned().unwrap_or_default();
    document["verdict"] = json!("held");
    document["reason"] = Value::Null;
    document["bundle"] = json!({ "key": key_fingerprint(store.key()), "key_pinned": pinned });
    if credentials.len() > 1 {
        document["credentials"] = Value::Array(credentials);
    }
    output.answer(&document, || verified.credentials().iter().map(held_text).collect::<Vec<_>>().join("\n"));
    if !pinned {
        Output::note("note: the bundle's own key was taken as it is; --bundle-key pins the one that you expect");
    }
    ExitCode::from(HELD)
}

fn describe(credential: &VerifiedCredential, store: &TrustStore, class: Option<&UseClass>) -> Value {
    let issuer = credential.issuer();
    let usable_until = store.freshness(class).map(|ages| store.as_of() + ages.usable_for());
    json!({
        "format": credential.format().identifier(),
        "document_type": credential.document_type(),
        "claims": credential.claims().to_json(),
        "issuer": {
            "signer": issuer.signer(),
            "root": issuer.root(),
            "country": issuer.country(),
            "certificate_sha256": to_hex(issuer.certificate_sha256()),
        },
        "evidence": evidence(credential.evidence()),
        "holder_binding": holder_binding(credential.holder_binding()),
        "valid_until": credential.valid_until().map(|time| time.to_string()),
        "usable_until": usable_until.map(|time| time.to_string()),
    })
}

fn evidence(evidence: &Evidence) -> Value {
    let (status, as_of) = match evidence.status() {
        StatusEvidence::Valid { as_of } => ("valid", Some(as_of.to_string())),
        StatusEvidence::NotPublished => ("not_published", None),
    };
    json!({
        "status": status,
        "status_as_of": as_of,
        "age_seconds": evidence.age().as_seconds(),
        "bundle_as_of": evidence.bundle_as_of().to_string(),
        "marked": evidence.marked(),
    })
}

fn holder_binding(binding: HolderBinding) -> Value {
    match binding {
        HolderBinding::DeviceSignature => json!({ "by": "device_signature" }),
        HolderBinding::DeviceMac => json!({ "by": "device_mac" }),
        HolderBinding::KeyBinding { signed_at } => json!({ "by": "key_binding", "signed_at": signed_at.to_string() }),
        _ => Value::Null,
    }
}

fn held_text(credential: &VerifiedCredential) -> String {
    let evidence = credential.evidence();
    let status = match evidence.status() {
        StatusEvidence::Valid { as_of } => format!("status valid as of {as_of}"),
        StatusEvidence::NotPublished => "its issuer publishes no status".to_owned(),
    };
    let mark = if evidence.marked() { "  [evidence is not fresh]" } else { "" };
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

fn answer_not_verified(reason: &NotVerified, store: Option<&TrustStore>, output: &Output) -> ExitCode {
    let (verdict, exit) = match reason {
        NotVerified::Refused(_) => ("refused", REFUSED),
        NotVerified::Undecided(_) => ("undecided", UNDECIDED),
    };
    let (code, detail) = (reason.code(), reason.to_string());
    let document = json!({
        "verdict": verdict,
        "claims": null,
        "evidence": store.map(|store| json!({ "bundle_as_of": store.as_of().to_string() })),
        "reason": { "code": code, "detail": detail },
    });
    output.answer(&document, || format!("{}  {code}\n  {detail}", verdict.to_uppercase()));
    ExitCode::from(exit)
}
