//! A server that behaves as a run wants, however badly, until it is dropped.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

pub(crate) struct Server {
    pub(crate) at: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Answers each request as `behave` does, which is given the path.
    pub(crate) fn start(
        at: SocketAddr,
        behave: impl Fn(&str, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(at).unwrap();
        let at = listener.local_addr().unwrap();
        let (stop, behave) = (Arc::new(AtomicBool::new(false)), Arc::new(behave));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let (Ok(mut stream), behave) = (stream, Arc::clone(&behave)) else { continue };
                // The other side may go away at any time.
                thread::spawn(move || drop(read_path(&mut stream).and_then(|path| behave(&path, &mut stream))));
            }
        });
        Self { at, stop, thread: Some(thread) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes it; then the address is free.
        drop(TcpStream::connect(self.at));
        drop(self.thread.take().map(JoinHandle::join));
    }
}

fn read_path(stream: &mut TcpStream) -> io::Result<String> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).split(' ').nth(1).unwrap_or_default().to_owned())
}

/// A whole answer.
pub(crate) fn respond(stream: &mut TcpStream, status: &str, body: &[u8]) -> io::Result<()> {
    announce(stream, status, body.len())?;
    stream.write_all(body)
}

/// The head of an answer that announces a length.
pub(crate) fn announce(stream: &mut TcpStream, status: &str, length: usize) -> io::Result<()> {
    write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n")
}
