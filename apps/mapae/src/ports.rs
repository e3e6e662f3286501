//! Ports for services whose peers must know them before they listen.
//!
//! They lie below those that the system gives to whoever connects (Linux: 32768 to 60999, `ip_local_port_range`): of these,
//! one that was free a moment ago may be a client's when its service comes to bind it.

use std::{
    io,
    net::{IpAddr, SocketAddr, TcpListener},
    process,
    sync::atomic::{AtomicU16, Ordering},
};

const FIRST: u16 = 12_000;
/// A power of two, so that what counts the places may run over.
const COUNT: u16 = 1 << 14;

/// Where nobody listens at this address, on a port that no call before gave.
pub(crate) fn free(at: IpAddr) -> io::Result<SocketAddr> {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    let places = (0..COUNT).map(|_| begin().wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed)) % COUNT);
    let mut addresses = places.map(|place| SocketAddr::from((at, FIRST + place)));
    addresses.find(|address| TcpListener::bind(address).is_ok()).ok_or_else(|| io::ErrorKind::AddrNotAvailable.into())
}

/// Far from where the process begins that was started next: Fibonacci hashing.
fn begin() -> u16 {
    let [.., low, high] = process::id().wrapping_mul(0x9E37_79B9).to_le_bytes();
    u16::from_le_bytes([low, high])
}
