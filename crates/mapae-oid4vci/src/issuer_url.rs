//! The identifier of an issuer: a URL without query and fragment (OpenID4VCI §12.2.1, RFC 8414 §2).

use crate::{MessageFault, uri};

/// An issuer's identifier. Compared as text, never normalised (§12.2.4).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IssuerUrl {
    text: String,
    path_at: usize,
}

impl IssuerUrl {
    /// Reads an identifier: `https`, and `http` for a loopback address alone, where somebody develops.
    pub fn parse(text: &str) -> Result<Self, MessageFault> {
        const NAME: &str = "credential_issuer";
        uri::check_url(text, NAME)?;
        let scheme = text.find("://").unwrap_or_default();
        let authority = scheme + 3;
        let path_at = text[authority..].find('/').map_or(text.len(), |at| authority + at);
        // §12.2.1: neither query nor fragment.
        if text.contains('?') {
            Err(MessageFault::Malformed { name: NAME })
        } else {
            Ok(Self { text: text.to_owned(), path_at })
        }
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address of an endpoint under it: `https://a.example/x` and `token` make `https://a.example/x/token`.
    pub fn endpoint(&self, path: &str) -> String {
        format!("{}/{path}", self.text.trim_end_matches('/'))
    }

    /// The address of well-known metadata: the name goes between host and path (§12.2.2, RFC 8414 §3.1).
    pub fn well_known(&self, name: &str) -> String {
        let (origin, path) = self.text.split_at(self.path_at);
        format!("{origin}/.well-known/{name}{}", path.trim_end_matches('/'))
    }

    /// The path alone, without a slash at the end; empty where there is none.
    pub fn path(&self) -> &str {
        self.text[self.path_at..].trim_end_matches('/')
    }
}

impl core::fmt::Display for IssuerUrl {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.text)
    }
}
