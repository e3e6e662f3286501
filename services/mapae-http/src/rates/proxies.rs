//! Who the client is. The peer of a connection is; a header is believed only from a proxy that the operator named.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::{HeaderMap, HeaderName};

use crate::settings::{Declare, Note, SettingsError};

/// Which client a proxy speaks for, the nearest last.
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies before a service.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<IpAddr>);

impl Proxies {
    /// Believes these.
    pub fn new(trusted: impl IntoIterator<Item = IpAddr>) -> Self {
        Self(trusted.into_iter().collect())
    }

    /// Declares `trusted_proxies`.
    pub fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let note = Note::new("Addresses of the proxies whose X-Forwarded-For header says who the client is.")
            .danger("Whoever can send from such an address escapes every rate limit.");
        declare.value("trusted_proxies", Vec::new(), note).map(Self)
    }

    /// The address to which a request counts. An IPv6 client has its 64-bit prefix to itself (RFC 6177 §2): it counts as one.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        network(if self.0.contains(&peer) { self.forwarded(headers).unwrap_or(peer) } else { peer })
    }

    /// The nearest address that is no proxy of ours; what stands before it was written by who knows whom.
    fn forwarded(&self, headers: &HeaderMap) -> Option<IpAddr> {
        let lines: Vec<&str> = headers.get_all(FORWARDED).iter().filter_map(|line| line.to_str().ok()).collect();
        let mut hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
        hops.find_map(|hop| match hop.trim().parse() {
            Ok(address) if self.0.contains(&address) => None,
            other => Some(other.ok()),
        })?
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}
