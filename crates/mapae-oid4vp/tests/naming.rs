//! By which name a verifier asks, and what it says of itself beside (OpenID4VP §5.9.3, §5.11).

use mapae_jose::{Jwk, Jws, Value, base64url};
use mapae_oid4vp::{
    RequestFault, ResponseMode, VerifierInfo,
    verifier::{Did, DraftFault, Naming, PendingPresentation, RequestDraft},
};
use serde_json::json;
use testkit::Seeded;

use crate::{
    scene::{LIBRARY, authenticate, dcql, now},
    verifier::{begin, draft, read, signed},
};

fn by_did(did: &Did) -> PendingPresentation {
    let query = dcql();
    let draft = RequestDraft { naming: Naming::Did(did), chain: &[], ..draft(&query, ResponseMode::DirectPostJwt) };
    draft.begin(now(), &mut Seeded::new(1)).unwrap()
}

#[test]
fn a_verifier_may_go_by_its_key_alone() {
    let did = Did::jwk(LIBRARY.key.public());
    let pending = by_did(&did);
    let jws = signed(&pending, None);
    let parsed = Jws::parse(&jws).unwrap();
    assert_eq!(parsed.header().kid(), Some(&format!("{}#0", did.as_str())[..]));
    assert!(parsed.header().x5c().is_empty(), "a certificate would name somebody else");
    assert_eq!(parsed.header().typ(), Some("oauth-authz-req+jwt"));
    let claims = parsed.verify(LIBRARY.key.public()).unwrap().payload_object().unwrap();
    assert_eq!(claims["client_id"], format!("decentralized_identifier:{}", did.as_str()));
    assert_eq!(pending.client_id(), claims["client_id"]);
}

#[test]
fn the_key_of_a_did_jwk_is_in_it() {
    let did = Did::jwk(LIBRARY.key.public());
    let jwk = base64url::decode(did.as_str().strip_prefix("did:jwk:").unwrap()).unwrap();
    let jwk: Value = serde_json::from_slice(&jwk).unwrap();
    assert_eq!(Jwk::from_value(&jwk).unwrap().public_key(), LIBRARY.key.public());
}

#[test]
fn the_key_of_a_did_web_is_in_its_document() {
    let did = Did::web("library.example").unwrap();
    assert_eq!(did.as_str(), "did:web:library.example");
    assert_eq!(Jws::parse(&signed(&by_did(&did), None)).unwrap().header().kid(), Some(did.kid()));
    let document: Value = serde_json::from_slice(&did.document(LIBRARY.key.public())).unwrap();
    let [method] = &document["verificationMethod"].as_array().unwrap()[..] else { panic!() };
    assert_eq!((&document["id"], &method["controller"]), (&json!(did.as_str()), &json!(did.as_str())));
    assert_eq!(method["id"], did.kid());
    assert_eq!(Jwk::from_value(&method["publicKeyJwk"]).unwrap().public_key(), LIBRARY.key.public());
    for bad in ["", "a b", "library.example/path", "library.example:8443"] {
        assert_eq!(Did::web(bad), Err(DraftFault::HostForeign { host: bad.to_owned() }), "{bad}");
    }
}

#[test]
fn our_wallet_knows_no_did() {
    let fault = authenticate(&signed(&by_did(&Did::jwk(LIBRARY.key.public())), None)).unwrap_err();
    assert!(matches!(fault, RequestFault::CertificateMissing), "{fault:?}");
}

#[test]
fn a_verifier_shows_its_registration() {
    let pending = begin(ResponseMode::DirectPostJwt, 1).informing(&[VerifierInfo::registration(b"\xa1entry")]).unwrap();
    let request = read(&pending);
    let [info] = request.verifier_info() else { panic!() };
    assert_eq!(info.as_registration().as_deref(), Some(&b"\xa1entry"[..]));
    assert!(info.credentials.is_empty(), "it is about all");
    // Another format is none, whatever it holds.
    let other = VerifierInfo { format: "jwt".to_owned(), ..info.clone() };
    assert_eq!(other.as_registration(), None);
}

#[test]
fn what_wallets_cannot_read_is_not_said() {
    let good = VerifierInfo { credentials: vec!["card".parse().unwrap()], ..VerifierInfo::registration(b"a") };
    let informed = |all: &[VerifierInfo]| begin(ResponseMode::DirectPost, 1).informing(all).map(|_| ());
    assert_eq!(informed(core::slice::from_ref(&good)), Ok(()));
    let unknown = VerifierInfo { credentials: vec!["other".parse().unwrap()], ..good.clone() };
    let unnamed = VerifierInfo { format: String::new(), ..good.clone() };
    let number = VerifierInfo { data: json!(1), ..good.clone() };
    for bad in [vec![unknown], vec![unnamed], vec![number], vec![good; 17]] {
        assert_eq!(informed(&bad), Err(DraftFault::VerifierInfo), "{bad:?}");
    }
}
