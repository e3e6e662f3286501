//! Metadata, plain and signed.

use mapae_oid4vci::{
    CredentialFormat, MetadataFault,
    wallet::{Endpoint, IssuerFault, MetadataTrust, OfferFault, OurFault, Party, WalletError},
};
use serde_json::json;
use testkit::Pki;

use super::{
    peer::{Peer, content_type},
    phone::{Phone, offer},
};

const ISSUER_METADATA: &str = "openid-credential-issuer";

#[test]
fn signed_metadata_are_believed_by_their_root_alone() {
    let mut phone = Phone::new(Peer::new());
    let root = [phone.peer.pki.root.clone()];
    phone.discover_by(MetadataTrust::Signed(&root)).unwrap();
    let error = phone.discover_by(MetadataTrust::Signed(&[Pki::new(6, "KR").root])).unwrap_err();
    let signed = |error: &WalletError| {
        matches!(error, WalletError::Issuer(IssuerFault::Metadata { fault: MetadataFault::Signed(_), .. }))
    };
    assert!(signed(&error), "{error}");
}

#[test]
fn metadata_that_should_be_signed_and_are_not_are_refused() {
    let plain = Peer::new().metadata().to_json();
    let peer = Peer::new().bending(ISSUER_METADATA, move |mut response| {
        (response.body, response.headers) = (plain.clone(), vec![content_type("application/json")]);
        response
    });
    let mut phone = Phone::new(peer);
    let root = [phone.peer.pki.root.clone()];
    let error = phone.discover_by(MetadataTrust::Signed(&root)).unwrap_err();
    assert_eq!(error, WalletError::Issuer(IssuerFault::MetadataUnsigned));
}

#[test]
fn metadata_of_another_are_refused() {
    for (path, member, at) in [
        (ISSUER_METADATA, "credential_issuer", Endpoint::IssuerMetadata),
        ("oauth-authorization-server", "issuer", Endpoint::ServerMetadata),
    ] {
        let mut phone = Phone::new(Peer::new().saying(path, member, json!("https://other.example/kr")));
        let error = phone.discover().unwrap_err();
        let other = IssuerFault::Metadata { at, fault: MetadataFault::IssuerDiffers };
        assert_eq!(error, WalletError::Issuer(other), "{path}");
        assert_eq!(error.party(), Party::Issuer);
    }
}

#[test]
fn an_endpoint_without_tls_is_never_asked() {
    let bent =
        Peer::new().saying("oauth-authorization-server", "token_endpoint", json!("http://issuer.example/kr/token"));
    let mut phone = Phone::new(bent);
    assert!(phone.discover().is_err());
}

#[test]
fn an_offer_of_what_the_issuer_does_not_have_is_the_offers_fault() {
    let mut phone = Phone::new(Peer::new());
    let issuer = phone.discover().unwrap();
    let mut offer = offer();
    offer.configurations.push("passport".to_owned());
    let error = issuer.offered(&offer).unwrap_err();
    assert_eq!(error, WalletError::Offer(OfferFault::ConfigurationUnknown("passport".to_owned())));
}

#[test]
fn a_format_that_we_do_not_know_is_our_fault() {
    let mut metadata = Peer::new().metadata();
    metadata.credential_configurations_supported.get_mut("licence-mdoc").unwrap().format = CredentialFormat::Other;
    let mut body = serde_json::to_value(&metadata).unwrap();
    body["credential_configurations_supported"]["licence-mdoc"]["format"] = json!("ldp_vc");
    let body = body.to_string().into_bytes();
    let mut phone = Phone::new(Peer::new().bending(ISSUER_METADATA, move |mut response| {
        response.body = body.clone();
        response
    }));
    let issuer = phone.discover().unwrap();
    let error = issuer.offered(&offer()).unwrap_err();
    assert_eq!(error, WalletError::Us(OurFault::FormatUnsupported { configuration: "licence-mdoc".to_owned() }));
}
