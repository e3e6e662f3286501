//! Credential offers (OpenID4VCI §4.1), and identifiers of issuers (§12.2.1).

use mapae_oid4vci::{
    CredentialOffer, IssuerUrl, MessageFault, OfferFault, OfferGrants, OfferSource, PreAuthorizedGrant, TxCode,
    TxCodeMode,
};
use serde_json::{Value, json};

use crate::scene::{ISSUER, issuer};

const PRE_AUTHORIZED: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

fn offer() -> CredentialOffer {
    let tx_code =
        TxCode { mode: TxCodeMode::Numeric, length: Some(6), description: Some("문자로 받은 번호".to_owned()) };
    CredentialOffer {
        issuer: issuer(),
        configurations: vec!["resident-mdoc".to_owned(), "resident-sd-jwt".to_owned()],
        grants: OfferGrants {
            pre_authorized: Some(PreAuthorizedGrant { code: "c".to_owned().into(), tx_code: Some(tx_code) }),
            authorization_code: Some(Some("i".to_owned())),
        },
    }
}

fn json() -> Value {
    json!({
        "credential_issuer": ISSUER,
        "credential_configuration_ids": ["resident-mdoc", "resident-sd-jwt"],
        "grants": {
            "authorization_code": {"issuer_state": "i"},
            PRE_AUTHORIZED: {
                "pre-authorized_code": "c",
                "tx_code": {"length": 6, "description": "문자로 받은 번호"},
            },
        },
    })
}

fn parse(json: &Value) -> Result<CredentialOffer, OfferFault> {
    CredentialOffer::parse(json.to_string().as_bytes())
}

fn with(pointer: &str, value: Value) -> Result<CredentialOffer, OfferFault> {
    let mut json = json();
    *json.pointer_mut(pointer).unwrap() = value;
    parse(&json)
}

fn malformed(name: &'static str) -> OfferFault {
    MessageFault::Malformed { name }.into()
}

#[test]
fn an_offer_is_read_as_it_is_written() {
    assert_eq!(serde_json::from_slice::<Value>(&offer().to_json()).unwrap(), json());
    assert_eq!(parse(&json()), Ok(offer()));
}

#[test]
fn an_offer_travels_in_an_address() {
    let uri = offer().to_uri();
    assert!(uri.starts_with("openid-credential-offer://?credential_offer=%7B%22"), "{uri}");
    assert_eq!(OfferSource::parse(&uri), Ok(OfferSource::Value(Box::new(offer()))));
}

#[test]
fn an_offer_is_fetched_from_an_address() {
    let uri = CredentialOffer::reference_uri("https://issuer.example/kr/offers/1");
    let expected = "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example%2Fkr%2Foffers%2F1";
    assert_eq!(uri, expected);
    let reference = OfferSource::Reference("https://issuer.example/kr/offers/1".to_owned());
    assert_eq!(OfferSource::parse(&uri), Ok(reference.clone()));
    // §12.1: a wallet may have an address of its own, and HAIP 1.0 another scheme.
    for start in ["haip-vci://?", "https://wallet.example/offer?"] {
        let other = uri.replace("openid-credential-offer://?", start);
        assert_eq!(OfferSource::parse(&other), Ok(reference.clone()));
    }
}

#[test]
fn the_offer_of_the_specification_is_read() {
    // §4.1.2, second example.
    let uri = "openid-credential-offer://?credential_offer=%7B%22credential_issuer%22:%22https://credential-issuer.example\
        .com%22,%22credential_configuration_ids%22:%5B%22org.iso.18013.5.1.mDL%22%5D,%22grants%22:%7B%22urn:ietf:params:oa\
        uth:grant-type:pre-authorized_code%22:%7B%22pre-authorized_code%22:%22oaKazRN8I0IbtZ0C7JuMn5%22,%22tx_code%22:%7B%\
        22input_mode%22:%22text%22,%22description%22:%22Please%20enter%20the%20serial%20number%20of%20your%20physical%20dr\
        ivers%20license%22%7D%7D%7D%7D";
    let Ok(OfferSource::Value(offer)) = OfferSource::parse(uri) else { panic!() };
    let grant = offer.grants.pre_authorized.unwrap();
    assert_eq!(grant.code.expose(), "oaKazRN8I0IbtZ0C7JuMn5");
    assert_eq!(grant.tx_code.unwrap().mode, TxCodeMode::Text);
}

#[test]
fn an_address_holds_one_offer() {
    assert_eq!(OfferSource::parse("openid-credential-offer://"), Err(OfferFault::NotAnOffer));
    assert_eq!(OfferSource::parse("openid-credential-offer://?a=b"), Err(OfferFault::NotAnOffer));
    let both = format!("{}&credential_offer_uri=https://a.example", offer().to_uri());
    let fault = MessageFault::Exclusive { name: "credential_offer", other: "credential_offer_uri" };
    assert_eq!(OfferSource::parse(&both), Err(fault.into()));
    for url in ["http://a.example/1", "file:///etc/passwd", "a", "https://", "https://u@a.example/"] {
        let uri = format!("openid-credential-offer://?credential_offer_uri={url}");
        assert_eq!(OfferSource::parse(&uri), Err(malformed("credential_offer_uri")), "{url}");
    }
}

#[test]
fn an_offer_has_bounds() {
    let long = format!("openid-credential-offer://?credential_offer={}", "a".repeat(16 << 10));
    assert!(matches!(OfferSource::parse(&long), Err(OfferFault::Message(MessageFault::TooLong { .. }))));
    let spaces = vec![b' '; (16 << 10) + 1];
    assert!(matches!(CredentialOffer::parse(&spaces), Err(OfferFault::Message(MessageFault::TooLong { .. }))));
    let many: Vec<String> = (0..65).map(|n| n.to_string()).collect();
    assert_eq!(with("/credential_configuration_ids", many.into()), Err(malformed("credential_configuration_ids")));
}

#[test]
fn an_offer_names_its_issuer() {
    for wrong in ["http://issuer.example", "issuer", "https://issuer.example?x", "https://issuer.example#x"] {
        assert_eq!(with("/credential_issuer", json!(wrong)), Err(OfferFault::Issuer), "{wrong}");
    }
    let mut without = json();
    without.as_object_mut().unwrap().remove("credential_issuer");
    assert_eq!(parse(&without), Err(MessageFault::Missing { name: "credential_issuer" }.into()));
}

#[test]
fn an_offer_names_each_configuration_once() {
    let name = "credential_configuration_ids";
    for wrong in [json!([]), json!(["a", "a"]), json!("a"), json!([1]), json!([""])] {
        assert_eq!(with("/credential_configuration_ids", wrong), Err(malformed(name)));
    }
    let mut without = json();
    without.as_object_mut().unwrap().remove(name);
    assert_eq!(parse(&without), Err(MessageFault::Missing { name }.into()));
}

#[test]
fn an_offer_without_grants_leaves_the_choice() {
    let mut without = json();
    without.as_object_mut().unwrap().remove("grants");
    assert_eq!(parse(&without).unwrap().grants, OfferGrants::default());
    assert_eq!(with("/grants", json!({})).unwrap().grants, OfferGrants::default());
    assert_eq!(with("/grants/authorization_code", json!({})).unwrap().grants.authorization_code, Some(None));
    assert_eq!(with("/grants", json!([])), Err(malformed("grants")));
}

#[test]
fn a_pre_authorized_grant_has_a_code() {
    let pointer = format!("/grants/{PRE_AUTHORIZED}");
    let fault = MessageFault::Missing { name: "pre-authorized_code" };
    assert_eq!(with(&pointer, json!({})), Err(fault.into()));
    assert_eq!(
        with(&pointer, json!({"pre-authorized_code": "c"})).unwrap().grants.pre_authorized.unwrap().tx_code,
        None
    );
}

#[test]
fn an_empty_tx_code_asks_for_one_too() {
    let offer = with(&format!("/grants/{PRE_AUTHORIZED}/tx_code"), json!({})).unwrap();
    assert_eq!(offer.grants.pre_authorized.unwrap().tx_code, Some(TxCode::default()));
}

#[test]
fn a_tx_code_is_described_within_bounds() {
    let tx_code = |value| with(&format!("/grants/{PRE_AUTHORIZED}/tx_code"), value);
    tx_code(json!({"input_mode": "numeric", "description": "가".repeat(300)})).unwrap();
    assert_eq!(tx_code(json!({"description": "가".repeat(301)})), Err(malformed("description")));
    assert_eq!(tx_code(json!({"input_mode": "digits"})), Err(malformed("input_mode")));
    assert_eq!(tx_code(json!({"length": 256})), Err(malformed("length")));
    assert_eq!(tx_code(json!({"length": "6"})), Err(malformed("length")));
    assert_eq!(tx_code(json!(true)), Err(malformed("tx_code")));
}

#[test]
fn what_is_not_understood_is_ignored() {
    let mut json = json();
    json["other"] = json!({"a": 1});
    json["grants"]["other"] = json!({"a": 1});
    assert_eq!(parse(&json), Ok(offer()));
}

#[test]
fn the_code_is_not_printed() {
    let mut offer = offer();
    offer.grants.pre_authorized.as_mut().unwrap().code = "hidden".to_owned().into();
    assert!(!format!("{offer:?}").contains("hidden"));
}

#[test]
fn an_issuer_is_a_url_without_query_and_fragment() {
    for good in ["https://a.example", "https://a.example:8443/x/y", "http://127.0.0.1:9700", "http://localhost/x"] {
        assert_eq!(IssuerUrl::parse(good).unwrap().as_str(), good);
    }
    for wrong in [
        "http://a.example",
        "http://127.0.0.1.example",
        "https://a.example?",
        "https://a.example#",
        "https://u:p@a.example",
        "https://",
        "https:///x",
        "ftp://a.example",
        "a.example",
        "https://a .example",
    ] {
        let fault = MessageFault::Malformed { name: "credential_issuer" };
        assert_eq!(IssuerUrl::parse(wrong), Err(fault), "{wrong}");
    }
}

#[test]
fn well_known_metadata_stand_between_host_and_path() {
    // §12.2.2.
    let at = |issuer: &str| IssuerUrl::parse(issuer).unwrap().well_known("openid-credential-issuer");
    assert_eq!(
        at("https://issuer.example.com/tenant"),
        "https://issuer.example.com/.well-known/openid-credential-issuer/tenant"
    );
    let without_path = "https://tenant.issuer.example.com/.well-known/openid-credential-issuer";
    assert_eq!(at("https://tenant.issuer.example.com"), without_path);
    assert_eq!(at("https://tenant.issuer.example.com/"), without_path);
}

#[test]
fn endpoints_stand_under_the_issuer() {
    let issuer = |text: &str| IssuerUrl::parse(text).unwrap();
    assert_eq!(issuer("https://a.example/x").endpoint("token"), "https://a.example/x/token");
    assert_eq!(issuer("https://a.example/").endpoint("token"), "https://a.example/token");
    assert_eq!(issuer("https://a.example/x/").path(), "/x");
    assert_eq!(issuer("https://a.example").path(), "");
}
