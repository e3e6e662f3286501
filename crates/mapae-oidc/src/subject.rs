//! `sub`: who somebody is to one client, and to no other (OpenID Connect Core §8).

use core::fmt;

use mapae_crypto::hmac_sha256;
use mapae_jose::base64url;
use mapae_types::{Entropy, EntropyError, PersonId};
use zeroize::Zeroizing;

use crate::LoginFault;

/// How a client's people are named.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum SubjectRule {
    /// The client knows people again: a name made of the person and a secret of the client's.
    Returning(SubjectSecret),
    /// The client has no reason to know people again: a random name for each sign-in.
    PerLogin,
}

/// The secret of a client's names. It is none to authenticate with: whoever changes this one makes strangers of all users.
#[derive(Clone)]
pub struct SubjectSecret(Zeroizing<[u8; 32]>);

/// A person as the register of an issuer knows them.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    /// Whose register: ids of two registers may coincide.
    pub issuer: &'a str,
    /// The random id there.
    pub id: &'a PersonId,
}

impl SubjectRule {
    /// The name of a person. Two clients cannot compare theirs (§17.3).
    pub(crate) fn subject(&self, person: Option<Person<'_>>, entropy: &mut dyn Entropy) -> Result<String, LoginFault> {
        match self {
            Self::Returning(secret) => Ok(secret.name(person.ok_or(LoginFault::PersonMissing)?)),
            Self::PerLogin => Ok(random(entropy)?),
        }
    }

    pub(crate) const fn is_returning(&self) -> bool {
        matches!(self, Self::Returning(_))
    }
}

impl SubjectSecret {
    /// A secret of random bytes.
    pub fn new(random: [u8; 32]) -> Self {
        Self(Zeroizing::new(random))
    }

    /// The name of a person, for whoever holds this secret.
    pub fn name(&self, person: Person<'_>) -> String {
        // The length keeps two issuers apart of which one's name begins with the other's.
        let len = (person.issuer.len() as u64).to_be_bytes();
        let parts = [&len, person.issuer.as_bytes(), person.id.as_str().as_bytes()];
        base64url::encode(hmac_sha256(self.0.as_ref(), &parts))
    }
}

/// 128 bits or more that nobody guesses.
pub(crate) fn random(entropy: &mut dyn Entropy) -> Result<String, EntropyError> {
    let mut bytes = Zeroizing::new([0; 32]);
    entropy.fill(bytes.as_mut())?;
    Ok(base64url::encode(*bytes))
}

impl fmt::Debug for SubjectSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectSecret([redacted])")
    }
}

impl fmt::Debug for Person<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
