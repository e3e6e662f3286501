//! What a provider may be made of: everything that is named is there, and nothing reaches beyond the registration.

use mapae_oidc::{Client, ClientAuthentication, ConfigFault, NewProvider, SubjectRule};
use mapae_verify::Format;

use crate::scene::{WEB, changed, client, names, provider, source};

fn refused(change: impl FnOnce(&mut NewProvider)) -> ConfigFault {
    changed(change).map(drop).unwrap_err()
}

fn refused_client(change: impl FnOnce(&mut Client)) -> ConfigFault {
    refused(|new| change(&mut new.clients[0]))
}

fn unknown(name: &str) -> ConfigFault {
    ConfigFault::NameUnknown { client: WEB.to_owned(), name: name.to_owned() }
}

#[test]
fn several_applications_of_one_organisation() {
    assert_eq!(provider().clients().map(|client| client.id.as_str()).collect::<Vec<_>>(), ["web", "keyed", "app"]);
    assert_eq!(refused(|new| new.clients.push(client(WEB))), ConfigFault::ClientTwice { client: WEB.to_owned() });
}

#[test]
fn a_client_has_what_it_needs() {
    let incomplete = |member| ConfigFault::ClientIncomplete { client: WEB.to_owned(), member };
    assert_eq!(refused_client(|client| client.redirect_uris.clear()), incomplete("redirect_uris"));
    let nameless = |client: &mut Client| {
        client.baseline.clear();
        client.subject = SubjectRule::PerLogin;
    };
    assert_eq!(refused_client(nameless), incomplete("baseline"));
    assert_eq!(refused_client(|client| client.sources.clear()), incomplete("sources"));
    assert_eq!(refused_client(|client| client.acr.clear()), incomplete("acr"));
    let keyless = ClientAuthentication::PrivateKeyJwt { keys: Vec::new() };
    assert_eq!(refused_client(|client| client.authentication = keyless), incomplete("keys"));
    let nameless = refused_client(|client| client.id.clear());
    assert_eq!(nameless, ConfigFault::ClientIncomplete { client: String::new(), member: "id" });
}

#[test]
fn browsers_are_sent_to_the_web_to_this_machine_or_to_an_app() {
    for good in [
        "https://bank.example/cb?x=1",
        "http://127.0.0.1:9000/cb",
        "http://localhost/cb",
        "http://[::1]:1/cb",
        "example.bank:/cb",
    ] {
        changed(|new| new.clients[0].redirect_uris.push(good.to_owned())).unwrap();
    }
    for wrong in [
        "http://bank.example/cb",
        "http://localhost.example/cb",
        "http://localhost:a@evil.example/cb",
        "https://user@bank.example/cb",
        "https://bank.example/cb#x",
        "https:///cb",
        "//bank.example/cb",
        "/cb",
        "javascript:alert(1)",
        "data:text/html,a",
        "bank:/cb",
        "https://bank.example/a b",
        "https://bank.example/a\"b",
    ] {
        let expected = ConfigFault::RedirectUri { client: WEB.to_owned(), uri: wrong.to_owned() };
        assert_eq!(refused_client(|client| client.redirect_uris.push(wrong.to_owned())), expected);
        assert_eq!(refused_client(|client| client.post_logout_redirect_uris.push(wrong.to_owned())), expected);
    }
}

#[test]
fn what_a_client_names_is_there() {
    assert_eq!(refused_client(|client| client.scopes = names(&["email"])), unknown("email"));
    assert_eq!(refused_client(|client| client.acr.push("loa4".to_owned())), unknown("loa4"));
    assert_eq!(refused_client(|client| client.claims = names(&["email"])), unknown("email"));
    assert_eq!(refused_client(|client| client.baseline = names(&["email"])), unknown("email"));
    assert_eq!(refused_client(|client| client.sources.push("licence".parse().unwrap())), unknown("licence"));
}

#[test]
fn every_source_of_a_client_has_its_baseline() {
    let mut mdoc = source(Format::Mdoc);
    mdoc.claims.remove("age_over_19");
    let refused = refused(|new| new.sources[1] = mdoc);
    assert_eq!(refused, unknown("resident-mdoc"));
}

#[test]
fn no_claim_has_a_name_of_the_protocols() {
    for reserved in ["sub", "iss", "acr", "nonce", "sid"] {
        let refused = refused(|new| {
            let paths = new.sources[0].claims["age_over_19"].clone();
            new.sources[0].claims.insert(reserved.to_owned(), paths);
        });
        assert_eq!(refused, ConfigFault::ClaimReserved { claim: reserved.to_owned() });
    }
}

#[test]
fn a_client_asks_for_nothing_beyond_the_organisations_registration() {
    changed(|new| new.clients[0].claims = names(&["address"])).unwrap();
    let refused = refused(|new| {
        let number = testkit::document("resident").attribute("resident_registration_number").unwrap();
        let path = mapae_dcql::ClaimPath::claim(&number.claim_path()[0]);
        new.sources[0].claims.insert("number".to_owned(), vec![path]);
        new.clients[0].claims = names(&["number"]);
    });
    let ConfigFault::BeyondRegistration { client, over } = refused else { panic!("{refused}") };
    assert_eq!((client.as_str(), over.beyond().len()), (WEB, 1));
}

#[test]
fn a_client_has_a_registered_purpose() {
    changed(|new| new.clients[0].purpose = None).unwrap();
    changed(|new| new.clients[0].purpose = Some("로그인".to_owned())).unwrap();
    let other = refused_client(|client| client.purpose = Some("To sell it".to_owned()));
    assert!(matches!(other, ConfigFault::BeyondRegistration { .. }), "{other}");
}

/// Who knows people again asks who they are, and nothing else if it wants no claims.
#[test]
fn a_client_that_knows_its_people_has_sources_that_tell_who_they_are() {
    let untold = ConfigFault::PersonUntold { client: WEB.to_owned(), source_id: "resident-sd-jwt".to_owned() };
    assert_eq!(refused(|new| new.sources[0].person = None), untold);
    changed(|new| {
        new.sources.iter_mut().for_each(|source| source.person = None);
        new.clients.iter_mut().for_each(|client| client.subject = SubjectRule::PerLogin);
    })
    .unwrap();
    changed(|new| new.clients[0].baseline.clear()).unwrap();
}
