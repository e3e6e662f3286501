//! A mirror on this machine that behaves as a test wants, however badly.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// A listening mirror. Its threads end with the tests.
pub(crate) struct Mirror {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Mirror {
    /// Answers each request as `behave` does, which is given the path.
    pub(crate) fn start(behave: impl Fn(&str, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (behave, heard) = (Arc::new(behave), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, behave, heard) = (stream.unwrap(), Arc::clone(&behave), Arc::clone(&heard));
                thread::spawn(move || {
                    let path = path(&mut stream);
                    heard.lock().unwrap().push(path.clone());
                    // The other side may go away at any time.
                    drop(behave(&path, &mut stream));
                });
            }
        });
        Self { address, asked }
    }

    /// Offers `bytes` at `/bundle`, and nothing else.
    pub(crate) fn offering(bytes: Vec<u8>) -> Self {
        Self::serving(vec![("/bundle".to_owned(), bytes)])
    }

    /// Offers these files.
    pub(crate) fn serving(files: Vec<(String, Vec<u8>)>) -> Self {
        Self::start(move |path, stream| match files.iter().find(|(name, _)| name == path) {
            Some((_, bytes)) => answer(stream, "200 OK", bytes),
            None => answer(stream, "404 Not Found", b"not here"),
        })
    }

    /// The URL of its bundle.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/bundle", self.address)
    }

    /// The paths that were asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn path(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).split(' ').nth(1).unwrap_or_default().to_owned()
}

/// A whole answer.
pub(crate) fn answer(stream: &mut TcpStream, status: &str, body: &[u8]) -> std::io::Result<()> {
    head(stream, status, body.len())?;
    stream.write_all(body)
}

/// The head of an answer that announces a length.
pub(crate) fn head(stream: &mut TcpStream, status: &str, length: usize) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n")
}

/// Without end, in pieces whose number nobody announces.
pub(crate) fn flood(stream: &mut TcpStream) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
    let piece = vec![0; 1 << 20];
    loop {
        write!(stream, "{:x}\r\n", piece.len())?;
        stream.write_all(&piece)?;
        stream.write_all(b"\r\n")?;
    }
}

/// A byte now and then.
pub(crate) fn drip(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    head(stream, "200 OK", bytes.len())?;
    for byte in bytes {
        stream.write_all(&[*byte])?;
        thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

/// Nothing at all, for longer than anybody waits.
pub(crate) fn silence() {
    thread::sleep(Duration::from_mins(1));
}
