//! What is seen of an answer at each step, whether it holds, and by which clause.
//!
//! It is told who disclosed what, which the service tells nobody but who asked: of sample people.

use mapae_jose::Jwe;
use mapae_mdoc::DeviceResponse;
use mapae_oid4vp::verifier::{ReceivedPresentations, ResponseFault};
use mapae_sd_jwt::SdJwtPresentation;
use mapae_types::form;
use mapae_verify::{Format, NotVerified};
use mapae_x509::Certificate;
use serde::Serialize;

use super::steps::{self, Kind};
use crate::{
    asking::Exchange,
    judging::{Held, NotHeld},
};

/// Letters of what was seen at most.
const SEEN: usize = 600;

/// One step of a session.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Step {
    #[serde(rename = "step")]
    name: &'static str,
    /// Which credential query it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) query: Option<String>,
    pub(super) korean: &'static str,
    pub(super) english: &'static str,
    pub(super) clause: String,
    pub(super) seen: String,
    pub(super) verdict: Verdict,
    /// The reason, if it does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<String>,
}

/// Whether a step holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    /// It does.
    Holds,
    /// It does not, and that is why the answer does not.
    Broken,
    /// Nobody looked: a step before was broken.
    NotReached,
}

impl Step {
    fn new(kind: Kind, verdict: Verdict, seen: impl Into<String>) -> Self {
        let Kind { name, says: (korean, english), clause } = kind;
        let mut seen: String = seen.into();
        if let Some((end, _)) = seen.char_indices().nth(SEEN) {
            seen.truncate(end);
            seen.push('…');
        }
        Self { name, query: None, korean, english, clause: clause.to_owned(), seen, verdict, code: None }
    }

    pub(super) fn holds(kind: Kind, seen: impl Into<String>) -> Self {
        Self::new(kind, Verdict::Holds, seen)
    }

    fn not_reached(kind: Kind) -> Self {
        Self::new(kind, Verdict::NotReached, "")
    }

    pub(super) fn broken(kind: Kind, code: &str, seen: impl Into<String>) -> Self {
        Self { code: Some(code.to_owned()), ..Self::new(kind, Verdict::Broken, seen) }
    }

    /// By a clause that says it more exactly.
    fn by(self, clause: impl Into<String>) -> Self {
        Self { clause: clause.into(), ..self }
    }

    fn of(self, query: &str) -> Self {
        Self { query: Some(query.to_owned()), ..self }
    }
}

/// What a session asks.
pub(super) fn asked(exchange: &Exchange) -> Step {
    let seen = match exchange {
        Exchange::Redirect(pending) => {
            format!("{} nonce {} dcql_query {}", pending.client_id(), pending.nonce(), pending.query().to_json())
        }
        Exchange::Browser(_, origin) => format!("by the Digital Credentials API of a page of {origin}"),
    };
    Step::holds(steps::REQUEST, seen)
}

/// What is seen of the message: with the presentations if it is an answer.
pub(super) fn message(received: Result<&ReceivedPresentations, &ResponseFault>, body: &[u8]) -> Vec<Step> {
    let stopped = received.err().map(|fault| (steps::of_fault(fault), fault));
    let mut reached = true;
    let mut all = Vec::new();
    for kind in steps::OF_MESSAGE {
        let step = match stopped {
            Some((at, fault)) if at == kind => {
                reached = false;
                Step::broken(kind, fault.code(), format!("{fault}; {}", seen_of_message(kind, body, None)))
                    .by(format!("OpenID4VP 1.0 {}", fault.clause()))
            }
            _ if reached => Step::holds(kind, seen_of_message(kind, body, received.ok())),
            _ => Step::not_reached(kind),
        };
        all.push(step);
    }
    all
}

fn seen_of_message(kind: Kind, body: &[u8], received: Option<&ReceivedPresentations>) -> String {
    match (kind, received) {
        (steps::ENCRYPTION, _) => envelope(body),
        (steps::COMPLETE, Some(received)) => {
            let of = |(id, all): (_, &Vec<Vec<u8>>)| {
                format!("{id}: {}", all.iter().map(|one| shape(one)).collect::<Vec<_>>().join(", "))
            };
            received.presentations().iter().map(of).collect::<Vec<_>>().join("; ")
        }
        (steps::TRANSACTIONS, Some(received)) => match received.transactions() {
            [] => "none were asked for".to_owned(),
            all => {
                let of = |one: &mapae_oid4vp::verifier::AnsweredTransaction| {
                    format!("{} {} by {}", one.transaction().kind(), one.transaction().hash(), one.credential())
                };
                all.iter().map(of).collect::<Vec<_>>().join("; ")
            }
        },
        _ => String::new(),
    }
}

/// How the message travelled.
fn envelope(body: &[u8]) -> String {
    let text = core::str::from_utf8(body).unwrap_or_default();
    let response = text.split('&').find_map(|pair| pair.strip_prefix("response=")).and_then(form::decode);
    let Some(response) = response else { return format!("a form of {} bytes, not encrypted", body.len()) };
    match Jwe::parse(&response) {
        Ok(jwe) => {
            let (header, kid) = (jwe.header(), jwe.header().kid().unwrap_or("none"));
            format!("JWE of {} bytes: ECDH-ES, {}, kid {kid}", response.len(), header.enc().jose())
        }
        Err(error) => format!("no JWE: {error}"),
    }
}

fn shape(presentation: &[u8]) -> String {
    format!("{} of {} bytes", format_of(presentation).identifier(), presentation.len())
}

/// By its first byte: `DeviceResponse` is a map.
fn format_of(presentation: &[u8]) -> Format {
    if presentation.first().is_some_and(u8::is_ascii) { Format::SdJwt } else { Format::Mdoc }
}

/// What is seen of the presentations, and of all of them together.
pub(super) fn judged(received: &ReceivedPresentations, held: &Result<Held, NotHeld>) -> Vec<Step> {
    let mut all = Vec::new();
    let mut reached = true;
    for (id, presentations) in received.presentations() {
        let id = id.as_str();
        let stopped = held.as_ref().err().filter(|reason| reason.query() == Some(id));
        let rule = match stopped {
            Some(NotHeld::NotVerified { reason, .. }) => Some(reason),
            _ => None,
        };
        for one in presentations {
            all.extend(presentation(one, rule, reached).into_iter().map(|step| step.of(id)));
        }
        reached &= rule.is_none();
        all.push(nothing_else(stopped, reached).of(id));
        reached &= stopped.is_none();
    }
    all.push(one_person(held, reached));
    all.push(result(held));
    all
}

fn presentation(bytes: &[u8], stopped: Option<&NotVerified>, mut reached: bool) -> Vec<Step> {
    let format = format_of(bytes);
    let mut all = Vec::new();
    for kind in steps::of_presentation(format) {
        let step = match stopped {
            Some(reason) if reached && steps::of_rule(reason.code()) == kind.name => {
                reached = false;
                let seen = [seen_of(kind, bytes, format), reason.to_string()];
                let seen = seen.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
                Step::broken(*kind, reason.code(), seen).by(reason.rule().enforced_in(format).0)
            }
            _ if reached => Step::holds(*kind, seen_of(kind, bytes, format)),
            _ => Step::not_reached(*kind),
        };
        all.push(step);
    }
    all
}

fn seen_of(kind: &Kind, bytes: &[u8], format: Format) -> String {
    match kind.name {
        "form" => shape(bytes),
        "signer" => signer(bytes, format).unwrap_or_default(),
        _ => String::new(),
    }
}

/// Whose certificate is in its header.
fn signer(bytes: &[u8], format: Format) -> Option<String> {
    let leaf = match format {
        Format::Mdoc => {
            let response = DeviceResponse::parse(bytes).ok()?;
            response.documents().first()?.x5chain().ok()?.first()?.to_vec()
        }
        Format::SdJwt => {
            let parsed = SdJwtPresentation::parse(core::str::from_utf8(bytes).ok()?).ok()?;
            parsed.issuer_x5c().first()?.clone()
        }
    };
    let certificate = Certificate::from_der(&leaf).ok()?;
    Some(format!("{}, below {}", certificate.subject(), certificate.issuer()))
}

fn nothing_else(stopped: Option<&NotHeld>, reached: bool) -> Step {
    match stopped {
        Some(reason @ (NotHeld::Several { .. } | NotHeld::Unasked { .. })) => {
            Step::broken(steps::NOTHING_ELSE, reason.code(), reason.to_string())
        }
        _ if reached => Step::holds(steps::NOTHING_ELSE, ""),
        _ => Step::not_reached(steps::NOTHING_ELSE),
    }
}

fn one_person(held: &Result<Held, NotHeld>, reached: bool) -> Step {
    match held {
        Err(reason @ (NotHeld::HoldersDiffer { .. } | NotHeld::HoldersNotComparable)) => {
            Step::broken(steps::ONE_PERSON, reason.code(), reason.to_string())
        }
        Err(_) if reached => Step::not_reached(steps::ONE_PERSON),
        _ if reached => Step::holds(steps::ONE_PERSON, ""),
        _ => Step::not_reached(steps::ONE_PERSON),
    }
}

fn result(held: &Result<Held, NotHeld>) -> Step {
    match held {
        Ok(_) => Step::holds(steps::RESULT, "held"),
        Err(reason) => Step::broken(steps::RESULT, reason.code(), format!("{}: {reason}", reason.verdict())),
    }
}
