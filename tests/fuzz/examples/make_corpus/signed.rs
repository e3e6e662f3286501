//! Seeds that somebody signed, and what is inside them.

use std::error::Error;

use mapae_cose::{
    Headers, Sign1, UnsignedSign1,
    cbor::{CborError, Key, Reader, Writer},
};
use mapae_crypto::{Algorithm, Signature, SigningKey};
use mapae_fuzz::{
    COSE_PAYLOAD, JWS_PAYLOAD,
    documents::{self, DISCLOSED, DOC_TYPE, NAMESPACE, VCT},
    parties::{self, CLIENT_ID, NONCE, REVOKED_SERIAL, STATUS_URI, parties, transcript},
};
use mapae_jose::{Jwk, Object, UnsignedJws, base64url, json};
use mapae_mdoc::MdocError;
use mapae_trust::{Bundle, BundleDelta};
use serde_json::json;

use crate::Seed;

type Result<T> = core::result::Result<T, Box<dyn Error>>;

pub(crate) fn seeds() -> Result<Vec<Seed>> {
    Ok([messages()?, documents(), insides()?, certificates()?, trust()?].concat())
}

fn messages() -> Result<Vec<Seed>> {
    let plain = || UnsignedSign1::new(&Headers::algorithm(Algorithm::Es256), &Headers::default(), COSE_PAYLOAD);
    let signer = &parties().document_signer;
    let sign = |unsigned: UnsignedSign1| -> Result<Vec<u8>> {
        let signature = signer.key.sign(unsigned.to_be_signed())?;
        Ok(unsigned.attach(&signature))
    };
    let header = Object::from_iter([("alg".to_owned(), "ES256".into()), ("kid".to_owned(), "one".into())]);
    let jws = UnsignedJws::new(&header, JWS_PAYLOAD);
    let signature = signer.key.sign(jws.to_be_signed())?;
    Ok(vec![
        ("cose_sign1", "attached", sign(plain())?),
        ("cose_sign1", "detached", sign(plain().detached())?),
        ("cose_sign1", "tagged", sign(plain().tagged())?),
        ("jws", "jws", jws.attach(&signature).into()),
        ("device_request", "plain", device_request(None)?),
        ("device_request", "authenticated", device_request(Some(&parties().reader.key))?),
    ])
}

fn documents() -> Vec<Seed> {
    let mdoc = documents::presented_mdoc();
    let sd_jwt = documents::presented_sd_jwt();
    vec![
        ("mdoc_issuer_signed", "licence", documents::issued_mdoc()),
        ("device_response", "signature", mdoc.clone()),
        ("device_response", "mac", documents::presented_mdoc_with_mac()),
        ("sd_jwt", "issued", documents::issued_sd_jwt().into()),
        ("sd_jwt", "presented", sd_jwt.clone().into()),
        ("verify", "mdoc", mdoc.clone()),
        ("verify", "sd-jwt", sd_jwt.clone().into()),
        ("inspect", "mdoc", mdoc),
        ("inspect", "sd-jwt", sd_jwt.into()),
    ]
}

fn insides() -> Result<Vec<Seed>> {
    let key_binding = json!({
        "iat": parties::now().unix(), "aud": CLIENT_ID, "nonce": NONCE, "sd_hash": "#0",
    });
    Ok(vec![
        ("mso", "licence", mso()?),
        (
            "sd_jwt_payload",
            "flat",
            sd_jwt_payload(
                &json!({ "_sd": ["#0", "#1"] }),
                &[r#"["c2FsdA","family_name","HONG"]"#, r#"["c2FsdB","age_over_19",true]"#],
            ),
        ),
        (
            "sd_jwt_payload",
            "nested",
            sd_jwt_payload(
                &json!({ "_sd": ["#2"], "list": ["a", { "...": "#3" }] }),
                &[
                    r#"["c2FsdA","issue_date","2012-03-04"]"#,
                    r##"["c2FsdB",{"_sd":["#0"],"vehicle_category_code":"B"}]"##,
                    r##"["c2FsdC","driving_privileges",[{"...":"#1"}]]"##,
                    r#"["c2FsdD","b"]"#,
                ],
            ),
        ),
        ("key_binding", "session", json::to_vec(&key_binding)),
    ])
}

/// The registered claims, `more`, and the disclosures to which it refers.
fn sd_jwt_payload(more: &json::Value, disclosures: &[&str]) -> Vec<u8> {
    let (from, until) = documents::validity();
    let mut payload = json!({
        "vct": VCT,
        "iat": from.unix(),
        "exp": until.unix(),
        "cnf": { "jwk": Jwk::from(parties().device_key.public().clone()).to_object() },
        "status": { "status_list": { "uri": STATUS_URI, "idx": parties::STATUS_INDEX } },
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        payload[name] = value.clone();
    }
    [payload.to_string(), disclosures.join("~")].join("~").into()
}

/// The mobile security object inside a copy.
fn mso() -> Result<Vec<u8>> {
    let issued = documents::issued_mdoc();
    let mut payload = None;
    Reader::read_all(&issued, |reader| {
        reader.map(|reader, key| {
            match key {
                Key::Text("issuerAuth") => payload = Sign1::read(reader)?.unverified_payload(),
                _ => drop(reader.skip()?),
            }
            Ok::<_, MdocError>(())
        })
    })?;
    let (_, inner) = Reader::read_all(payload.ok_or("a copy has a payload")?, Reader::encoded_cbor)?;
    Ok(inner.to_vec())
}

/// ISO 18013-5 §8.3.2.1.2.1, with reader authentication (§9.1.4.4) if there is a key for it.
fn device_request(reader: Option<&SigningKey>) -> Result<Vec<u8>> {
    let mut items = Writer::new();
    items.map(2).text("docType").text(DOC_TYPE).text("nameSpaces").map(1).text(NAMESPACE).map(DISCLOSED.len());
    for element in DISCLOSED {
        items.text(element).bool(false);
    }
    let mut tagged = Writer::new();
    tagged.encoded_cbor(items.as_bytes());
    let mut request = Writer::new();
    request.map(2).text("version").text("1.0").text("docRequests").array(1).map(1 + usize::from(reader.is_some()));
    request.text("itemsRequest").raw(tagged.as_bytes());
    if let Some(key) = reader {
        let (unsigned, signature) = reader_auth(tagged.as_bytes(), key)?;
        unsigned.attach_to(request.text("readerAuth"), &signature);
    }
    Ok(request.into_bytes())
}

fn reader_auth(items: &[u8], key: &SigningKey) -> Result<(UnsignedSign1, Signature)> {
    let mut inner = Writer::new();
    inner.array(3).text("ReaderAuthentication").raw(transcript().as_bytes()).raw(items);
    let mut message = Writer::new();
    message.encoded_cbor(inner.as_bytes());
    let unprotected = Headers::x5chain(vec![parties().reader.certificate.der()]);
    let unsigned = UnsignedSign1::new(&Headers::algorithm(Algorithm::Es256), &unprotected, message.as_bytes());
    let unsigned = unsigned.detached();
    let signature = key.sign(unsigned.to_be_signed())?;
    Ok((unsigned, signature))
}

fn certificates() -> Result<Vec<Seed>> {
    let everybody = parties();
    let unsigned = parties::leaf(&everybody.root, &everybody.document_signer.key, mapae_x509::document_signer)?;
    let reader = parties::leaf(&everybody.root, &everybody.reader.key, mapae_x509::mdoc_reader)?;
    let list = parties::crl();
    let signature = everybody.root_key.sign(list.to_be_signed())?;
    let inside = list.to_be_signed().to_vec();
    let list = list.attach(&signature)?;
    assert!(list.verify(&everybody.root, parties::now())?.revocation_of(&REVOKED_SERIAL).is_some());
    Ok(vec![
        ("inspect", "certificate", everybody.document_signer.certificate.der().to_vec()),
        ("certificate", "root", everybody.root.certificate().der().to_vec()),
        ("certificate", "document-signer", everybody.document_signer.certificate.der().to_vec()),
        ("certificate", "status-signer", everybody.status_signer.certificate.der().to_vec()),
        ("certificate", "pem", everybody.sd_jwt_signer.certificate.to_pem().into()),
        ("certificate_tbs", "root", parties::root(&everybody.root_key)?.to_be_signed().to_vec()),
        ("certificate_tbs", "document-signer", unsigned.to_be_signed().to_vec()),
        ("certificate_tbs", "reader", reader.to_be_signed().to_vec()),
        ("crl", "der", list.der().to_vec()),
        ("crl", "pem", list.to_pem().into()),
        ("crl_tbs", "one-entry", inside),
    ])
}

fn trust() -> Result<Vec<Seed>> {
    let (cwt, jwt, bundle) = (parties::status_cwt(), parties::status_jwt(), parties::bundle());
    let naming = parties::naming_bundle();
    let claims = jwt.split('.').nth(1).ok_or("a JWS has a payload")?;
    Ok(vec![
        ("status_claims", "json", base64url::decode(claims)?),
        ("status_claims", "cbor", payload(&cwt)?),
        ("bundle_payload", "one-issuer", bundle_inside(&bundle)?),
        ("bundle_payload", "naming", bundle_inside(&naming)?),
        (
            "bundle_delta",
            "a-day",
            [bundle.clone(), bundle_delta(&bundle, parties::bundle_as_of(parties::now()))?].concat(),
        ),
        ("bundle_delta", "naming", [bundle.clone(), bundle_delta(&bundle, naming)?].concat()),
        ("status_cwt", "list", cwt),
        ("status_jwt", "list", jwt.into()),
        ("bundle", "one-issuer", bundle),
    ])
}

/// The manifest, and the parts behind it.
fn bundle_inside(bundle: &[u8]) -> Result<Vec<u8>> {
    let (manifest, parts) = Reader::read_all(bundle, |reader| {
        reader.array(|reader, _| Ok::<_, CborError>((reader.skip()?, reader.skip()?)))
    })?;
    Ok([&payload(manifest)?, parts].concat())
}

fn bundle_delta(bundle: &[u8], new: Vec<u8>) -> Result<Vec<u8>> {
    let store = |file: Vec<u8>| Bundle::parse(file)?.verify(parties().bundle_key.public());
    let (old, new) = (store(bundle.to_vec())?, store(new)?);
    Ok(BundleDelta::between(&old, &new)?.to_bytes())
}

fn payload(sign1: &[u8]) -> Result<Vec<u8>> {
    Ok(Sign1::parse(sign1)?.unverified_payload().ok_or("nothing here is detached")?.to_vec())
}
