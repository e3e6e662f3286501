//! Where claims come from: documents in a format, and which of their elements make a claim.

use std::collections::{BTreeMap, BTreeSet};

use mapae_dcql::{ClaimPath, QueryId, Wanted};

use crate::ConfigFault;

/// Names that a claim may not have, because the protocol says something by them (OpenID Connect Core §2, RFC 7519 §4.1).
const RESERVED: [&str; 16] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "at_hash",
    "c_hash",
    "sid",
    "_claim_names",
];

/// A document in one format. Sources are alternatives: a sign-in is one document in one format.
#[derive(Debug, Clone)]
pub struct Source {
    /// The id of its credential query.
    pub id: QueryId,
    /// Format and type.
    pub wanted: Wanted,
    /// The claims that it can give, by their names in OpenID Connect, each with the elements that make it: `address` has
    /// several.
    pub claims: BTreeMap<String, Vec<ClaimPath>>,
    /// The element that has the register's random id of the person. It is asked for where a client knows its people again,
    /// and is no claim: the id itself leaves nowhere.
    pub person: Option<ClaimPath>,
}

/// A scope and the claims that it stands for (OpenID Connect Core §5.4).
#[derive(Debug, Clone)]
pub struct Scope {
    /// Its name.
    pub name: String,
    /// Its claims.
    pub claims: BTreeSet<String>,
}

impl Source {
    pub(crate) fn check(&self) -> Result<(), ConfigFault> {
        let reserved = self.claims.keys().find(|name| RESERVED.contains(&name.as_str()));
        match reserved {
            Some(name) => Err(ConfigFault::ClaimReserved { claim: name.clone() }),
            None => Ok(()),
        }
    }

    /// Whether it can give all of these.
    pub(crate) fn has_all(&self, claims: &BTreeSet<String>) -> bool {
        claims.iter().all(|name| self.claims.contains_key(name))
    }
}
