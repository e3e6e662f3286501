//! The least of HTTP/1.1 that a client needs, written for this: what a killed server left unsaid is an error, never half
//! an answer.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// Longer than anybody may take.
const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) fn get(at: SocketAddr, path: &str) -> io::Result<Answer> {
    ask(at, &format!("GET /{path} HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n\r\n"), &[])
}

pub(crate) fn post(at: SocketAddr, path: &str, body: &[u8]) -> io::Result<Answer> {
    let length = body.len();
    let head = format!("POST /{path} HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    ask(at, &head, body)
}

fn ask(at: SocketAddr, head: &str, body: &[u8]) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(at)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(&[head.as_bytes(), body].concat())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    read(&answer).ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))
}

/// Our services announce the length of every answer.
fn read(answer: &[u8]) -> Option<Answer> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, body) = (str::from_utf8(&answer[..end]).ok()?, &answer[end + 4..]);
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let header = |line: &str| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok();
    let length: usize = head.lines().find_map(header)?;
    (body.len() == length).then(|| Answer { status, body: body.to_vec() })
}
