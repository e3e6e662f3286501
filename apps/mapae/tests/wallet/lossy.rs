//! A network that loses answers: requests arrive, and what they were answered does not come back.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// Stands between a wallet and an issuer.
pub(super) struct Lossy {
    pub(super) port: u16,
    lose: Arc<Mutex<Vec<String>>>,
}

impl Lossy {
    /// Hands everything to the issuer's port.
    pub(super) fn before(issuer: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let lose = Arc::new(Mutex::new(Vec::new()));
        let losing = Arc::clone(&lose);
        thread::spawn(move || {
            for connection in listener.incoming() {
                let losing = Arc::clone(&losing);
                // A peer that breaks off has nothing to complain of.
                thread::spawn(move || drop(pass(&connection.unwrap(), issuer, &losing)));
            }
        });
        Self { port, lose }
    }

    /// Loses the next answer of a path that begins so.
    pub(super) fn lose(&self, path: &str) {
        self.lose.lock().unwrap().push(path.to_owned());
    }

    /// What is still to be lost.
    pub(super) fn left(&self) -> usize {
        self.lose.lock().unwrap().len()
    }
}

fn pass(wallet: &TcpStream, issuer: u16, lose: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let (path, request) = read_request(wallet)?;
    let mut issuer = TcpStream::connect(("127.0.0.1", issuer))?;
    issuer.write_all(&request)?;
    let mut answer = Vec::new();
    issuer.read_to_end(&mut answer)?;
    let mut lose = lose.lock().unwrap();
    // A refusal, such as the demand of a nonce, is not what is meant.
    let succeeded = answer.starts_with(b"HTTP/1.1 2");
    let found = lose.iter().position(|wanted| path.starts_with(wanted.as_str())).filter(|_| succeeded);
    if let Some(index) = found {
        lose.remove(index);
        return Ok(());
    }
    drop(lose);
    (&mut &*wallet).write_all(&answer)
}

/// The request, which tells the issuer to close after it.
fn read_request(wallet: &TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let mut reader = BufReader::new(wallet);
    let (mut head, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
        head.extend_from_slice(line.as_bytes());
    }
    head.extend_from_slice(b"Connection: close\r\n\r\n");
    let path = String::from_utf8_lossy(&head).split(' ').nth(1).unwrap_or_default().to_owned();
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok((path, [head, body].concat()))
}
