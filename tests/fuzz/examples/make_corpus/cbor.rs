//! Seeds in CBOR that nobody signs.

use std::error::Error;

use mapae_cose::{
    cbor::{Value, Writer},
    cose_key,
};
use mapae_crypto::{Algorithm, PublicKey};
use mapae_fuzz::parties::{REVOKED_INDEX, STATUS_LEN, STATUS_URI, now, parties, status_cwt, status_token, transcript};
use mapae_mdoc::SessionTranscript;
use mapae_status_list::{NewStatusToken, RevocationList, TokenDelta, TokenTimes};
use mapae_types::Duration;

use crate::{Seed, text};

pub(crate) fn seeds() -> Result<Vec<Seed>, Box<dyn Error>> {
    let thumbprint = [7; 32];
    let browser = SessionTranscript::openid4vp_dc_api("https://rp.example", "nonce", Some(&thumbprint));
    let mut seeds = vec![
        ("inspect", "every-kind", every_kind().to_cbor()),
        ("cbor", "every-kind", every_kind().to_cbor()),
        ("cbor", "longer-than-needed", vec![0x98, 0x02, 0x19, 0x00, 0x01, 0xfb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0]),
        ("cbor", "deepest", [vec![0x81; 16], vec![0]].concat()),
        ("cose_key", "p256", key(parties().device_key.public())),
        ("session_transcript", "openid4vp", transcript().as_bytes().to_vec()),
        ("session_transcript", "browser", browser.as_bytes().to_vec()),
        ("session_transcript", "proximity", proximity()),
        ("status_delta", "day", delta()?),
        ("status_encode", "sparse", [vec![1], [3, 1, 250, 64, 0, 2, 3, 1].repeat(20)].concat()),
        ("status_encode", "every-byte", (1..=255).collect()),
        ("status_list_inflate", "one-bit", list(1)?),
        ("status_list_inflate", "eight-bits", list(8)?),
    ];
    seeds.extend(text::p384().map(|p384| ("cose_key", "p384", key(&p384))));
    Ok(seeds)
}

fn every_kind() -> Value {
    let numbers = [0.0, 1.5, 65_504.0, 3.402_823_466_385_288_6e38, 1.1, f64::INFINITY, f64::NAN];
    Value::Array(vec![
        Value::Int(23),
        Value::Int(i128::from(u64::MAX)),
        Value::Int(-1 - i128::from(u64::MAX)),
        Value::Bytes(vec![0; 24]),
        Value::text("홍길동"),
        Value::Map(vec![(Value::Int(-1), Value::Null), (Value::text("b"), Value::Bool(false))]),
        Value::Tag(1004, Box::new(Value::text("1990-05-17"))),
        Value::Array(numbers.map(Value::Float).to_vec()),
    ])
}

fn key(key: &PublicKey) -> Vec<u8> {
    let mut writer = Writer::new();
    cose_key::write(&mut writer, key);
    writer.into_bytes()
}

/// ISO 18013-5 §9.1.5.1, with an NFC handover.
fn proximity() -> Vec<u8> {
    let mut engagement = Writer::new();
    engagement.map(1).int(0).text("1.0");
    let mut writer = Writer::new();
    writer.array(3).encoded_cbor(engagement.as_bytes());
    writer.encoded_cbor(&key(parties().reader_ephemeral.public()));
    writer.array(2).bytes(&[1, 2, 3]).null();
    writer.into_bytes()
}

/// The width, and the compressed bytes out of a token's claims.
fn list(bits: u8) -> Result<Vec<u8>, Box<dyn Error>> {
    let jws = status_token().unsigned_jwt(Algorithm::Es256, &["certificate"])?;
    let claims = core::str::from_utf8(jws.to_be_signed())?.split('.').nth(1).ok_or("a JWS has a payload")?;
    let claims = mapae_jose::json::parse_object(&mapae_jose::base64url::decode(claims)?)?;
    let lst = claims["status_list"]["lst"].as_str().ok_or("a list is text")?;
    Ok([vec![bits], mapae_jose::base64url::decode(lst)?].concat())
}

/// Two entries more are revoked than in the list of today.
fn delta() -> Result<Vec<u8>, Box<dyn Error>> {
    let mut list = RevocationList::new(STATUS_LEN);
    for index in [REVOKED_INDEX, 5, 900] {
        list.revoke(index)?;
    }
    let times = TokenTimes { issued_at: now(), expires_at: now() + Duration::days(71), ttl: Duration::hours(2) };
    let signer = &parties().status_signer;
    let unsigned = NewStatusToken::new(STATUS_URI, &list, times)?;
    let unsigned = unsigned.unsigned_cwt(Algorithm::Es256, &[signer.certificate.der()])?;
    let signature = signer.key.sign(unsigned.to_be_signed())?;
    let delta = TokenDelta::between(&status_cwt(), &unsigned.attach(&signature)).ok_or("a delta leads there")?;
    let mut writer = Writer::new();
    delta.write(&mut writer);
    Ok(writer.into_bytes())
}
