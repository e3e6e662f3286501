//! Key pairs of a token, by their label.

use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use mapae_crypto::{Algorithm, Curve, PublicKey, Signature, sha256};

use super::token::Token;
use super::worker::KeyPair;
use crate::HsmError;

/// DER of the object identifier of P-256 (SEC 2 §A.2.1), as `CKA_EC_PARAMS` has it.
pub(super) const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// What a key signs before it is used, so that its public half can be held against it.
const PROBE: &[u8] = b"mapae-hsm: does this key belong to that one?";

/// The private key of that label.
pub(super) fn private(token: &Token, session: &Session, label: &str) -> Result<ObjectHandle, HsmError> {
    only(token, session, label, ObjectClass::PRIVATE_KEY)
}

/// The public key of that label, held against a signature by the private one.
pub(super) fn public(token: &Token, session: &Session, label: &str) -> Result<PublicKey, HsmError> {
    let private = private(token, session, label)?;
    let object = only(token, session, label, ObjectClass::PUBLIC_KEY)?;
    let asked = [AttributeType::EcParams, AttributeType::EcPoint];
    let attributes = session.get_attributes(object, &asked).map_err(|error| token.failed(error))?;
    let public = read(&attributes).ok_or_else(|| unsuitable(token, label))?;
    let pair = KeyPair { label: label.into(), public };
    sign(token, session, private, &pair, PROBE)?;
    Ok(pair.public)
}

/// How many keys have that label, private or public.
pub(super) fn count(token: &Token, session: &Session, label: &str) -> Result<usize, HsmError> {
    let found = session.find_objects(&[Attribute::Label(label.into())]);
    Ok(found.map_err(|error| token.failed(error))?.len())
}

/// ECDSA over the digest: r ‖ s (PKCS #11 Mechanisms v2.40 §2.3.1). The signature is verified before anybody gets it: of
/// one that came out wrong, a holder would learn at a counter, and it may give the key away.
pub(super) fn sign(
    token: &Token,
    session: &Session,
    private: ObjectHandle,
    key: &KeyPair,
    message: &[u8],
) -> Result<Signature, HsmError> {
    let signed = session.sign(&Mechanism::Ecdsa, private, &sha256(message)).map_err(|error| token.failed(error))?;
    let holds = |s: &Signature| key.public.verify(Algorithm::Es256, message, s.as_bytes()).is_ok();
    let signature = Signature::from_bytes(Curve::P256, &signed).ok().filter(holds);
    signature.ok_or_else(|| unsuitable(token, &key.label))
}

fn unsuitable(token: &Token, label: &str) -> HsmError {
    HsmError::KeyUnsuitable { token: token.label().to_owned(), key: label.to_owned() }
}

fn only(token: &Token, session: &Session, label: &str, class: ObjectClass) -> Result<ObjectHandle, HsmError> {
    let template = [Attribute::Class(class), Attribute::KeyType(KeyType::EC), Attribute::Label(label.into())];
    let found = session.find_objects(&template).map_err(|error| token.failed(error))?;
    let (token, key) = (token.label().to_owned(), label.to_owned());
    match found[..] {
        [one] => Ok(one),
        [] => Err(HsmError::KeyAbsent { token, key }),
        _ => Err(HsmError::KeyAmbiguous { token, key }),
    }
}

fn read(attributes: &[Attribute]) -> Option<PublicKey> {
    let on_p256 = attributes.iter().any(|a| matches!(a, Attribute::EcParams(oid) if oid[..] == P256));
    let point = attributes.iter().find_map(|a| if let Attribute::EcPoint(point) = a { Some(point) } else { None })?;
    // PKCS #11 Mechanisms v2.40 §2.3.3 wraps the point in an OCTET STRING; some modules leave that out.
    let point = point.strip_prefix(&[0x04, 65]).filter(|inner| inner.len() == 65).unwrap_or(point);
    on_p256.then(|| PublicKey::from_sec1(Curve::P256, point).ok())?
}
