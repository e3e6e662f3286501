//! A proxy before a central service, which counts and keeps what passes through it.
//!
//! The service's own address is known to its proxy alone: whoever wants to speak with it comes by here.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use testkit::ports;

/// Bytes of what was said that are kept, at most.
const KEPT: usize = 64 << 20;

/// What passed since it was last asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Traffic {
    pub(crate) connections: u64,
    /// In both directions.
    pub(crate) bytes: usize,
    /// What was said to the service.
    pub(crate) said: Vec<u8>,
}

impl Traffic {
    /// The first line of what was said: a request.
    pub(crate) fn first_line(&self) -> String {
        String::from_utf8_lossy(self.said.split(|byte| *byte == b'\r').next().unwrap_or_default()).into_owned()
    }
}

/// It listens until it is dropped.
pub(crate) struct Proxy {
    pub(crate) name: String,
    pub(crate) at: SocketAddr,
    /// Where the service is to listen.
    pub(crate) service: SocketAddr,
    seen: Arc<Mutex<Traffic>>,
    stop: Arc<AtomicBool>,
}

impl Proxy {
    /// Before a service that is to listen at an address of the proxy's choice.
    pub(crate) fn before(name: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (at, service) = (listener.local_addr().unwrap(), ports::free());
        let (seen, stop) = (Arc::<Mutex<Traffic>>::default(), Arc::<AtomicBool>::default());
        let proxy = Self { name: name.to_owned(), at, service, seen: Arc::clone(&seen), stop: Arc::clone(&stop) };
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                seen.lock().unwrap().connections += 1;
                let Ok(caller) = stream else { continue };
                // A service that is not up yet: the caller finds that out.
                let Ok(service) = TcpStream::connect(service) else { continue };
                relay(&caller, &service, &seen);
            }
        });
        proxy
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.at)
    }

    /// What passed, which is counted from nothing again.
    pub(crate) fn take(&self) -> Traffic {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes it.
        drop(TcpStream::connect(self.at));
    }
}

fn relay(caller: &TcpStream, service: &TcpStream, seen: &Arc<Mutex<Traffic>>) {
    let to_service = Arc::clone(seen);
    let said = move |bytes: &[u8]| {
        let mut seen = to_service.lock().unwrap();
        seen.bytes += bytes.len();
        let room = KEPT.saturating_sub(seen.said.len()).min(bytes.len());
        seen.said.extend_from_slice(&bytes[..room]);
    };
    let to_caller = Arc::clone(seen);
    pass(caller, service, said);
    pass(service, caller, move |bytes| to_caller.lock().unwrap().bytes += bytes.len());
}

/// Counts before it passes on: what has arrived anywhere is counted.
fn pass(from: &TcpStream, to: &TcpStream, count: impl Fn(&[u8]) + Send + 'static) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    thread::spawn(move || {
        let mut buffer = [0; 16 << 10];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            count(&buffer[..length]);
            if to.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        // The other half may be gone.
        drop(to.shutdown(Shutdown::Write));
    });
}
