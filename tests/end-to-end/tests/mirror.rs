//! The host of one public file, the trust bundle: it keeps every request as it came.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use mapae_crypto::sha256;
use mapae_types::hex;

type Requests = Arc<Mutex<Vec<String>>>;

/// It serves until it is dropped.
pub(crate) struct Mirror {
    pub(crate) at: SocketAddr,
    requests: Requests,
    stop: Arc<AtomicBool>,
}

impl Mirror {
    /// Serves a file under every path.
    pub(crate) fn of(file: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let (requests, stop) = (Requests::default(), Arc::<AtomicBool>::default());
        let mirror = Self { at, requests: Arc::clone(&requests), stop: Arc::clone(&stop) };
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let (Ok(stream), requests, file) = (stream, Arc::clone(&requests), file.clone()) else { continue };
                // Whoever asks may go away at any time.
                thread::spawn(move || drop(answer(stream, &requests, &file)));
            }
        });
        mirror
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/trust.bundle", self.at)
    }

    /// The requests since it was last asked, each from its first byte to its last.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }
}

impl Drop for Mirror {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes it.
        drop(TcpStream::connect(self.at));
    }
}

fn answer(mut stream: TcpStream, requests: &Requests, file: &Path) -> io::Result<()> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let content = fs::read(file)?;
    let etag = format!("\"{}\"", hex::encode(&sha256(&content)));
    let known = head.contains(&etag);
    requests.lock().unwrap().push(head);
    if known {
        return write!(stream, "HTTP/1.1 304 Not Modified\r\netag: {etag}\r\nconnection: close\r\n\r\n");
    }
    let length = content.len();
    write!(stream, "HTTP/1.1 200 OK\r\netag: {etag}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n")?;
    stream.write_all(&content)
}
