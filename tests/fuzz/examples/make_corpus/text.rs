//! Seeds that are text, and nobody signs.

use mapae_crypto::PublicKey;
use mapae_document::Catalogue;
use mapae_fuzz::{
    documents::{DOC_TYPE, NAMESPACE, VCT},
    parties::parties,
};
use mapae_jose::{Jwk, base64url, json};
use serde_json::{Value, json};

use crate::Seed;

/// A row that serves both documents: neither looks at the other's columns.
const ROW: &str = "\
person_id=p-1
family_name=홍
given_name=길동
family_name_latin=HONG
given_name_latin=GILDONG
sex=1
birth_date=1990-05-17
resident_number=9005171987654
card_number=SMPABCDEFGH
address=서울특별시 종로구 견본로 1
address_latin=1, Gyeonbon-ro, Jongno-gu, Seoul
province_latin=Seoul
city_latin=Jongno-gu
postal_code=03000
subdivision=KR-11
birth_place_latin=Jeonju-si, Jeonbuk State
nationality=KR
office=서울특별시 종로구청장
office_latin=Jongno-gu Office, Seoul
alive=true
registered=true
physical_card=true
portrait_taken=2024-03-01
portrait=/9j/4P/Z
licence_number=11-12-345678-90
licence_classes=2종 보통(자동)
driving_privileges=A1 2012-03-04 2031-12-31;B 2012-03-04 2031-12-31 78
licence_expires=2031-12-31
licence_status=valid
authority_latin=Seoul Metropolitan Police
";

pub(crate) fn seeds() -> Vec<Seed> {
    let mut seeds = vec![
        ("base64url", "empty", Vec::new()),
        ("base64url", "bytes", base64url::encode([0, 16, 131, 16, 81, 135, 32, 146, 139, 48, 211, 255]).into()),
        ("base64url", "one-left", base64url::encode("f").into()),
        ("json", "object", json::to_vec(&object())),
        ("inspect", "query", json::to_vec(&query())),
        ("json", "escapes", br#" ["\u0000\ud83d\ude00\\\"\/", -0.0, 1e308, 18446744073709551615, [], {}] "#.to_vec()),
        ("json", "deepest", [vec![b'['; json::MAX_DEPTH], vec![b']'; json::MAX_DEPTH]].concat()),
        ("jwk", "p256", jwk(parties().device_key.public())),
        ("dcql", "both-formats", json::to_vec(&query())),
        ("dcql", "other-format", json::to_vec(&other_format())),
        ("register_row", "row", ROW.into()),
    ];
    seeds.extend(p384().map(|key| ("jwk", "p384", jwk(&key))));
    let names = ["resident", "licence"].into_iter().zip(Catalogue::builtin_files());
    seeds.extend(names.map(|(name, (_, file))| ("catalogue", name, file.as_bytes().to_vec())));
    seeds
}

fn object() -> Value {
    json!({ "text": "홍길동", "number": 42, "negative": -1, "half": 0.5, "none": null, "yes": true, "list": [{}, []] })
}

fn jwk(key: &PublicKey) -> Vec<u8> {
    json::to_vec(&Jwk::from(key.clone()).to_object())
}

/// The generator of P-384 (SEC 2 §2.5.1).
pub(crate) fn p384() -> Option<PublicKey> {
    const X: &str = "qofKIr6LBTeOscce8yCtdG4dO2KLp5uYWfdB4IJUKjhVAvJdv1UpbDpUXjhydgq3";
    const Y: &str = "NhfeSpYmLG9dnpi_kpLcKfj0Hb0omhR86doxE7XwuMAKYLHOHX6BnXpDHXyQ6g5f";
    let coordinate = |text: &str| base64url::decode(text).ok();
    PublicKey::from_coordinates(mapae_crypto::Curve::P384, &coordinate(X)?, &coordinate(Y)?).ok()
}

fn query() -> Value {
    json!({
        "credentials": [{
            "id": "mdoc",
            "format": "mso_mdoc",
            "meta": { "doctype_value": DOC_TYPE },
            "trusted_authorities": [{ "type": "etsi_tl", "values": ["https://id.example/list"] }],
            "claims": [{ "path": [NAMESPACE, "age_over_19"], "intent_to_retain": true }],
        }, {
            "id": "sd-jwt",
            "format": "dc+sd-jwt",
            "meta": { "vct_values": [VCT, "urn:other"] },
            "multiple": true,
            "claims": [
                { "id": "a", "path": ["family_name"], "values": ["HONG", "KIM"] },
                { "id": "b", "path": ["driving_privileges", 0, "issue_date"] },
                { "id": "c", "path": ["driving_privileges", null] },
            ],
            "claim_sets": [["a", "b"], ["c"]],
        }],
        "credential_sets": [{ "options": [["mdoc"], ["sd-jwt"]] }, { "options": [["mdoc"]], "required": false }],
    })
}

fn other_format() -> Value {
    json!({ "credentials": [{
        "id": "w3c",
        "format": "jwt_vc_json",
        "meta": { "type_values": [["IDCredential"]] },
        "require_cryptographic_holder_binding": false,
    }] })
}
