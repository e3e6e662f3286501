//! The identifier of an issuer: a URL without query and fragment (OpenID4VCI §12.2.1, RFC 8414 §2).

use crate::MessageFault;

/// An issuer's identifier. Compared as text, never normalised (§12.2.4).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IssuerUrl {
    text: String,
    path_at: usize,
}

impl IssuerUrl {
    /// Reads an identifier: `https`, and `http` for a loopback address alone, where somebody develops.
    pub fn parse(text: &str) -> Result<Self, MessageFault> {
        let malformed = MessageFault::Malformed { name: "credential_issuer" };
        let loopback = |rest: &str| {
            let host = rest.split(['/', ':']).next().unwrap_or_default();
            ["localhost", "127.0.0.1"].contains(&host) || rest.starts_with("[::1]")
        };
        let (scheme, rest) = text.split_once("://").ok_or(malformed.clone())?;
        let scheme_fits = scheme == "https" || (scheme == "http" && loopback(rest));
        let allowed = |b: u8| b.is_ascii_graphic() && !b"?#\\@\"<>^`{|}".contains(&b);
        if !scheme_fits || rest.is_empty() || rest.starts_with('/') || text.len() > 512 || !rest.bytes().all(allowed) {
            return Err(malformed);
        }
        let authority = rest.find('/').unwrap_or(rest.len());
        Ok(Self { text: text.to_owned(), path_at: scheme.len() + 3 + authority })
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
