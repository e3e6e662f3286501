//! The least of HTTP/1.1 that a phone and a clerk need. What a killed server left unsaid is an error, never half an answer.

use std::{
    fmt::Write as _,
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::Value;

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    head: String,
}

/// Longer than anybody may take.
const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) fn get(at: SocketAddr, path: &str, headers: &[(&str, String)]) -> io::Result<Answer> {
    ask(at, "GET", path, headers, "")
}

pub(crate) fn post(at: SocketAddr, path: &str, headers: &[(&str, String)], body: &str) -> io::Result<Answer> {
    ask(at, "POST", path, headers, body)
}

fn ask(at: SocketAddr, method: &str, path: &str, headers: &[(&str, String)], body: &str) -> io::Result<Answer> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n");
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    write!(head, "content-length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut stream = TcpStream::connect(at)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(head.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    read(&answer).ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))
}

/// The service announces the length of every answer that has a body.
fn read(answer: &[u8]) -> Option<Answer> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, body) = (str::from_utf8(&answer[..end]).ok()?, &answer[end + 4..]);
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let answer = Answer { status, body: serde_json::from_slice(body).unwrap_or_default(), head: head.to_owned() };
    let length = answer.header("content-length").map_or(Some(0), |length| length.parse().ok())?;
    (body.len() == length).then_some(answer)
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_default()
    }
}
