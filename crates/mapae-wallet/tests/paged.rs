//! A wallet that a browser or an operating system calls (OpenID4VP Appendix A): what is asked, and what the page gets.

use mapae_oid4vp::{
    BrowserCall, TransactionData,
    verifier::{BrowserDraft, BrowserSigning, Identity, Naming, PendingBrowserPresentation},
};
use mapae_types::Duration;
use mapae_verify::{Binding, Policy, verify};
use mapae_wallet::{Asked, Consent, Outcome, Proposal, ProposalWarning, TRANSACTION_TYPES, VerifiedBy};
use serde_json::{Value, json};
use testkit::{BOTH, Format, Seeded};

use crate::{
    driver::Nobody,
    scene::{PURPOSE, Party, Scene, proposal, query, refusal},
};

const ORIGIN: &str = "https://library.example";

fn identity(party: &Party) -> Identity<'_> {
    Identity { chain: std::slice::from_ref(&party.signer.certificate), naming: Naming::CertificateHash }
}

/// A request for a name, signed or not, which its page handed to the browser.
fn asking(
    scene: &Scene,
    format: Format,
    party: Option<&Party>,
    encrypted: bool,
) -> (PendingBrowserPresentation, Value) {
    let signing = party.map_or(BrowserSigning::Unsigned, |party| BrowserSigning::Signed(identity(party)));
    let query = query(format, &["family_name"]);
    let (origins, purpose, lifetime) = (&[ORIGIN][..], Some(PURPOSE), Duration::seconds(300));
    let draft = BrowserDraft { origins, signing, encrypted, query: &query, purpose, lifetime };
    let pending = draft.begin(scene.phone.now, &mut Seeded::new(4)).unwrap();
    let request = signed(&pending, party);
    (pending, request)
}

fn signed(pending: &PendingBrowserPresentation, party: Option<&Party>) -> Value {
    let sign = |one: mapae_jose::UnsignedJws| party.unwrap().signer.sign(one.to_be_signed());
    pending.request(&pending.to_be_signed().into_iter().map(sign).collect::<Vec<_>>()).unwrap()
}

fn heard(scene: &mut Scene, request: &Value, origin: &str) -> Asked {
    let start = scene.phone.start();
    scene.phone.wallet.ask_by_browser(&BrowserCall::parse(&request.to_string(), origin).unwrap(), &start)
}

fn made(scene: &mut Scene, proposal: Proposal) -> Vec<u8> {
    let consent = Consent { express: true, ..proposal.least() };
    let handed = scene.phone.run(&mut Nobody, |wallet, start| wallet.make(proposal, consent, start)).unwrap();
    serde_json::to_vec(&handed.for_page.unwrap()["data"]).unwrap()
}

/// What the page's server makes of the data.
fn holds(scene: &Scene, pending: PendingBrowserPresentation, data: &[u8]) -> bool {
    let received = pending.receive(ORIGIN, data).unwrap();
    let binding = Binding::new(received.transcript().clone(), received.audience(), received.nonce());
    let policy = Policy::default().asking(received.query());
    let shown = &received.presentations().values().next().unwrap()[0];
    verify(shown, &binding, &scene.store(), scene.phone.now, &policy).is_ok()
}

#[test]
fn a_registered_page_is_answered_in_both_formats_and_nothing_is_sent() {
    for (format, encrypted) in BOTH.into_iter().flat_map(|format| [(format, true), (format, false)]) {
        let mut scene = Scene::new();
        let (pending, request) = asking(&scene, format, Some(&scene.library), encrypted);
        let proposal = proposal(heard(&mut scene, &request, ORIGIN));
        let view = proposal.view();
        assert_eq!((view.who.id.as_deref(), view.who.verified_by), (Some("sejong-library"), VerifiedBy::Registration));
        assert_eq!((view.who.host.as_deref(), view.number.as_deref()), (Some(ORIGIN), None));
        assert_eq!(view.warnings.contains(&ProposalWarning::NotEncrypted), !encrypted);
        let data = made(&mut scene, proposal);
        assert!(holds(&scene, pending, &data), "{format:?} {encrypted}");
        assert!(scene.phone.sent().is_empty());
        assert_eq!(scene.last_line().outcome, Outcome::Shared);
        assert_eq!(refusal(heard(&mut scene, &request, ORIGIN)).code(), "replayed");
    }
}

#[test]
fn nobody_passes_on_what_the_library_signed() {
    let mut scene = Scene::new();
    let (_, request) = asking(&scene, Format::SdJwt, Some(&scene.library), true);
    assert_eq!(refusal(heard(&mut scene, &request, "https://relay.example")).code(), "origin_foreign");
}

#[test]
fn a_page_that_nobody_registered_is_refused_and_answered_only_by_who_tries_things_out() {
    let mut scene = Scene::new();
    for party in [None, Some("shop")] {
        let party = party.map(|_| &scene.shop);
        let (pending, request) = asking(&scene, Format::Mdoc, party, true);
        assert_eq!(refusal(heard(&mut scene, &request, ORIGIN)).code(), "unregistered");
        let call = BrowserCall::parse(&request.to_string(), ORIGIN).unwrap();
        let start = scene.phone.start();
        let asked = scene.phone.wallet.ask_by_browser_unregistered(&call, Vec::new(), &start);
        let data = made(&mut scene, proposal(asked));
        assert!(holds(&scene, pending, &data));
    }
}

#[test]
fn without_a_bundle_no_page_is_heard() {
    let mut scene = Scene::new();
    let (_, request) = asking(&scene, Format::SdJwt, Some(&scene.library), true);
    scene.phone.reopen();
    assert_eq!(refusal(heard(&mut scene, &request, ORIGIN)).code(), "trust_missing");
}

#[test]
fn a_page_has_a_transaction_authorised() {
    let mut scene = Scene::new();
    let (pending, _) = asking(&scene, Format::SdJwt, Some(&scene.library), true);
    let details = json!({ "bank": "Sejong Bank", "product": "Savings" }).as_object().unwrap().clone();
    let one = TransactionData::new(TRANSACTION_TYPES[0], vec!["asked".parse().unwrap()], details).unwrap();
    let pending = pending.authorising(vec![one.clone()]).unwrap();
    let request = signed(&pending, Some(&scene.library));
    let proposal = proposal(heard(&mut scene, &request, ORIGIN));
    assert_eq!(proposal.view().transactions[0].lines[0].value.en, "Sejong Bank");
    let data = made(&mut scene, proposal);
    let received = pending.receive(ORIGIN, &data).unwrap();
    assert_eq!(received.transactions()[0].transaction(), &one);
}
