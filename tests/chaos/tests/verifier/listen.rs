//! Server-sent events (WHATWG HTML §9.2) as a client of the library's hears them: when its replica is gone it goes to the
//! other. There is no `Last-Event-ID` to bring: whoever connects is told at once where the session stands.

use std::{
    io::{self, ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::OnceLock,
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{library::TOKEN, wallet::Trouble};

/// How often it looks whether it is to go on.
const LOOK: Duration = Duration::from_millis(100);
const TICK: Duration = Duration::from_millis(20);

/// What somebody heard of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    /// As they came, over all connections.
    pub(crate) states: Vec<String>,
    pub(crate) results: Vec<Value>,
    /// Replicas that were gone in the middle.
    pub(crate) lost: usize,
}

/// When somebody stops listening, if nothing has ended by then: set while they listen.
pub(crate) type End = OnceLock<Instant>;

/// Listens at one replica, then at the other, until the session is over or the end has come.
pub(crate) fn listen(at: [SocketAddr; 2], path: &str, end: &End) -> Result<Heard, Trouble> {
    let mut heard = Heard::default();
    let is_over = || end.get().is_some_and(|end| Instant::now() > *end);
    for at in at.into_iter().cycle() {
        let mut connection = match Connection::open(at, path) {
            Ok(connection) => connection,
            Err(_) if is_over() => return Ok(heard),
            Err(_) => {
                sleep(TICK);
                continue;
            }
        };
        if connection.hear(&mut heard, is_over)? {
            return Ok(heard);
        }
        heard.lost += 1;
    }
    Ok(heard)
}

/// What a replica has told.
enum Told {
    More,
    /// The last.
    End,
    /// That it cannot, at this moment.
    NotNow,
}

struct Connection {
    stream: TcpStream,
    /// Of which nothing is read yet.
    bytes: Vec<u8>,
    has_head: bool,
}

impl Connection {
    /// By HTTP/1.0, so that the body is not in chunks.
    fn open(at: SocketAddr, path: &str) -> io::Result<Self> {
        let mut stream = TcpStream::connect(at)?;
        stream.set_read_timeout(Some(LOOK))?;
        write!(stream, "GET /{path} HTTP/1.0\r\nhost: {at}\r\nauthorization: Bearer {TOKEN}\r\n\r\n")?;
        Ok(Self { stream, bytes: Vec::new(), has_head: false })
    }

    /// Until there is no more to hear. `false`: the replica is gone.
    fn hear(&mut self, heard: &mut Heard, is_over: impl Fn() -> bool) -> Result<bool, Trouble> {
        loop {
            while let Some(block) = self.block() {
                match self.note(&block, heard)? {
                    Told::End => return Ok(true),
                    Told::NotNow => return Ok(false),
                    Told::More => {}
                }
            }
            if is_over() {
                return Ok(true);
            }
            let mut some = [0; 4096];
            match self.stream.read(&mut some) {
                Ok(0) => return Ok(false),
                Ok(count) => self.bytes.extend(&some[..count]),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(_) => return Ok(false),
            }
        }
    }

    /// What stands before the next empty line: the head, then events. One that was cut off is none.
    fn block(&mut self) -> Option<String> {
        let empty: &[u8] = if self.has_head { b"\n\n" } else { b"\r\n\r\n" };
        let end = self.bytes.windows(empty.len()).position(|bytes| bytes == empty)? + empty.len();
        let block: Vec<u8> = self.bytes.drain(..end).collect();
        Some(String::from_utf8_lossy(&block).into_owned())
    }

    fn note(&mut self, block: &str, heard: &mut Heard) -> Result<Told, Trouble> {
        if !self.has_head {
            self.has_head = true;
            return match block.split(' ').nth(1).and_then(|status| status.parse().ok()) {
                Some(200) => Ok(Told::More),
                Some(408 | 500..) => Ok(Told::NotNow),
                _ => Err(format!("events: {}", block.lines().next().unwrap_or_default())),
            };
        }
        let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let Some(data) = field("data") else { return Ok(Told::More) };
        let data: Value = serde_json::from_str(data).map_err(|_| "an event that is no JSON".to_owned())?;
        match field("event") {
            Some("state") => {}
            Some("problem") if data["code"] == "store_failed" => return Ok(Told::NotNow),
            _ => return Err(format!("an event: {data}")),
        }
        let state = data["state"].as_str().unwrap_or_default().to_owned();
        let is_last = ["done", "expired"].contains(&&*state);
        heard.states.push(state);
        heard.results.extend(data.get("result").cloned());
        Ok(if is_last { Told::End } else { Told::More })
    }
}
