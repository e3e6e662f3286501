//! Making a key where it will stay.

use cryptoki::mechanism::Mechanism;
use cryptoki::object::Attribute;
use mapae_crypto::{PublicKey, sha256};

use super::keys::{self, P256};
use super::token::Token;
use crate::{HsmError, Pkcs11Config};

/// Makes a P-256 key pair in a token, for signing only, that nobody can read out; a label that is taken is refused. Its
/// public half goes into a certificate. Blocks while the token works.
pub fn generate(config: &Pkcs11Config, label: &str) -> Result<PublicKey, HsmError> {
    let token = Token::new(config.clone())?;
    let connection = token.connect(true)?;
    let (_calling, session) = (token.module().enter(), &connection.session);
    if keys::count(&token, session, label)? > 0 {
        return Err(HsmError::KeyPresent { token: config.token.clone(), key: label.to_owned() });
    }
    let name = || [Attribute::Label(label.into()), Attribute::Id(sha256(label.as_bytes())[..20].to_vec())];
    let public = [Attribute::Token(true), Attribute::Verify(true), Attribute::EcParams(P256.to_vec())];
    let private = [
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
    ];
    let made = session.generate_key_pair(
        &Mechanism::EccKeyPairGen,
        &[&public[..], &name()].concat(),
        &[&private[..], &name()].concat(),
    );
    made.map_err(|error| token.failed(error))?;
    keys::public(&token, session, label)
}
