//! One person's copies, in both formats, and what of them is disclosed.
#![expect(clippy::expect_used, reason = "all input is constant: if these copies cannot be made, no target can run")]

use mapae_cose::cbor::Value as Cbor;
use mapae_crypto::Algorithm;
use mapae_jose::{Jwk, Object};
use mapae_mdoc::{Copy, HeldMdoc, NameSpace, Template, UnsignedResponse, ValidityInfo};
use mapae_sd_jwt::{Claim, Claims, Content, Issuance, KeyBinding, PathElement, SdJwt};
use mapae_types::{Duration, Entropy, EntropyError, Timestamp};
use serde_json::json;

use crate::parties::{CLIENT_ID, NONCE, now, parties, status, time, transcript};

/// The document type.
pub const DOC_TYPE: &str = "org.iso.18013.5.1.mDL";
/// The namespace.
pub const NAMESPACE: &str = "org.iso.18013.5.1";
/// The same document as SD-JWT VC.
pub const VCT: &str = "urn:mapae:kr:licence:1";
/// Elements and claims that presentations disclose.
pub const DISCLOSED: [&str; 4] = ["family_name", "age_over_19", "portrait", "driving_privileges"];
/// Claims that an SD-JWT VC discloses in any case.
pub const ALWAYS: [&str; 7] = ["vct", "iss", "iat", "nbf", "exp", "cnf", "status"];

/// Numbers that look random and are the same each time.
pub struct Counter(pub u64);

impl Entropy for Counter {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        bytes.fill_with(|| {
            // Numerical Recipes' constants; the high bits are the better ones.
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            self.0.to_be_bytes()[3]
        });
        Ok(())
    }
}

/// The elements that are issued, more than are ever disclosed.
pub fn elements() -> Vec<(&'static str, Cbor)> {
    let text = |text: &str| Cbor::text(text);
    let day = |text: &str| Cbor::full_date(text.parse().expect("a constant is a day"));
    let privilege = Cbor::Map(vec![
        (text("vehicle_category_code"), text("B")),
        (text("issue_date"), day("2012-03-04")),
        (text("codes"), Cbor::Array(vec![Cbor::Map(vec![(text("code"), text("78"))])])),
    ]);
    vec![
        ("family_name", text("HONG")),
        ("birth_date", day("1990-05-17")),
        ("age_over_19", Cbor::Bool(true)),
        ("portrait", Cbor::Bytes(vec![0xff, 0xd8, 0xff, 0xe0, 0xff, 0xd9])),
        ("driving_privileges", Cbor::Array(vec![privilege])),
    ]
}

/// The validity of the copies: signed at its start.
pub fn validity() -> (Timestamp, Timestamp) {
    (time("2026-11-01T00:00:00Z"), time("2027-11-01T00:00:00Z"))
}

/// A copy as `IssuerSigned`.
pub fn issued_mdoc() -> Vec<u8> {
    let template = Template::new(DOC_TYPE, &[NameSpace::new(NAMESPACE, elements())]);
    let (from, until) = validity();
    let signer = &parties().document_signer;
    let copy = Copy {
        device_key: parties().device_key.public(),
        validity: ValidityInfo::new(from, from, until).expect("the times are in order"),
        status: Some(status()),
        x5chain: &[signer.certificate.der()],
    };
    let unsigned = template.issue(&copy, &mut Counter(1)).expect("a counter never ends");
    let signature = signer.key.sign(unsigned.to_be_signed()).expect("a software key signs");
    unsigned.attach(&signature)
}

/// A copy's answer in the session of [`transcript`], unsigned.
pub fn answer(issued: &[u8]) -> UnsignedResponse {
    let held = HeldMdoc::parse(issued).expect("our own copy can be read");
    let wanted = DISCLOSED.map(|element| (NAMESPACE, element));
    held.present(&wanted, &transcript()).expect("our own copy has these elements")
}

/// A presentation with a device signature.
pub fn presented_mdoc() -> Vec<u8> {
    let unsigned = answer(&issued_mdoc());
    let signature = parties().device_key.sign(unsigned.to_be_signed()).expect("a software key signs");
    unsigned.attach(&signature)
}

/// A presentation with a device MAC, for the holder of [`crate::parties::Parties::reader_ephemeral`].
pub fn presented_mdoc_with_mac() -> Vec<u8> {
    let (device, reader) = (&parties().device_key, parties().reader_ephemeral.public());
    let key = mapae_mdoc::device_mac_key(device, reader, &transcript()).expect("both keys are on one curve");
    answer(&issued_mdoc()).authenticate(&key)
}

fn claims() -> Claims {
    let privilege = Claims::new()
        .with("vehicle_category_code", Claim::always("B"))
        .and_then(|inner| inner.with("issue_date", Claim::selective("2012-03-04")))
        .expect("names are free");
    let privileges = Content::Array(vec![Claim::selective(privilege)]);
    [
        ("family_name", Claim::selective("HONG")),
        ("birthdate", Claim::selective("1990-05-17")),
        ("age_over_19", Claim::selective(true)),
        ("portrait", Claim::selective("data:image/jpeg;base64,/9j/4P/Z")),
        ("driving_privileges", Claim::selective(privileges)),
    ]
    .into_iter()
    .try_fold(Claims::new(), |claims, (name, claim)| claims.with(name, claim))
    .expect("names are free")
}

/// What a verified SD-JWT may say beyond [`ALWAYS`].
pub fn disclosed_claims() -> Object {
    let claims = json!({
        "family_name": "HONG",
        "age_over_19": true,
        "portrait": "data:image/jpeg;base64,/9j/4P/Z",
        "driving_privileges": [{ "vehicle_category_code": "B", "issue_date": "2012-03-04" }],
    });
    claims.as_object().cloned().unwrap_or_default()
}

/// A copy as SD-JWT.
pub fn issued_sd_jwt() -> String {
    let signer = &parties().sd_jwt_signer;
    let (from, until) = validity();
    let issuance = Issuance {
        algorithm: Algorithm::Es256,
        x5c: &[signer.certificate.der().to_vec()],
        vct: VCT,
        issuer: Some("https://id.example"),
        issued_at: from,
        not_before: Some(from),
        expires: Some(until),
        holder: &Jwk::from(parties().device_key.public().clone()),
        status: Some(&status()),
        decoys: 2,
    };
    let unsigned = issuance.prepare(&claims(), &mut Counter(2)).expect("a counter never ends");
    let signature = signer.key.sign(unsigned.to_be_signed()).expect("a software key signs");
    unsigned.attach(&signature)
}

/// The presentation of an SD-JWT.
pub fn presented_sd_jwt() -> String {
    let issued = issued_sd_jwt();
    let held = SdJwt::parse(&issued).expect("our own copy can be read");
    let names = DISCLOSED.map(|name| [PathElement::Name(name)]);
    let paths: Vec<&[PathElement<'_>]> = names.iter().map(<[_; 1]>::as_slice).collect();
    let selected = held.select(&paths).expect("our own copy has these claims");
    let binding = KeyBinding { audience: CLIENT_ID, nonce: NONCE, issued_at: now() - Duration::seconds(30) };
    let unsigned = selected.bind(Algorithm::Es256, &binding);
    let signature = parties().device_key.sign(unsigned.to_be_signed()).expect("a software key signs");
    unsigned.attach(&signature)
}
