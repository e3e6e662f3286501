//! The least of HTTP/1.1 that a client needs, written for this: what a killed server left unsaid is an error, never half
//! an answer.

use std::{
    fmt::Write as _,
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    head: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// Longer than anybody may take.
const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) fn get(at: SocketAddr, path: &str) -> io::Result<Answer> {
    send(at, "GET", path, &[], &[])
}

pub(crate) fn post(at: SocketAddr, path: &str, body: &[u8]) -> io::Result<Answer> {
    send(at, "POST", path, &[], body)
}

/// A request by any method, with headers.
pub(crate) fn send(
    at: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<Answer> {
    let mut head = format!("{method} /{path} HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n");
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").map_err(io::Error::other)?;
    }
    write!(head, "content-length: {}\r\n\r\n", body.len()).map_err(io::Error::other)?;
    let mut stream = TcpStream::connect(at)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(&[head.as_bytes(), body].concat())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    read(&answer).ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))
}

/// Our services announce the length of every answer that has a body.
fn read(answer: &[u8]) -> Option<Answer> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, body) = (str::from_utf8(&answer[..end]).ok()?, &answer[end + 4..]);
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let answer = Answer { status, body: body.to_vec(), head: head.to_owned() };
    let length = answer.header("content-length").and_then(|length| length.parse().ok());
    (Some(body.len()) == length.or((status == 204).then_some(0))).then_some(answer)
}
