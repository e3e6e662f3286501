//! Key attestations (OpenID4VCI §D).

use mapae_jose::{Jwk, UnsignedJws, Value, x5c_value};
use mapae_types::Timestamp;
use serde::Serialize;

use crate::{
    JwtFault, TrustedProviders,
    jwt::{self, Claims},
};

/// Characters of a key attestation at most.
const MAX_LEN: usize = 64 << 10;
/// Levels that one claim may list.
const MAX_LEVELS: usize = 8;
/// The `typ` of a key attestation.
const TYPE: &str = "key-attestation+jwt";

/// How much an attacker must be able to do (§D.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(into = "String")]
pub enum AttackResistance {
    /// `iso_18045_high`.
    High,
    /// `iso_18045_moderate`.
    Moderate,
    /// `iso_18045_enhanced-basic`.
    EnhancedBasic,
    /// `iso_18045_basic`.
    Basic,
    /// Another, such as a URL that explains it.
    Other(String),
}

impl AttackResistance {
    /// The name on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::High => "iso_18045_high",
            Self::Moderate => "iso_18045_moderate",
            Self::EnhancedBasic => "iso_18045_enhanced-basic",
            Self::Basic => "iso_18045_basic",
            Self::Other(name) => name,
        }
    }
}

impl From<String> for AttackResistance {
    fn from(name: String) -> Self {
        match name.as_str() {
            "iso_18045_high" => Self::High,
            "iso_18045_moderate" => Self::Moderate,
            "iso_18045_enhanced-basic" => Self::EnhancedBasic,
            "iso_18045_basic" => Self::Basic,
            _ => Self::Other(name),
        }
    }
}

impl From<AttackResistance> for String {
    fn from(level: AttackResistance) -> Self {
        level.as_str().to_owned()
    }
}

/// Reads and checks key attestations.
#[derive(Debug, Clone, Copy)]
pub struct KeyAttestation;

/// What an issuer demands of a key attestation in any place.
#[derive(Debug, Clone, Copy)]
pub struct KeyAttestationExpected<'a> {
    /// Our time.
    pub now: Timestamp,
    /// Who may attest.
    pub providers: &'a TrustedProviders,
    /// Keys in it at most.
    pub max_keys: usize,
    /// Whether `exp` must be there: with proofs of the type `jwt` (§D.1).
    pub expiry_required: bool,
}

/// Keys of which a trusted provider says where they are kept. Only [`KeyAttestation::verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedKeyAttestation {
    keys: Vec<Jwk>,
    names: Vec<Option<String>>,
    key_storage: Vec<AttackResistance>,
    user_authentication: Vec<AttackResistance>,
    nonce: Option<String>,
}

impl KeyAttestation {
    /// Checks type, algorithm, chain, signature and dates, and reads the keys. The nonce is left to the caller.
    pub fn verify(text: &str, expected: &KeyAttestationExpected<'_>) -> Result<VerifiedKeyAttestation, JwtFault> {
        let jws = jwt::parse(text, TYPE, MAX_LEN)?;
        let signer = expected.providers.signer(jws.header().x5c(), expected.now)?;
        let claims = Claims::of(&jws.verify(&signer)?)?;
        claims.issued(expected.now)?;
        let expires = claims.valid(expected.now)?;
        // §D.1: with proofs of the type `jwt`.
        if expires.is_none() && expected.expiry_required {
            return Err(JwtFault::Claim { name: "exp" });
        }
        let (keys, names) = keys(&claims, expected.max_keys)?;
        Ok(VerifiedKeyAttestation {
            keys,
            names,
            key_storage: levels(&claims, "key_storage")?,
            user_authentication: levels(&claims, "user_authentication")?,
            nonce: claims.optional("nonce")?.map(str::to_owned),
        })
    }
}

/// `attested_keys`, with the names that they have.
fn keys(claims: &Claims, max: usize) -> Result<(Vec<Jwk>, Vec<Option<String>>), JwtFault> {
    let fault = JwtFault::Claim { name: "attested_keys" };
    let all = claims.raw().get("attested_keys").and_then(Value::as_array);
    let all = all.filter(|all| (1..=max).contains(&all.len())).ok_or(fault)?;
    let name = |jwk: &Value| jwk.get("kid").and_then(Value::as_str).map(str::to_owned);
    Ok((all.iter().map(Jwk::from_value).collect::<Result<_, _>>()?, all.iter().map(name).collect()))
}

/// §D.1: where it is, it is not empty.
fn levels(claims: &Claims, name: &'static str) -> Result<Vec<AttackResistance>, JwtFault> {
    let Some(value) = claims.raw().get(name) else { return Ok(Vec::new()) };
    let level = |value: &Value| value.as_str().map(|text| AttackResistance::from(text.to_owned()));
    let all = value.as_array().filter(|all| (1..=MAX_LEVELS).contains(&all.len()));
    all.and_then(|all| all.iter().map(level).collect()).ok_or(JwtFault::Claim { name })
}

impl VerifiedKeyAttestation {
    /// The attested keys, in their order.
    pub fn keys(&self) -> &[Jwk] {
        &self.keys
    }

    /// The key that `kid` of a proof means (§F.1): by the name in its JWK, else by its place, as in the example there.
    pub(crate) fn key_named(&self, kid: &str) -> Option<&Jwk> {
        let named = self.names.iter().position(|name| name.as_deref() == Some(kid));
        self.keys.get(named.or_else(|| kid.parse().ok())?)
    }

    /// `key_storage`; empty where nothing is said.
    pub fn key_storage(&self) -> &[AttackResistance] {
        &self.key_storage
    }

    /// `user_authentication`; empty where nothing is said.
    pub fn user_authentication(&self) -> &[AttackResistance] {
        &self.user_authentication
    }

    /// `nonce`.
    pub fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }
}

/// What a provider attests of keys.
#[derive(Debug, Clone, Copy)]
pub struct KeyAttestationContents<'a> {
    /// `iss`: the provider.
    pub provider: &'a str,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `exp`.
    pub expires_at: Option<Timestamp>,
    /// `attested_keys`: never empty.
    pub keys: &'a [Jwk],
    /// `key_storage`; left out if empty.
    pub key_storage: &'a [AttackResistance],
    /// `user_authentication`; left out if empty.
    pub user_authentication: &'a [AttackResistance],
    /// `certification`: a URL.
    pub certification: Option<&'a str>,
    /// `nonce`: the issuer's `c_nonce`.
    pub nonce: Option<&'a str>,
    /// `x5c`: DER, the signer's first, without the root.
    pub chain: &'a [&'a [u8]],
}

impl KeyAttestationContents<'_> {
    /// The attestation, to which the provider's signature is missing.
    pub fn unsigned(&self) -> UnsignedJws {
        let levels = |levels: &[AttackResistance]| {
            let names: Value = levels.iter().map(AttackResistance::as_str).collect();
            (!levels.is_empty()).then_some(names)
        };
        let claims = [
            ("iss", Some(self.provider.into())),
            ("iat", Some(self.issued_at.unix().into())),
            ("exp", self.expires_at.map(|expires| expires.unix().into())),
            ("attested_keys", Some(self.keys.iter().map(jwt::key).collect())),
            ("key_storage", levels(self.key_storage)),
            ("user_authentication", levels(self.user_authentication)),
            ("certification", self.certification.map(Value::from)),
            ("nonce", self.nonce.map(Value::from)),
        ];
        jwt::unsigned(TYPE, [("x5c", Some(x5c_value(self.chain)))], claims)
    }
}
