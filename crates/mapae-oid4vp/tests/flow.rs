//! From a link to a verdict, in both formats, encrypted and not; and what an answer is bound to.

use mapae_crypto::Algorithm;
use mapae_mdoc::HeldMdoc;
use mapae_oid4vp::{
    Begun, Call, HttpRequest, HttpResponse, Presentation, Request, RequestUriMethod, ResponseMode,
    verifier::{Naming, PendingPresentation, ReceivedPresentations, RequestDraft, accepted, wallet_nonce},
};
use mapae_sd_jwt::{KeyBinding, PathElement, SdJwt};
use mapae_types::Duration;
use mapae_verify::{Binding, NotVerified, Policy, Verified, verify};
use testkit::{BOTH, Format, IssuedCopy, World, document};

use crate::scene::{LIBRARY, REGISTRAR, RESPONSE_URI, entropy, now};

const MODES: [ResponseMode; 2] = [ResponseMode::DirectPost, ResponseMode::DirectPostJwt];
const ASKED: [&str; 2] = ["family_name", "age_over_19"];

fn ask(format: Format, mode: ResponseMode, seed: u64) -> PendingPresentation {
    let query = testkit::Request::query(format, document("resident"), &ASKED);
    let draft = RequestDraft {
        chain: core::slice::from_ref(&LIBRARY.certificate),
        naming: Naming::CertificateHash,
        response_uri: RESPONSE_URI,
        response_mode: mode,
        query: &query,
        purpose: None,
        lifetime: Duration::seconds(300),
    };
    draft.begin(now(), &mut testkit::Seeded::new(seed)).unwrap()
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
fn fetch(pending: &PendingPresentation) -> Request {
    let link = pending.link("haip-vp://", "https://library.example/requests/1", RequestUriMethod::Post);
    let Begun::Fetch(awaiting) = Call::parse(&link).unwrap().begin(&mut entropy()).unwrap() else { panic!() };
    let response = serve(pending, awaiting.request());
    let object = awaiting.receive(&response).unwrap();
    object.authenticate(core::slice::from_ref(&REGISTRAR.root), now()).unwrap().into_request()
}

fn present(request: &Request, copy: &IssuedCopy) -> Presentation {
    let attributes: Vec<_> = ASKED.iter().map(|id| copy.document.attribute(id).unwrap()).collect();
    match copy.format {
        Format::Mdoc => {
            let elements: Vec<_> = attributes.iter().map(|a| (a.namespace(), a.element())).collect();
            let held = HeldMdoc::parse(&copy.bytes).unwrap();
            let unsigned = held.present(&elements, &request.transcript()).unwrap();
            let signature = copy.holder.sign(unsigned.to_be_signed()).unwrap();
            Presentation::DeviceResponse(unsigned.attach(&signature))
        }
        Format::SdJwt => {
            let paths = attributes.iter().map(|a| a.claim_path().iter().map(|name| PathElement::Name(name)).collect());
            let paths: Vec<Vec<PathElement<'_>>> = paths.collect();
            let paths: Vec<&[PathElement<'_>]> = paths.iter().map(Vec::as_slice).collect();
            let held = SdJwt::parse(core::str::from_utf8(&copy.bytes).unwrap()).unwrap();
            let binding = KeyBinding { audience: request.audience(), nonce: request.nonce(), issued_at: now() };
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

fn judge(world: &World, received: &ReceivedPresentations) -> Result<Verified, NotVerified> {
    let binding = Binding::new(received.transcript().clone(), received.audience(), received.nonce());
    let policy = Policy::default().asking(received.query());
    verify(&received.presentations()["asked"][0], &binding, &world.store(), now(), &policy)
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
