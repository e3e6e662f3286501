//! Presentations that were right before somebody laid hands on them.

use mapae_cose::cbor::{Value as Cbor, Writer};
use mapae_crypto::{SigningKey, sha256};
use mapae_dcql::ClaimPath;
use mapae_issue::Format;
use mapae_jose::{UnsignedJws, Value, base64url, json};
use mapae_oid4vp::{Presentation, TransactionData};

use crate::{SandboxError, card::Copy, present::Session};

/// Of an mdoc the value of the first element that is told, in the copy: the holder signs it as if it were the issuer's.
pub(super) fn copy(copy: &mut Copy, paths: &[ClaimPath]) -> Result<(), SandboxError> {
    if copy.format == Format::SdJwt {
        return Ok(());
    }
    let (_, element) = paths.first().and_then(ClaimPath::as_element).ok_or(SandboxError::NothingToAlter)?;
    // In an `IssuerSignedItem` the identifier follows the value (RFC 8949 §4.2.1), whose last byte is the one before.
    let mut identifier = Writer::new();
    identifier.text("elementIdentifier").text(element);
    let identifier = identifier.into_bytes();
    let place = copy.bytes.windows(identifier.len()).position(|bytes| bytes == identifier);
    let last = place.and_then(|place| place.checked_sub(1)).and_then(|place| copy.bytes.get_mut(place));
    *last.ok_or(SandboxError::NothingToAlter)? ^= 1;
    Ok(())
}

/// Of an SD-JWT the value of the first disclosure, under a key binding over what is sent.
pub(super) fn claim(
    right: Presentation,
    by: &SigningKey,
    session: &Session,
    transactions: &[&TransactionData],
) -> Result<Presentation, SandboxError> {
    let Presentation::SdJwt(text) = right else { return Ok(right) };
    let mut parts: Vec<String> = text.split('~').map(str::to_owned).collect();
    let disclosure = parts.get_mut(1).ok_or(SandboxError::NothingToAlter)?;
    let bytes = base64url::decode(&*disclosure).map_err(|_| SandboxError::NothingToAlter)?;
    let mut content = json::parse(&bytes).map_err(|_| SandboxError::NothingToAlter)?;
    let value = content.get_mut(2).ok_or(SandboxError::NothingToAlter)?;
    *value = other_than(value);
    *disclosure = base64url::encode(json::to_vec(&content));
    parts.pop();
    let bound = parts.join("~") + "~";
    let unsigned = key_binding(&bound, "ES256", session, transactions);
    let signature = by.sign(unsigned.to_be_signed())?;
    Ok(Presentation::SdJwt(bound + &unsigned.attach(&signature)))
}

fn other_than(value: &Value) -> Value {
    match value {
        Value::Bool(value) => (!value).into(),
        Value::String(text) => format!("{text}!").into(),
        _ => "altered".into(),
    }
}

/// RFC 9901 §4.3.
fn key_binding(bound: &str, algorithm: &str, session: &Session, transactions: &[&TransactionData]) -> UnsignedJws {
    let header = json::object([("alg", algorithm.into()), ("typ", mapae_sd_jwt::KEY_BINDING_TYPE.into())]);
    let own = [
        ("iat", session.at.unix().into()),
        ("aud", session.audience.as_str().into()),
        ("nonce", session.nonce.as_str().into()),
        ("sd_hash", base64url::encode(sha256(bound.as_bytes())).into()),
    ];
    let payload = json::object(own.into_iter().chain(TransactionData::key_binding_claims(transactions)));
    UnsignedJws::new(&header, &json::to_vec(&payload))
}

/// Without what the holder signed.
pub(super) fn unbound(right: Presentation) -> Result<Presentation, SandboxError> {
    match right {
        Presentation::SdJwt(text) => Ok(Presentation::SdJwt(before_key_binding(&text)?)),
        Presentation::DeviceResponse(bytes) => with_device_auth(&bytes, |auth| {
            *auth = Cbor::Map(Vec::new());
            Some(())
        }),
        _ => Err(SandboxError::NothingToAlter),
    }
}

/// RFC 7518 §3.6: an unsecured JWS has no signature. In COSE the number 0 is reserved and no algorithm has it.
pub(super) fn algorithm_none(
    right: Presentation,
    session: &Session,
    transactions: &[&TransactionData],
) -> Result<Presentation, SandboxError> {
    match right {
        Presentation::SdJwt(text) => {
            let bound = before_key_binding(&text)?;
            let unsigned = key_binding(&bound, "none", session, transactions);
            let input = core::str::from_utf8(unsigned.to_be_signed()).unwrap_or_default();
            Ok(Presentation::SdJwt(format!("{bound}{input}.")))
        }
        Presentation::DeviceResponse(bytes) => with_device_auth(&bytes, |auth| {
            let Cbor::Array(parts) = member(auth, "deviceSignature")? else { return None };
            let mut none = Writer::new();
            none.map(1).int(1).int(0);
            *parts.first_mut()? = Cbor::Bytes(none.into_bytes());
            Some(())
        }),
        _ => Err(SandboxError::NothingToAlter),
    }
}

fn before_key_binding(text: &str) -> Result<String, SandboxError> {
    let (bound, _) = text.rsplit_once('~').ok_or(SandboxError::NothingToAlter)?;
    Ok(format!("{bound}~"))
}

/// `DeviceResponse.documents[0].deviceSigned.deviceAuth` (ISO/IEC 18013-5 §8.3.2.1.2.2), changed.
fn with_device_auth(bytes: &[u8], change: impl FnOnce(&mut Cbor) -> Option<()>) -> Result<Presentation, SandboxError> {
    let mut response = Cbor::from_cbor(bytes)?;
    let auth = match member(&mut response, "documents") {
        Some(Cbor::Array(documents)) => documents.first_mut().and_then(|document| {
            let signed = member(document, "deviceSigned")?;
            member(signed, "deviceAuth")
        }),
        _ => None,
    };
    auth.and_then(change).ok_or(SandboxError::NothingToAlter)?;
    Ok(Presentation::DeviceResponse(response.to_cbor()))
}

fn member<'v>(value: &'v mut Cbor, name: &str) -> Option<&'v mut Cbor> {
    let Cbor::Map(entries) = value else { return None };
    entries.iter_mut().find(|(key, _)| matches!(key, Cbor::Text(key) if key == name)).map(|(_, value)| value)
}
