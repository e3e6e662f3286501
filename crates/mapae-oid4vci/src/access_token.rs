//! The access token in `Authorization` (RFC 9449 §7.1).

use crate::{DpopFault, Secret};

/// An access token as it was presented; whose it is decides a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken(Secret);

impl AccessToken {
    /// Reads `DPoP <token>`. A token presented as a bearer's is refused: every token here is bound to a key
    /// (RFC 9449 §7.2).
    pub fn parse(authorization: Option<&str>) -> Result<Self, DpopFault> {
        let header = authorization.ok_or(DpopFault::TokenMissing)?;
        let (scheme, token) = header.split_once(' ').ok_or(DpopFault::TokenScheme)?;
        let token = token.trim_start_matches(' ');
        // token68 (RFC 9110 §11.2).
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b);
        if !scheme.eq_ignore_ascii_case("DPoP") || token.is_empty() || token.len() > 512 || !token.bytes().all(allowed)
        {
            return Err(DpopFault::TokenScheme);
        }
        Ok(Self(token.to_owned().into()))
    }

    /// The text, over which `ath` is made.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// SHA-256 of the text: what a store looks for, and what `ath` holds.
    pub fn sha256(&self) -> [u8; 32] {
        self.0.sha256()
    }
}
