//! An application of the organisation, as it is registered with its provider (OpenID Connect Core §2, Registration §2).

use core::fmt;
use std::collections::BTreeSet;

use mapae_crypto::{PublicKey, constant_time_eq, sha256};
use mapae_dcql::QueryId;

use crate::{ConfigFault, SubjectRule, TokenAlgorithm};

/// A client.
#[derive(Debug, Clone)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// How it shows who it is.
    pub authentication: ClientAuthentication,
    /// Where browsers may go back to: at least one, compared character by character (RFC 9700 §4.1.3).
    pub redirect_uris: Vec<String>,
    /// Where browsers may go after signing out.
    pub post_logout_redirect_uris: Vec<String>,
    /// What its `id_token`s are signed with.
    pub id_token_algorithm: TokenAlgorithm,
    /// What its people are called.
    pub subject: SubjectRule,
    /// Scopes beside `openid` that it may ask for.
    pub scopes: BTreeSet<String>,
    /// Claims that it may ask for, by scopes or one by one.
    pub claims: BTreeSet<String>,
    /// Claims that every sign-in asks the wallet for, at least one unless the client knows its people by what they present:
    /// to present nothing proves nothing. They are not delivered unless they are asked for as well.
    pub baseline: BTreeSet<String>,
    /// The documents that will do, the preferred first, by the ids of their sources.
    pub sources: Vec<QueryId>,
    /// The levels that it may ask for, the one it gets unasked first.
    pub acr: Vec<String>,
    /// The purpose that the person reads, one of the registration's.
    pub purpose: Option<String>,
}

/// How a client shows who it is (OpenID Connect Core §9).
#[derive(Clone)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// `client_secret_basic`: a secret of at least 128 random bits, by its SHA-256.
    SecretBasic {
        /// SHA-256 of the secret's text.
        sha256: [u8; 32],
    },
    /// `private_key_jwt`: keys, with their names if they have some.
    PrivateKeyJwt {
        /// At least one.
        keys: Vec<(Option<String>, PublicKey)>,
    },
    /// `none`: a client that can keep no secret, which needs PKCE (RFC 9700 §2.1.1).
    Public,
}

impl Client {
    pub(crate) fn check(&self) -> Result<(), ConfigFault> {
        let client = || self.id.clone();
        let addresses = self.redirect_uris.iter().chain(&self.post_logout_redirect_uris);
        if let Some(uri) = addresses.into_iter().find(|uri| !may_be_sent_to(uri)) {
            return Err(ConfigFault::RedirectUri { client: client(), uri: uri.clone() });
        }
        let keyless = matches!(&self.authentication, ClientAuthentication::PrivateKeyJwt { keys } if keys.is_empty());
        let lacking = [
            ("id", self.id.is_empty() || self.id.len() > 255),
            ("redirect_uris", self.redirect_uris.is_empty()),
            ("baseline", self.baseline.is_empty() && !self.subject.is_returning()),
            ("sources", self.sources.is_empty()),
            ("acr", self.acr.is_empty()),
            ("keys", keyless),
        ];
        match lacking.into_iter().find(|(_, lacks)| *lacks) {
            Some((member, _)) => Err(ConfigFault::ClientIncomplete { client: client(), member }),
            None => Ok(()),
        }
    }

    /// RFC 9700 §2.1.1.
    pub(crate) const fn needs_pkce(&self) -> bool {
        matches!(self.authentication, ClientAuthentication::Public)
    }

    /// RFC 9700 §4.1.3: exact, whatever port a native application would like to add.
    pub(crate) fn may_return_to(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|registered| registered == uri)
    }
}

impl ClientAuthentication {
    /// The client's secret, by its hash. The text is a generated one: no salt and no stretching protects a short one.
    pub fn secret_basic(secret: &str) -> Self {
        Self::SecretBasic { sha256: sha256(secret.as_bytes()) }
    }

    pub(crate) fn is_secret(&self, secret: &str) -> bool {
        matches!(self, Self::SecretBasic { sha256: known } if constant_time_eq(known, &sha256(secret.as_bytes())))
    }
}

/// `https`, this machine, or an application's own scheme, which has a dot in it (RFC 8252 §7.1) and so is none that a
/// browser would run.
fn may_be_sent_to(uri: &str) -> bool {
    let plain = uri.len() <= 2048 && uri.bytes().all(|b| b.is_ascii_graphic() && !b"#\\\"<>^`{|}".contains(&b));
    let Some((scheme, rest)) = uri.split_once(':').filter(|_| plain) else { return false };
    let authority = rest.strip_prefix("//").and_then(|rest| rest.split(['/', '?']).next()).unwrap_or_default();
    let host = authority.split(':').next().unwrap_or_default();
    match scheme {
        "https" | "http" if authority.contains('@') => false,
        "https" => !host.is_empty(),
        "http" => ["localhost", "127.0.0.1"].contains(&host) || authority.starts_with("[::1]"),
        own => own.contains('.') && own.starts_with(|c: char| c.is_ascii_lowercase()),
    }
}

impl fmt::Debug for ClientAuthentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SecretBasic { .. } => "client_secret_basic",
            Self::PrivateKeyJwt { .. } => "private_key_jwt",
            Self::Public => "none",
        })
    }
}
