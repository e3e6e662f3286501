//! The wallet's answer, and the browser that comes for its code.

use mapae_cose::cbor::Value as Cbor;
use mapae_oidc::{
    AgainFault, BrowserDiffers, ErrorCode, IssueFault, Login, LoginFault, LoginRefusal, Presented, RecordFault,
};
use mapae_types::Duration;
use mapae_verify::{Format, Verified};
use testkit::{BOTH, Seeded, World, now};

use crate::scene::{
    SHOWN, WEB, begin, changed, client, location, login, parameter, presented, provider, shape, shown, somebody,
};

#[test]
fn peer_hole_10_a_code_goes_to_the_browser_that_began() {
    let provider = provider();
    let (one, cookie) = login(&provider, WEB, &[]);
    let record = one.to_record();
    for wrong in ["", "a", &cookie[1..]] {
        let login = Login::from_record(&record).unwrap();
        let refused = login.issue(&provider, wrong, &mut Seeded::new(3), now()).map(drop).unwrap_err();
        assert_eq!(refused, IssueFault::Browser(BrowserDiffers));
    }
    one.issue(&provider, &cookie, &mut Seeded::new(3), now()).unwrap();
}

#[test]
fn two_browsers_have_two_cookies_and_two_sign_ins() {
    let request = || crate::scene::authorize(&provider(), WEB, &[]).unwrap();
    let one = request().begin(&provider(), &mut Seeded::new(1), now()).unwrap();
    let two = request().begin(&provider(), &mut Seeded::new(2), now()).unwrap();
    assert_ne!(one.pending.id(), two.pending.id());
    assert_ne!(one.cookie.expose(), two.cookie.expose());
    assert_eq!(one.pending.check_browser(one.cookie.expose()), Ok(()));
    assert_eq!(one.pending.check_browser(two.cookie.expose()), Err(BrowserDiffers));
    assert_ne!(one.pending.id().to_bytes(), two.pending.id().to_bytes());
    assert_eq!(one.pending.refuse(two.cookie.expose(), LoginRefusal::Declined), Err(BrowserDiffers));
}

#[test]
fn a_sign_in_has_ten_minutes() {
    let provider = provider();
    let end = now() + Duration::seconds(600);
    let last = begin(&provider, WEB, &[]).pending;
    last.complete(&presented(shown(Format::SdJwt), somebody()), &mut Seeded::new(2), end - Duration::seconds(1))
        .unwrap();
    let late = begin(&provider, WEB, &[]).pending;
    let failed = late.complete(&presented(shown(Format::SdJwt), somebody()), &mut Seeded::new(2), end).unwrap_err();
    assert_eq!((&failed.fault, LoginRefusal::from(&failed.fault)), (&LoginFault::Expired, LoginRefusal::TimedOut));
    let (login, cookie) = login(&provider, WEB, &[]);
    let refused = login.issue(&provider, &cookie, &mut Seeded::new(3), end).map(drop).unwrap_err();
    assert_eq!(refused, IssueFault::Login(LoginFault::Expired));
}

#[test]
fn peer_hole_18_a_sign_in_is_one_document() {
    let world = World::new();
    let (one, two) = (world.issue(Format::Mdoc), world.issue(Format::Mdoc));
    let two_documents = two_in_one(&world, &one, &two);
    let pending = begin(&provider(), WEB, &[]).pending;
    let failed = pending.complete(&presented(&two_documents, somebody()), &mut Seeded::new(2), now()).unwrap_err();
    assert_eq!(failed.fault, LoginFault::NotOneCredential { count: 2 });
}

/// Both documents in one `DeviceResponse`.
fn two_in_one(world: &World, one: &testkit::IssuedCopy, two: &testkit::IssuedCopy) -> Verified {
    let [mut first, second] = [one, two].map(|copy| Cbor::from_cbor(&world.request.answer(copy, &SHOWN)).unwrap());
    let more = documents(&second).clone();
    documents_mut(&mut first).extend(more);
    world.verify(&first.to_cbor()).unwrap()
}

fn documents(response: &Cbor) -> &Vec<Cbor> {
    let Cbor::Map(members) = response else { panic!("no map") };
    let found = members.iter().find(|(name, _)| *name == Cbor::Text("documents".into()));
    let Some((_, Cbor::Array(documents))) = found else { panic!("no documents") };
    documents
}

fn documents_mut(response: &mut Cbor) -> &mut Vec<Cbor> {
    let Cbor::Map(members) = response else { panic!("no map") };
    let found = members.iter_mut().find(|(name, _)| *name == Cbor::Text("documents".into()));
    let Some((_, Cbor::Array(documents))) = found else { panic!("no documents") };
    documents
}

#[test]
fn a_document_that_was_not_asked_for_is_no_answer() {
    let world = World::new();
    for format in BOTH {
        let licence = world.issue_document(format, "licence", 0, &world.terms());
        let verified = world.verify(&world.request.answer(&licence, &["family_name"])).unwrap();
        let pending = begin(&provider(), WEB, &[]).pending;
        let failed = pending.complete(&presented(&verified, somebody()), &mut Seeded::new(2), now()).unwrap_err();
        assert_eq!(
            (&failed.fault, LoginRefusal::from(&failed.fault)),
            (&LoginFault::DocumentNotAsked, LoginRefusal::NotVerified)
        );
    }
}

#[test]
fn a_format_that_was_not_asked_for_is_no_answer() {
    let mut one = client(WEB);
    one.sources.truncate(1);
    let provider = changed(|new| new.clients[0] = one).unwrap();
    let complete = |format| {
        let pending = begin(&provider, WEB, &[]).pending;
        pending.complete(&presented(shown(format), somebody()), &mut Seeded::new(2), now()).map(drop)
    };
    complete(Format::SdJwt).unwrap();
    assert_eq!(complete(Format::Mdoc).unwrap_err().fault, LoginFault::DocumentNotAsked);
}

#[test]
fn what_every_sign_in_asks_for_is_there() {
    let without = |credential: &mapae_verify::VerifiedCredential| {
        let mut claims = shape(credential);
        claims.remove("age_over_19");
        claims
    };
    let presented = Presented { shape: &without, ..presented(shown(Format::SdJwt), somebody()) };
    let pending = begin(&provider(), WEB, &[]).pending;
    let failed = pending.complete(&presented, &mut Seeded::new(2), now()).unwrap_err();
    assert_eq!(failed.fault, LoginFault::ClaimMissing { claim: "age_over_19".to_owned() });
}

#[test]
fn a_sign_in_that_fails_is_told_to_the_client() {
    for (why, code) in [
        (LoginRefusal::Declined, ErrorCode::AccessDenied),
        (LoginRefusal::TimedOut, ErrorCode::AccessDenied),
        (LoginRefusal::NotVerified, ErrorCode::AccessDenied),
        (LoginRefusal::AnotherPerson, ErrorCode::LoginRequired),
        (LoginRefusal::Unavailable, ErrorCode::TemporarilyUnavailable),
        (LoginRefusal::Internal, ErrorCode::ServerError),
    ] {
        let begun = begin(&provider(), WEB, &[]);
        let address = location(&begun.pending.refuse(begun.cookie.expose(), why).unwrap());
        assert_eq!(parameter(&address, "error"), code.as_str());
        assert_eq!(parameter(&address, "state"), "st&te");
        let described = parameter(&address, "error_description");
        // RFC 6749 §4.1.2.1.
        assert!(
            described.bytes().all(|byte| matches!(byte, 0x20..=0x7e if byte != b'"' && byte != b'\\')),
            "{described}"
        );
        assert_eq!(described, why.description());
    }
}

/// What is done again is another sign-in of the same request, and only the browser that began does it.
#[test]
fn a_request_is_begun_again_by_its_browser_as_another_sign_in() {
    let provider = provider();
    let first = begin(&provider, WEB, &[]);
    let (id, cookie) = (first.pending.id(), first.cookie.expose().to_owned());
    let record = first.pending.to_record();
    let later = now() + Duration::seconds(60);
    let again =
        |cookie: &str| provider.pending_login(&record).unwrap().again(&provider, cookie, &mut Seeded::new(9), later);
    assert_eq!(again("another's").map(drop).unwrap_err(), AgainFault::Browser(BrowserDiffers));
    let second = again(&cookie).unwrap();
    assert_ne!(second.pending.id(), id);
    assert_eq!(second.pending.check_browser(&cookie), Err(BrowserDiffers), "a cookie of its own");
    assert_eq!(second.pending.expires(), later + provider.lifetimes().login);
    let address = location(&second.pending.refuse(second.cookie.expose(), LoginRefusal::Declined).unwrap());
    assert_eq!(parameter(&address, "state"), "st&te", "the same request");
}

#[test]
fn a_record_is_of_its_kind_and_version() {
    let provider = provider();
    let begun = begin(&provider, WEB, &[]);
    let record = begun.pending.to_record();
    let text = core::str::from_utf8(&record).unwrap();
    provider.pending_login(&record).unwrap();
    for wrong in [
        text.replace("\"v\":1", "\"v\":2"),
        text.replace("\"kind\":\"pending\"", "\"kind\":\"login\""),
        text.replace("\"expires\":", "\"expired\":"),
        text.replace("\"browser\":\"", "\"browser\":\"0"),
        text.replace("\"id\":\"", "\"id\":\"zz"),
        text[1..].to_owned(),
        format!("{text}{text}"),
    ] {
        assert_eq!(provider.pending_login(wrong.as_bytes()).map(drop), Err(RecordFault::Unreadable));
    }
    assert_eq!(Login::from_record(&record).map(drop), Err(RecordFault::Unreadable));
}

#[test]
fn what_was_taken_from_a_client_since_then_counts() {
    let record = begin(&provider(), WEB, &[]).pending.to_record();
    let without = |change: fn(&mut mapae_oidc::NewProvider)| changed(change).unwrap().pending_login(&record).map(drop);
    assert_eq!(without(|new| drop(new.clients.remove(0))), Err(RecordFault::NoLongerAllowed));
    assert_eq!(without(|new| drop(new.clients[0].redirect_uris.remove(0))), Err(RecordFault::NoLongerAllowed));
    assert_eq!(without(|new| new.clients[0].scopes.clear()), Err(RecordFault::NoLongerAllowed));
    assert_eq!(without(|new| drop(new.clients.remove(1))), Ok(()));
}
