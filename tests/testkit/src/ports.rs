//! Ports for services whose peers must know them before they listen, or that come back to theirs after a restart.
//!
//! The system gives ports to whoever connects, too (Linux: 32768 to 60999, `ip_local_port_range`). One of those, free a moment
//! ago, may be a client's when its service comes to bind it; if that client looks for the very service, it even talks to
//! itself. The ports here lie below. Left out: services that bind port 0 themselves, which need none of this.

use std::{
    hash::{BuildHasher as _, RandomState},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process,
    sync::{
        LazyLock,
        atomic::{AtomicU16, Ordering},
    },
    time::SystemTime,
};

const FIRST: u16 = 12_000;
/// A power of two, so that what counts the places may run over.
const COUNT: u16 = 1 << 14;

/// Where this process looks next. Another one, of other tests at the same time, begins elsewhere.
static NEXT: LazyLock<AtomicU16> = LazyLock::new(|| {
    let [low, high, ..] = RandomState::new().hash_one((process::id(), SystemTime::now())).to_le_bytes();
    AtomicU16::new(u16::from_le_bytes([low, high]))
});

/// An address of this machine that nobody listens at. No two calls in a process give the same, until all were given.
pub fn free() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, free_run(1)).into()
}

/// The first of so many ports in a row, each as [`free`] gives one.
pub fn free_run(count: u16) -> u16 {
    loop {
        let place = NEXT.fetch_add(count, Ordering::Relaxed) % COUNT;
        let mut run = FIRST + place..FIRST + place + count;
        if place + count <= COUNT && run.all(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()) {
            return FIRST + place;
        }
    }
}
