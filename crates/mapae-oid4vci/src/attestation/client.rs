//! Attestation-based client authentication (draft-ietf-oauth-attestation-based-client-auth-07, HAIP 1.0 §4.4.1).

use mapae_crypto::sha256_of;
use mapae_jose::{Jwk, Object, UnsignedJws, Value, base64url, x5c_value};
use mapae_types::{Duration, Timestamp};

use crate::{
    ClientFault, JwtFault, NonceState, Nonces, TrustedProviders,
    jwt::{self, Claims},
};

/// Characters of each of the two JWTs at most.
const MAX_LEN: usize = 16 << 10;
/// The `typ` of a client attestation.
const TYPE: &str = "oauth-client-attestation+jwt";
/// The `typ` of its proof of possession.
const POP_TYPE: &str = "oauth-client-attestation-pop+jwt";

/// Reads and checks client attestations.
#[derive(Debug, Clone, Copy)]
pub struct ClientAttestation;

/// What a server demands of a client attestation.
#[derive(Debug, Clone, Copy)]
pub struct ClientExpected<'a> {
    /// The authorization server's identifier, `aud` of the proof of possession.
    pub issuer: &'a str,
    /// `client_id` of the request, if it has one.
    pub client_id: Option<&'a str>,
    /// Our time.
    pub now: Timestamp,
    /// Who may attest.
    pub providers: &'a TrustedProviders,
    /// Whether our challenge is demanded.
    pub challenge: Nonces<'a>,
    /// How old an attestation may be that says when it was issued; `None` where `exp` alone decides.
    pub max_age: Option<Duration>,
}

/// Proof that a wallet of a trusted provider sent the request. Only [`ClientAttestation::verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestedClient {
    client_id: String,
    provider: String,
    jkt: [u8; 32],
    replay_key: [u8; 32],
}

impl ClientAttestation {
    /// Checks the headers `OAuth-Client-Attestation` and `OAuth-Client-Attestation-PoP`: all that there are of each.
    /// Neither of them is `None`: a client that does not attest itself.
    pub fn verify<'h>(
        attestations: impl IntoIterator<Item = &'h str>,
        pops: impl IntoIterator<Item = &'h str>,
        expected: &ClientExpected<'_>,
    ) -> Result<Option<AttestedClient>, ClientFault> {
        let (mut attestations, mut pops) = (attestations.into_iter(), pops.into_iter());
        // Draft §6.1: precisely one of each.
        match [attestations.next(), attestations.next(), pops.next(), pops.next()] {
            [None, _, None, _] => Ok(None),
            [Some(attestation), None, Some(pop), None] => verify(attestation, pop, expected).map(Some),
            _ => Err(ClientFault::Incomplete),
        }
    }
}

/// Draft §9; the order is the draft's.
fn verify(attestation: &str, pop: &str, expected: &ClientExpected<'_>) -> Result<AttestedClient, ClientFault> {
    let (claims, key) = read_attestation(attestation, expected).map_err(ClientFault::Attestation)?;
    check_age(&claims, expected)?;
    let text = |name| claims.text(name).map(str::to_owned).map_err(ClientFault::Attestation);
    let (client_id, provider) = (text("sub")?, text("iss")?);
    let pop = read_pop(pop, &key, &client_id, expected).map_err(ClientFault::Pop)?;
    check_challenge(&pop, expected.challenge)?;
    // Draft §9 step 13.
    if expected.client_id.is_some_and(|said| said != client_id) {
        return Err(ClientFault::ClientIdDiffers);
    }
    let jkt = key.thumbprint();
    let jti = pop.text("jti").map_err(ClientFault::Pop)?;
    Ok(AttestedClient { client_id, provider, replay_key: sha256_of(&[&jkt, jti.as_bytes()]), jkt })
}

/// Draft §5.1, §9 steps 2, 4 to 6; HAIP 1.0 §4.4.1: signed by a key that `x5c` certifies.
fn read_attestation(text: &str, expected: &ClientExpected<'_>) -> Result<(Claims, Jwk), JwtFault> {
    let jws = jwt::parse(text, TYPE, MAX_LEN)?;
    let signer = expected.providers.signer(jws.header().x5c(), expected.now)?;
    let claims = Claims::of(&jws.verify(&signer)?)?;
    claims.valid(expected.now)?.ok_or(JwtFault::Claim { name: "exp" })?;
    let key = claims.raw().get("cnf").and_then(|cnf| cnf.get("jwk")).ok_or(JwtFault::Claim { name: "cnf" })?;
    let key = Jwk::from_value(key)?;
    Ok((claims, key))
}

/// Draft §9 step 11.
fn check_age(claims: &Claims, expected: &ClientExpected<'_>) -> Result<(), ClientFault> {
    let issued_at = claims.time("iat").map_err(ClientFault::Attestation)?;
    if issued_at.is_some() {
        claims.issued(expected.now).map_err(ClientFault::Attestation)?;
    }
    match (issued_at, expected.max_age) {
        (Some(issued_at), Some(max_age)) if issued_at.age_at(expected.now) > max_age => Err(ClientFault::NotFresh),
        _ => Ok(()),
    }
}

/// Draft §5.2, §9 steps 3, 4, 7, 9 and 10.
fn read_pop(text: &str, key: &Jwk, client_id: &str, expected: &ClientExpected<'_>) -> Result<Claims, JwtFault> {
    let jws = jwt::parse(text, POP_TYPE, MAX_LEN)?;
    let claims = Claims::of(&jws.verify(key.public_key())?)?;
    claims.is("iss", client_id)?;
    claims.is_for(expected.issuer)?;
    claims.issued_lately(expected.now)?;
    claims.valid(expected.now)?;
    Ok(claims)
}

/// Draft §9 step 8.
fn check_challenge(pop: &Claims, challenge: Nonces<'_>) -> Result<(), ClientFault> {
    let Nonces::Required(check) = challenge else { return Ok(()) };
    let challenge = pop.optional("challenge").map_err(ClientFault::Pop)?.ok_or(ClientFault::ChallengeMissing)?;
    if check(challenge) == NonceState::Current { Ok(()) } else { Err(ClientFault::ChallengeStale) }
}

impl AttestedClient {
    /// `sub` of the attestation: one for all wallets of a kind.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// `iss` of the attestation: the provider.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The thumbprint of the instance's key, to which a refresh token is bound besides (draft §10.3).
    pub const fn jkt(&self) -> &[u8; 32] {
        &self.jkt
    }

    /// A name for this very proof of possession, to recognise its second use.
    pub const fn replay_key(&self) -> &[u8; 32] {
        &self.replay_key
    }
}

/// What a provider attests of a wallet.
#[derive(Debug, Clone, Copy)]
pub struct ClientAttestationContents<'a> {
    /// `iss`: the provider.
    pub provider: &'a str,
    /// `sub`: the `client_id`, one for all wallets of a kind.
    pub client_id: &'a str,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `exp`.
    pub expires_at: Timestamp,
    /// `cnf`: the instance's key.
    pub key: &'a Jwk,
    /// `wallet_name`.
    pub wallet_name: Option<&'a str>,
    /// `wallet_link`.
    pub wallet_link: Option<&'a str>,
    /// `x5c`: DER, the signer's first, without the root.
    pub chain: &'a [&'a [u8]],
}

impl ClientAttestationContents<'_> {
    /// The attestation, to which the provider's signature is missing.
    pub fn unsigned(&self) -> UnsignedJws {
        let cnf = Object::from_iter([("jwk".to_owned(), jwt::key(self.key))]);
        let claims = [
            ("iss", Some(self.provider.into())),
            ("sub", Some(self.client_id.into())),
            ("iat", Some(self.issued_at.unix().into())),
            ("exp", Some(self.expires_at.unix().into())),
            ("cnf", Some(cnf.into())),
            ("wallet_name", self.wallet_name.map(Value::from)),
            ("wallet_link", self.wallet_link.map(Value::from)),
        ];
        jwt::unsigned(TYPE, [("x5c", Some(x5c_value(self.chain)))], claims)
    }
}

/// What a wallet says in its proof of possession.
#[derive(Debug, Clone, Copy)]
pub struct PopContents<'a> {
    /// `iss`: its `client_id`.
    pub client_id: &'a str,
    /// `aud`: the authorization server.
    pub audience: &'a str,
    /// `iat`.
    pub issued_at: Timestamp,
    /// 16 random bytes, for `jti`.
    pub random: [u8; 16],
    /// The server's challenge.
    pub challenge: Option<&'a str>,
}

impl PopContents<'_> {
    /// The proof, to which the signature of the instance's key is missing.
    pub fn unsigned(&self) -> UnsignedJws {
        let claims = [
            ("iss", Some(self.client_id.into())),
            ("aud", Some(self.audience.into())),
            ("iat", Some(self.issued_at.unix().into())),
            ("jti", Some(base64url::encode(self.random).into())),
            ("challenge", self.challenge.map(Value::from)),
        ];
        jwt::unsigned(POP_TYPE, [], claims)
    }
}
