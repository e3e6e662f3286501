//! DPoP: proof of possession of the key to which tokens are bound (RFC 9449).

use mapae_crypto::sha256_of;
use mapae_jose::{Jwk, UnsignedJws, Value, base64url};
use mapae_types::Timestamp;

use crate::{
    DpopFault, JwtFault, NonceState, Nonces,
    jwt::{self, Claims},
    uri,
};

/// The `typ` of a DPoP proof.
const TYPE: &str = "dpop+jwt";
/// Characters of a DPoP proof at most.
const MAX_LEN: usize = 4096;

/// Reads and checks DPoP proofs.
#[derive(Debug, Clone, Copy)]
pub struct DpopProof;

/// What a request is, to which a proof must belong.
#[derive(Debug, Clone, Copy)]
pub struct DpopExpected<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// The request's address as the client sees it; query and fragment do not count.
    pub uri: &'a str,
    /// Our time.
    pub now: Timestamp,
    /// The access token that came with it, whose hash `ath` must be.
    pub access_token: Option<&'a str>,
    /// Whether a server's nonce is demanded.
    pub nonce: Nonces<'a>,
}

/// Proof that whoever sent the request holds a key. Only [`DpopProof::verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedDpop {
    jkt: [u8; 32],
    replay_key: [u8; 32],
    issued_at: Timestamp,
}

impl DpopProof {
    /// Checks the proof in the `DPoP` header by RFC 9449 §4.3. `headers` are all headers of that name: exactly one may
    /// be there.
    pub fn verify<'h>(
        headers: impl IntoIterator<Item = &'h str>,
        expected: &DpopExpected<'_>,
    ) -> Result<VerifiedDpop, DpopFault> {
        let mut headers = headers.into_iter();
        let proof = match (headers.next(), headers.next()) {
            (Some(proof), None) => proof,
            (None, _) => return Err(DpopFault::Missing),
            (Some(_), Some(_)) => return Err(DpopFault::Repeated),
        };
        let jws = jwt::parse(proof, TYPE, MAX_LEN)?;
        // §8: a first request has no nonce yet and is only told one, which is worth no check of a signature.
        if matches!(expected.nonce, Nonces::Required(_)) && !names_a_nonce(jws.signing_input()) {
            return Err(DpopFault::NonceMissing);
        }
        let key = header_key(&jws)?;
        let claims = Claims::of(&jws.verify(key.public_key()).map_err(JwtFault::from)?)?;
        check_request(&claims, expected)?;
        let issued_at = claims.issued_lately(expected.now)?;
        check_nonce(&claims, expected.nonce)?;
        let jkt = key.thumbprint();
        Ok(VerifiedDpop { jkt, replay_key: sha256_of(&[&jkt, claims.text("jti")?.as_bytes()]), issued_at })
    }
}

/// §4.3 steps 6 and 7: the key that signed stands in the header, and is no private one.
fn header_key(jws: &mapae_jose::Jws<'_>) -> Result<Jwk, JwtFault> {
    let value = jws.header().raw().get("jwk").ok_or(JwtFault::Member { name: "jwk" })?;
    Ok(Jwk::from_value(value)?)
}

/// Whether the word stands in the payload at all; what it says is looked at once the signature is checked.
fn names_a_nonce(signing_input: &str) -> bool {
    let payload = signing_input.split_once('.').and_then(|(_, payload)| base64url::decode(payload).ok());
    payload.is_some_and(|payload| payload.windows(7).any(|window| window == b"\"nonce\""))
}

/// §4.3 steps 8, 9 and 12.
fn check_request(claims: &Claims, expected: &DpopExpected<'_>) -> Result<(), JwtFault> {
    claims.is("htm", expected.method)?;
    if !uri::same_target(claims.text("htu")?, expected.uri) {
        return Err(JwtFault::Differs { name: "htu" });
    }
    match expected.access_token {
        Some(token) => claims.is("ath", &access_token_hash(token)),
        None => Ok(()),
    }
}

/// §4.3 step 10, §8.
fn check_nonce(claims: &Claims, nonces: Nonces<'_>) -> Result<(), DpopFault> {
    let Nonces::Required(check) = nonces else { return Ok(()) };
    let nonce = claims.optional("nonce")?.ok_or(DpopFault::NonceMissing)?;
    if check(nonce) == NonceState::Current { Ok(()) } else { Err(DpopFault::NonceStale) }
}

/// `ath`: base64url of the SHA-256 of the token (§4.2).
fn access_token_hash(token: &str) -> String {
    base64url::encode(mapae_crypto::sha256(token.as_bytes()))
}

impl VerifiedDpop {
    /// The key's thumbprint (RFC 7638), to which tokens are bound.
    pub const fn jkt(&self) -> &[u8; 32] {
        &self.jkt
    }

    /// Checks that this is the key to which a token or a code was bound (§4.3 step 12, §10).
    pub fn bound_to(&self, jkt: &[u8; 32]) -> Result<(), DpopFault> {
        if self.jkt == *jkt { Ok(()) } else { Err(DpopFault::KeyDiffers) }
    }

    /// A name for this very proof, to recognise its second use: a hash over key and `jti` (§11.1).
    pub const fn replay_key(&self) -> &[u8; 32] {
        &self.replay_key
    }

    /// When it was made, by the client's clock.
    pub const fn issued_at(&self) -> Timestamp {
        self.issued_at
    }
}

/// What a client says in a proof.
#[derive(Debug, Clone, Copy)]
pub struct DpopContents<'a> {
    /// The client's key.
    pub key: &'a Jwk,
    /// The HTTP method.
    pub method: &'a str,
    /// The request's address.
    pub uri: &'a str,
    /// The client's time.
    pub issued_at: Timestamp,
    /// 16 random bytes, for `jti`.
    pub random: [u8; 16],
    /// The access token sent along.
    pub access_token: Option<&'a str>,
    /// The server's nonce, once it gave one.
    pub nonce: Option<&'a str>,
}

impl DpopContents<'_> {
    /// The proof, to which the signature of `key` is missing.
    pub fn unsigned(&self) -> UnsignedJws {
        let claims = [
            ("jti", Some(base64url::encode(self.random).into())),
            ("htm", Some(self.method.into())),
            ("htu", Some(uri::target(self.uri).into())),
            ("iat", Some(self.issued_at.unix().into())),
            ("ath", self.access_token.map(|token| access_token_hash(token).into())),
            ("nonce", self.nonce.map(Value::from)),
        ];
        jwt::unsigned(TYPE, [("jwk", Some(jwt::key(self.key)))], claims)
    }
}
