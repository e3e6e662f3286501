//! A wallet, on the wallet's half of `mapae-oid4vp`, that tries either replica until one has answered.

use std::{
    collections::BTreeMap,
    io::ErrorKind,
    net::SocketAddr,
    thread::{self, sleep},
    time::{Duration, Instant},
};

use mapae_crypto::Algorithm;
use mapae_mdoc::{HeldMdoc, SessionTranscript};
use mapae_oid4vp::{
    AwaitingRequest, Begun, BrowserCall, BrowserRequest, Call, HttpRequest, HttpResponse, Method, OAuthError,
    Presentation, Request,
};
use mapae_sd_jwt::{KeyBinding, PathElement, SdJwt};
use mapae_types::Timestamp;
use mapae_x509::TrustAnchor;
use testkit::{Format, IssuedCopy, Seeded};

use super::library::{ORIGIN, TOKEN};
use crate::http::{self, Answer};

/// Longer than both replicas are ever down at once.
const PATIENCE: Duration = Duration::from_mins(2);
/// What a service says that had no time for a request (RFC 9110 §15.5.9).
const TOO_SLOW: u16 = 408;
const TICK: Duration = Duration::from_millis(20);

/// It got no answer in time, or one that is none.
pub(crate) type Trouble = String;

/// Asks one replica, then the other, until one has answered; the service's own failures are asked again. How often
/// nobody can know what became of the request is counted; one that nobody listened to became nothing.
pub(crate) fn insist(
    at: [SocketAddr; 2],
    unknown: &mut usize,
    mut ask: impl FnMut(SocketAddr) -> std::io::Result<Answer>,
) -> Result<Answer, Trouble> {
    let end = Instant::now() + PATIENCE;
    let mut turns = at.into_iter().cycle();
    while Instant::now() < end {
        match turns.next().map(&mut ask) {
            Some(Ok(answer)) if answer.status < 500 && answer.status != TOO_SLOW => return Ok(answer),
            Some(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => {}
            _ => *unknown += 1,
        }
        sleep(TICK);
    }
    Err("neither replica answers".to_owned())
}

/// What a wallet was asked, in either way.
pub(crate) enum Asked {
    /// By a link.
    Link(Box<Request>),
    /// By a page's browser, in the session of that id.
    Page(Box<BrowserRequest>, String),
}

/// What a presentation is bound to.
#[derive(Clone)]
pub(crate) struct Bound {
    transcript: SessionTranscript,
    audience: String,
    pub(crate) nonce: String,
}

/// An answer on its way, wherever that replica is.
pub(crate) struct Sent {
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Asked {
    pub(crate) fn bound(&self) -> Bound {
        let (transcript, audience, nonce) = match self {
            Self::Link(request) => (request.transcript(), request.audience(), request.nonce()),
            Self::Page(request, _) => (request.transcript(), request.audience(), request.nonce()),
        };
        Bound { transcript, audience: audience.to_owned(), nonce: nonce.to_owned() }
    }

    /// The answer with these attributes of a copy, shown to whom it is `bound` to: to who asks, but for a wallet that replays.
    pub(crate) fn answer(&self, bound: &Bound, copy: &IssuedCopy, ids: &[&str], (now, seed): (Timestamp, u64)) -> Sent {
        let shown = present(bound, copy, ids, now);
        let shown = BTreeMap::from([(query(copy.format).parse().unwrap(), vec![shown])]);
        let entropy = &mut Seeded::new(seed);
        match self {
            Self::Link(request) => Sent::of(request.answer(shown, entropy).unwrap()),
            Self::Page(request, id) => Sent::by_page(id, &request.answer(shown, entropy).unwrap()),
        }
    }

    /// The answer that nothing is shown.
    pub(crate) fn decline(&self, seed: u64) -> Sent {
        match self {
            Self::Link(request) => Sent::of(request.refuse(OAuthError::AccessDenied, &mut Seeded::new(seed)).unwrap()),
            Self::Page(request, id) => Sent::by_page(id, &request.refuse(OAuthError::AccessDenied)),
        }
    }
}

impl Sent {
    fn of(request: HttpRequest) -> Self {
        Self { path: path_of(&request.url), headers: request.headers, body: request.body }
    }

    /// The page's server brings it.
    fn by_page(id: &str, answer: &serde_json::Value) -> Self {
        let headers = vec![("authorization", format!("Bearer {TOKEN}"))];
        Self { path: format!("sessions/{id}/response"), headers, body: answer["data"].to_string().into_bytes() }
    }
}

/// What follows the host.
pub(crate) fn path_of(url: &str) -> String {
    url.splitn(4, '/').nth(3).unwrap_or_default().to_owned()
}

fn send(at: SocketAddr, method: &str, path: &str, headers: &[(&str, String)], body: &[u8]) -> std::io::Result<Answer> {
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    http::send(at, method, path, &headers, body)
}

/// The request that a page's browser hands over, in the session of that id.
pub(crate) fn handed(request: &str, id: &str, (roots, now): (&[TrustAnchor], Timestamp)) -> Result<Asked, Trouble> {
    let call = BrowserCall::parse(request, ORIGIN).map_err(|fault| fault.to_string())?;
    let (request, _) = call.authenticate(roots, now, &[]).map_err(|fault| fault.to_string())?;
    Ok(Asked::Page(Box::new(request), id.to_owned()))
}

/// The request behind a link. Asked again it is the same wallet that asks, by its nonce.
pub(crate) fn fetch(
    link: &str,
    at: [SocketAddr; 2],
    (roots, now): (&[TrustAnchor], Timestamp),
    seed: u64,
) -> Result<Asked, Trouble> {
    let call = Call::parse(link).map_err(|fault| format!("{link}: {fault}"))?;
    let Begun::Fetch(awaiting) = call.begin(&mut Seeded::new(seed)).unwrap() else {
        return Err(format!("{link} leads to no address"));
    };
    let asked = awaiting.request();
    let (method, path) = (if asked.method == Method::Post { "POST" } else { "GET" }, path_of(&asked.url));
    let answer = insist(at, &mut 0, |at| send(at, method, &path, &asked.headers, &asked.body))?;
    Ok(Asked::Link(Box::new(receive(awaiting, &answer, roots, now)?)))
}

fn receive(
    awaiting: AwaitingRequest,
    answer: &Answer,
    roots: &[TrustAnchor],
    now: Timestamp,
) -> Result<Request, Trouble> {
    let kind = answer.header("content-type").unwrap_or_default().to_owned();
    let headers = vec![("Content-Type".to_owned(), kind)];
    let response = HttpResponse { status: answer.status, headers, body: answer.body.clone() };
    let said = || format!("a request is answered {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    let object = awaiting.receive(&response).map_err(|_| said())?;
    Ok(object.authenticate(roots, now).map_err(|fault| fault.to_string())?.into_request())
}

/// The name of the query for that format of a resident card, by the library and by its applications.
const fn query(format: Format) -> &'static str {
    match format {
        Format::Mdoc => "resident_mdoc",
        Format::SdJwt => "resident_sd_jwt",
    }
}

fn present(bound: &Bound, copy: &IssuedCopy, ids: &[&str], now: Timestamp) -> Presentation {
    let attributes: Vec<_> = ids.iter().map(|id| copy.document.attribute(id).unwrap()).collect();
    match copy.format {
        Format::Mdoc => {
            let elements: Vec<_> = attributes.iter().map(|one| (one.namespace(), one.element())).collect();
            let held = HeldMdoc::parse(&copy.bytes).unwrap();
            let unsigned = held.present(&elements, &bound.transcript).unwrap();
            let signature = copy.holder.sign(unsigned.to_be_signed()).unwrap();
            Presentation::DeviceResponse(unsigned.attach(&signature))
        }
        Format::SdJwt => {
            let path = |names: &'static [String]| names.iter().map(|name| PathElement::Name(name)).collect();
            let paths: Vec<Vec<PathElement<'_>>> = attributes.iter().map(|one| path(one.claim_path())).collect();
            let paths: Vec<&[PathElement<'_>]> = paths.iter().map(Vec::as_slice).collect();
            let held = SdJwt::parse(str::from_utf8(&copy.bytes).unwrap()).unwrap();
            let binding = KeyBinding { audience: &bound.audience, nonce: &bound.nonce, issued_at: now };
            let unsigned = held.select(&paths).unwrap().bind(Algorithm::Es256, &binding);
            let signature = copy.holder.sign(unsigned.to_be_signed()).unwrap();
            Presentation::SdJwt(unsigned.attach(&signature))
        }
    }
}

/// What a verifier said to an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) status: u16,
    /// The code of a problem, if it is one.
    pub(crate) code: String,
    /// Where the person goes on.
    pub(crate) redirect: Option<String>,
    /// What a page's server is told at once.
    pub(crate) result: Option<serde_json::Value>,
}

/// Posts an answer until something is said to it; how often nobody can know what became of it is counted.
pub(crate) fn post(sent: &Sent, at: [SocketAddr; 2], unknown: &mut usize) -> Result<Said, Trouble> {
    let answer = insist(at, unknown, |at| send(at, "POST", &sent.path, &sent.headers, &sent.body))?;
    let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    let code = text("type").and_then(|kind| kind.rsplit(':').next().map(str::to_owned)).unwrap_or_default();
    Ok(Said { status: answer.status, code, redirect: text("redirect_uri"), result: body.get("result").cloned() })
}

/// Posts two answers at once, each at another replica first.
pub(crate) fn post_both(two: [&Sent; 2], [one, other]: [SocketAddr; 2]) -> [Result<Said, Trouble>; 2] {
    thread::scope(|scope| {
        let second = scope.spawn(|| post(two[1], [other, one], &mut 0));
        [post(two[0], [one, other], &mut 0), second.join().unwrap()]
    })
}
