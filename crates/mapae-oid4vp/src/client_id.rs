//! Client identifiers with their prefixes (OpenID4VP 1.0 §5.9).
//!
//! Left out, and refused: clients known in advance (no prefix), `openid_federation`, `decentralized_identifier`,
//! `verifier_attestation`, and prefixes of others.

use core::fmt;

use mapae_jose::base64url;

use crate::{RequestFault, uri};

/// Characters of a client identifier at most.
const MAX_LEN: usize = 1024;

/// Who asks, as the request names them. The whole text, prefix included, is the audience of an answer (§14.8).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientId {
    text: String,
    prefix: ClientIdPrefix,
}

/// How a client identifier is authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ClientIdPrefix {
    /// `x509_hash`: the SHA-256 of the certificate that signs the request.
    X509Hash,
    /// `x509_san_dns`: a host name in that certificate.
    X509SanDns,
    /// `redirect_uri`: where the answer goes; nobody is authenticated.
    RedirectUri,
}

impl ClientIdPrefix {
    /// The prefix, without the colon.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::X509Hash => "x509_hash",
            Self::X509SanDns => "x509_san_dns",
            Self::RedirectUri => "redirect_uri",
        }
    }

    /// Whether a request under it is signed (§5.9.3).
    pub const fn is_signed(self) -> bool {
        !matches!(self, Self::RedirectUri)
    }
}

impl ClientId {
    /// Reads a client identifier and the form that its prefix prescribes.
    pub fn parse(text: &str) -> Result<Self, RequestFault> {
        if text.len() > MAX_LEN {
            return Err(RequestFault::Malformed { parameter: "client_id" });
        }
        // §5.9.1: the prefix ends before the first colon. §5.9.2: without one it is a client known in advance.
        let (prefix, name) = text.split_once(':').ok_or(RequestFault::ClientNotRegistered)?;
        let prefix = known(prefix)?;
        let fits = match prefix {
            ClientIdPrefix::X509Hash => base64url::decode(name).is_ok_and(|hash| hash.len() == 32),
            ClientIdPrefix::X509SanDns => is_host_name(name),
            ClientIdPrefix::RedirectUri => uri::is_endpoint(name),
        };
        let text = text.to_owned();
        if fits { Ok(Self { text, prefix }) } else { Err(RequestFault::Malformed { parameter: "client_id" }) }
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How it is authenticated.
    pub const fn prefix(&self) -> ClientIdPrefix {
        self.prefix
    }

    /// What stands behind the prefix.
    pub fn name(&self) -> &str {
        self.text.split_once(':').map_or("", |(_, name)| name)
    }
}

fn known(prefix: &str) -> Result<ClientIdPrefix, RequestFault> {
    let known = [ClientIdPrefix::X509Hash, ClientIdPrefix::X509SanDns, ClientIdPrefix::RedirectUri];
    match known.into_iter().find(|known| known.as_str() == prefix) {
        Some(known) => Ok(known),
        // §5.9.3: only a browser may say so, of itself, elsewhere.
        None if prefix == "origin" => Err(RequestFault::OriginClaimed),
        None => Err(RequestFault::PrefixUnsupported { prefix: prefix.chars().take(32).collect() }),
    }
}

pub(crate) fn is_host_name(name: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty() && label.len() <= 63 && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    name.len() <= 253 && name.split('.').all(label)
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}
