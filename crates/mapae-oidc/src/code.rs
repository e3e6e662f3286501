//! Codes and what they are redeemed for (RFC 6749 §4.1.3, OpenID Connect Core §3.1.3).

use core::fmt;

use mapae_crypto::Signature;
use mapae_jose::{UnsignedJws, base64url, json};
use mapae_types::{Entropy, EntropyError, Timestamp};
use zeroize::Zeroizing;

use crate::{
    AccessGrant, LoginId, Once, Provider, RecordFault, Secret, TokenAlgorithm, TokenFault, id_token,
    login::Grant,
    record::{self, Record, members_of},
    subject,
};

const KIND: &str = "code";

/// What a code is good for: once, for its client, with its verifier, for a minute.
pub struct Code {
    pub(crate) grant: Grant,
    expires: Timestamp,
}

/// A code in the hands of whom it was made for. Whether it was used before, a store says.
///
/// ```compile_fail
/// # fn twice(redemption: mapae_oidc::Redemption, provider: &mapae_oidc::Provider, entropy: &mut dyn mapae_types::Entropy) {
/// let now = mapae_types::Timestamp::from_unix(0).unwrap();
/// let once = redemption.consume(provider, mapae_oidc::Once::First, entropy, now);
/// let twice = redemption.consume(provider, mapae_oidc::Once::First, entropy, now);
/// # }
/// ```
#[derive(Debug)]
pub struct Redemption {
    code: Code,
}

/// Tokens to which the signature of the `id_token` is missing.
#[derive(Debug)]
pub struct UnsignedTokens {
    id_token: UnsignedJws,
    algorithm: TokenAlgorithm,
    access_token: Secret,
    access: AccessGrant,
    expires_in: i64,
    scope: String,
}

/// What the key made that signs an `id_token`.
#[derive(Debug, Clone, Copy)]
pub enum TokenSignature<'a> {
    /// By ES256.
    Es256(&'a Signature),
    /// By RS256: as long as the modulus.
    Rs256(&'a [u8]),
}

/// The answer to a token request, and what to keep of it.
#[derive(Debug)]
pub struct Tokens {
    /// The answer: status 200, `application/json`, never to be cached.
    pub json: Secret,
    /// SHA-256 of the access token, by which userinfo finds what follows.
    pub access_hash: [u8; 32],
    /// What the access token opens, until it expires.
    pub access: AccessGrant,
}

impl Code {
    pub(crate) const fn new(grant: Grant, expires: Timestamp) -> Self {
        Self { grant, expires }
    }

    /// The sign-in that it came of.
    pub const fn login(&self) -> LoginId {
        self.grant.login
    }

    /// Until when it is good.
    pub const fn expires(&self) -> Timestamp {
        self.expires
    }

    /// What a store keeps, sealed.
    pub fn to_record(&self) -> Zeroizing<Vec<u8>> {
        let grant = self.grant.to_object().into();
        record::write(KIND, [("expires", Some(self.expires.unix().into())), ("grant", Some(grant))])
    }

    /// Reads what [`Code::to_record`] wrote.
    pub fn from_record(record: &[u8]) -> Result<Self, RecordFault> {
        let mut record = Record::read(record, KIND)?;
        Ok(Self { expires: record.time("expires")?, grant: Grant::read(record.object("grant")?)? })
    }
}

impl Redemption {
    pub(crate) const fn new(code: Code) -> Self {
        Self { code }
    }

    /// The sign-in that the code came of.
    pub const fn login(&self) -> LoginId {
        self.code.grant.login
    }

    /// The tokens, by the answer of a store that was asked to mark the code as used. One that was used before is refused, and
    /// names the sign-in whose access tokens are to be withdrawn (RFC 6749 §4.1.2, hole 10 of the peers).
    pub fn consume(
        self,
        provider: &Provider,
        once: Once,
        entropy: &mut dyn Entropy,
        now: Timestamp,
    ) -> Result<UnsignedTokens, TokenFault> {
        if once == Once::Again {
            return Err(TokenFault::CodeUsed { login: self.login() });
        }
        if now >= self.code.expires {
            return Err(TokenFault::CodeExpired);
        }
        Ok(self.tokens(provider, entropy, now)?)
    }

    fn tokens(
        self,
        provider: &Provider,
        entropy: &mut dyn Entropy,
        now: Timestamp,
    ) -> Result<UnsignedTokens, EntropyError> {
        let access_token = Secret::from(subject::random(entropy)?);
        let expires = now + provider.lifetimes().tokens;
        let grant = self.code.grant;
        let algorithm = provider.client(&grant.client_id).map(|client| client.id_token_algorithm).unwrap_or_default();
        let key = provider.keys().signer(algorithm);
        Ok(UnsignedTokens {
            id_token: id_token::unsigned(provider, key, &grant, &access_token, now, expires),
            algorithm: key.algorithm(),
            access_token,
            expires_in: now.age_at(expires).as_seconds(),
            scope: grant.scope.clone(),
            access: AccessGrant::new(grant, expires),
        })
    }
}

impl UnsignedTokens {
    /// What the provider's key for that algorithm signs.
    pub const fn to_be_signed(&self) -> &[u8] {
        self.id_token.to_be_signed()
    }

    /// By which algorithm.
    pub const fn algorithm(&self) -> TokenAlgorithm {
        self.algorithm
    }

    /// The tokens with that signature.
    pub fn attach<'a>(self, signature: impl Into<TokenSignature<'a>>) -> Tokens {
        let id_token = match signature.into() {
            TokenSignature::Es256(signature) => self.id_token.attach(signature),
            TokenSignature::Rs256(signature) => with_signature(&self.id_token, signature),
        };
        let members = [
            ("access_token", Some(self.access_token.expose().into())),
            ("expires_in", Some(self.expires_in.into())),
            ("id_token", Some(id_token.into())),
            ("scope", Some(self.scope.into())),
            ("token_type", Some("Bearer".into())),
        ];
        let json = String::from_utf8(json::to_vec(&members_of(members))).unwrap_or_default();
        Tokens { json: json.into(), access_hash: self.access_token.sha256(), access: self.access }
    }
}

fn with_signature(unsigned: &UnsignedJws, signature: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(unsigned.to_be_signed()).into_owned();
    text.push('.');
    text.push_str(&base64url::encode(signature));
    text
}

impl<'a> From<&'a Signature> for TokenSignature<'a> {
    fn from(signature: &'a Signature) -> Self {
        Self::Es256(signature)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code").field("login", &self.grant.login).finish_non_exhaustive()
    }
}
