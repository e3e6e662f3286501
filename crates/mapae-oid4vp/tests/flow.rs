//! From a link to a verdict, in both formats, encrypted and not; and what an answer is bound to.

use mapae_crypto::Algorithm;
use mapae_mdoc::{HeldMdoc, SessionTranscript};
use mapae_oid4vp::{
    Begun, Call, HttpRequest, HttpResponse, Presentation, Request, RequestUriMethod, ResponseMode,
    verifier::{PendingPresentation, ReceivedPresentations, RequestDraft, accepted, certified_by, wallet_nonce},
};
use mapae_sd_jwt::{KeyBinding, PathElement, SdJwt};
use mapae_verify::{Binding, NotVerified, Policy, Verified, verify};
use testkit::{BOTH, Format, IssuedCopy, World, document};

use crate::scene::{LIBRARY, REGISTRAR, RESPONSE_URI, entropy, now};

const MODES: [ResponseMode; 2] = [ResponseMode::DirectPost, ResponseMode::DirectPostJwt];
pub(crate) const ASKED: [&str; 2] = ["family_name", "age_over_19"];

pub(crate) fn ask(format: Format, mode: ResponseMode, seed: u64) -> PendingPresentation {
    let query = testkit::Request::query(format, document("resident"), &ASKED);
    draft(&query, mode).begin(now(), &mut testkit::Seeded::new(seed)).unwrap()
}

fn draft(query: &mapae_dcql::DcqlQuery, response_mode: ResponseMode) -> RequestDraft<'_> {
    RequestDraft { purpose: None, ..crate::verifier::draft(query, response_mode) }
}

/// What the verifier's server gives for the request that it got.
fn serve(pending: &PendingPresentation, request: &HttpRequest) -> HttpResponse {
    let nonce = wallet_nonce(&request.body).unwrap();
    let unsigned = pending.request_object(nonce.as_deref());
    let signature = LIBRARY.key.sign(unsigned.to_be_signed()).unwrap();
    let headers = vec![("Content-Type".to_owned(), "application/oauth-authz-req+jwt".to_owned())];
    HttpResponse { status: 200, headers, body: unsigned.attach(&signature).into_bytes() }
}

/// What a wallet makes of the verifier's link.
pub(crate) fn fetch(pending: &PendingPresentation) -> Request {
    let link = pending.link("haip-vp://", "https://library.example/requests/1", RequestUriMethod::Post);
    let Begun::Fetch(awaiting) = Call::parse(&link).unwrap().begin(&mut entropy()).unwrap() else { panic!() };
    let response = serve(pending, awaiting.request());
    let object = awaiting.receive(&response).unwrap();
    object.authenticate(core::slice::from_ref(&REGISTRAR.root), now()).unwrap().into_request()
}

fn present(request: &Request, copy: &IssuedCopy) -> Presentation {
    present_to(&request.transcript(), (request.audience(), request.nonce()), copy)
}

/// What a holder signs for one session.
pub(crate) fn present_to(
    transcript: &SessionTranscript,
    (audience, nonce): (&str, &str),
    copy: &IssuedCopy,
) -> Presentation {
    let attributes: Vec<_> = ASKED.iter().map(|id| copy.document.attribute(id).unwrap()).collect();
    match copy.format {
        Format::Mdoc => {
            let elements: Vec<_> = attributes.iter().map(|a| (a.namespace(), a.element())).collect();
            let held = HeldMdoc::parse(&copy.bytes).unwrap();
            let unsigned = held.present(&elements, transcript).unwrap();
            let signature = copy.holder.sign(unsigned.to_be_signed()).unwrap();
            Presentation::DeviceResponse(unsigned.attach(&signature))
        }
        Format::SdJwt => {
            let paths = attributes.iter().map(|a| a.claim_path().iter().map(|name| PathElement::Name(name)).collect());
            let paths: Vec<Vec<PathElement<'_>>> = paths.collect();
            let paths: Vec<&[PathElement<'_>]> = paths.iter().map(Vec::as_slice).collect();
            let held = SdJwt::parse(core::str::from_utf8(&copy.bytes).unwrap()).unwrap();
            let binding = KeyBinding { audience, nonce, issued_at: now() };
            let unsigned = held.select(&paths).unwrap().bind(Algorithm::Es256, &binding);
            let signature = copy.holder.sign(unsigned.to_be_signed()).unwrap();
            Presentation::SdJwt(unsigned.attach(&signature))
        }
    }
}

fn send(request: &Request, presentation: Presentation) -> HttpRequest {
    let id = request.query().credentials()[0].id().clone();
    request.answer([(id, vec![presentation])].into(), &mut entropy()).unwrap()
}

pub(crate) fn judge(world: &World, received: &ReceivedPresentations) -> Result<Verified, NotVerified> {
    judge_as(world, received, "asked")
}

/// What the presentation of one query is worth.
fn judge_as(world: &World, received: &ReceivedPresentations, id: &str) -> Result<Verified, NotVerified> {
    let binding = Binding::new(received.transcript().clone(), received.audience(), received.nonce());
    let query = received.asked_of(&id.parse().unwrap()).unwrap();
    let policy = Policy::default().asking(&query);
    verify(&received.presentations()[id][0], &binding, &world.store(), now(), &policy)
}

#[test]
fn a_document_is_shown_to_a_verifier_that_asks_for_it() {
    let world = World::new();
    for (format, mode) in BOTH.into_iter().flat_map(|format| MODES.map(|mode| (format, mode))) {
        let pending = ask(format, mode, 1);
        let request = fetch(&pending);
        let sent = send(&request, present(&request, &world.issue(format)));
        assert_eq!(sent.url, RESPONSE_URI);
        let verified = judge(&world, &pending.receive(&sent.body).unwrap());
        assert!(verified.is_ok(), "{format:?} {mode:?} {:?}", verified.err());
        let back =
            HttpResponse { status: 200, headers: Vec::new(), body: accepted(Some("https://library.example/done")) };
        let answered = mapae_oid4vp::Answered::receive(&back).unwrap();
        assert_eq!(answered.redirect_uri(), Some("https://library.example/done"));
    }
}

#[test]
fn peer_hole_07_what_was_signed_for_one_request_answers_no_other() {
    let world = World::new();
    for (format, mode) in BOTH.into_iter().flat_map(|format| MODES.map(|mode| (format, mode))) {
        let (first, second) = (ask(format, mode, 1), ask(format, mode, 2));
        // Somebody puts what the holder signed for one verifier's request into an answer to another.
        let (captured, request) = (present(&fetch(&first), &world.issue(format)), fetch(&second));
        let received = second.receive(&send(&request, captured).body).unwrap();
        let expected = if format == Format::Mdoc { "holder_binding_invalid" } else { "wrong_nonce" };
        assert_eq!(judge(&world, &received).unwrap_err().code(), expected, "{format:?} {mode:?}");
    }
}

#[test]
fn an_answer_for_another_verifier_is_none() {
    let world = World::new();
    let other = "x509_hash:Zm9yZWlnbiB2ZXJpZmllciwgYW5vdGhlciBob3N0ISE";
    for format in BOTH {
        let pending = ask(format, ResponseMode::DirectPostJwt, 1);
        let request = fetch(&pending);
        let thumbprint = request.response_key().unwrap().jwk().thumbprint();
        let transcript = SessionTranscript::openid4vp(other, request.nonce(), Some(&thumbprint), RESPONSE_URI);
        let presentation = present_to(&transcript, (other, request.nonce()), &world.issue(format));
        let received = pending.receive(&send(&request, presentation).body).unwrap();
        let expected = if format == Format::Mdoc { "holder_binding_invalid" } else { "wrong_audience" };
        assert_eq!(judge(&world, &received).unwrap_err().code(), expected, "{format:?}");
    }
}

#[test]
fn a_presentation_counts_for_its_own_query_alone() {
    let world = World::new();
    let named = |name: &str, attribute: &str| {
        let query = testkit::Request::query(Format::SdJwt, document("resident"), &[attribute]).to_json();
        let mut credential = query["credentials"][0].clone();
        credential["id"] = name.into();
        credential
    };
    // Both would be answered by a document of which one shows the name and the other the address.
    let query = serde_json::json!({"credentials": [named("one", "family_name"), named("other", "resident_address")]});
    let query = mapae_dcql::DcqlQuery::from_json(&query).unwrap();
    let pending = draft(&query, ResponseMode::DirectPostJwt).begin(now(), &mut testkit::Seeded::new(1)).unwrap();
    let request = fetch(&pending);
    let shown = present(&request, &world.issue(Format::SdJwt));
    let both = ["one", "other"].map(|id| (id.parse().unwrap(), vec![shown.clone()]));
    let received = pending.receive(&request.answer(both.into(), &mut entropy()).unwrap().body).unwrap();
    assert!(judge_as(&world, &received, "one").is_ok());
    assert_eq!(judge_as(&world, &received, "other").unwrap_err().code(), "not_what_was_asked");
    assert_eq!(received.asked_of(&"third".parse().unwrap()), None);
}

#[test]
fn credentials_are_wanted_below_the_roots_that_are_named() {
    let (world, stranger) = (World::new(), World::of(77, "KR"));
    for (format, (root, verdict)) in BOTH.into_iter().flat_map(|format| {
        [(&world, None), (&stranger, Some("not_what_was_asked"))].map(|(of, verdict)| (format, (of, verdict)))
    }) {
        let authority = certified_by([root.pki.root.certificate()]).unwrap();
        let query = testkit::Request::query(format, document("resident"), &ASKED);
        let credential = query.credentials()[0].clone().with_trusted_authorities(vec![authority]);
        let query = mapae_dcql::DcqlQuery::new(vec![credential], Vec::new()).unwrap();
        let pending = draft(&query, ResponseMode::DirectPostJwt).begin(now(), &mut testkit::Seeded::new(1)).unwrap();
        let request = fetch(&pending);
        assert_eq!(request.query().credentials()[0].trusted_authorities().len(), 1);
        let sent = send(&request, present(&request, &world.issue(format)));
        let judged = judge(&world, &pending.receive(&sent.body).unwrap());
        assert_eq!(judged.err().map(|reason| reason.code()), verdict, "{format:?}");
    }
    assert_eq!(certified_by([]), None);
}
