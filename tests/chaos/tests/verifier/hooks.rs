//! The library's receiver of webhooks, which fails at random, and remembers whatever came.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle, sleep},
    time::Duration,
};

use mapae_crypto::hmac_sha256;
use mapae_jose::base64url;
use serde_json::Value;

use super::library::WEBHOOK_KEY;
use crate::dice::Dice;

/// A message as it came.
#[derive(Clone)]
pub(crate) struct Hook {
    pub(crate) id: String,
    /// Whether it is signed as both sides agreed (Standard Webhooks 1.0.0).
    pub(crate) signed: bool,
    pub(crate) body: Value,
    /// Whether the receiver said yes, as far as it knows.
    pub(crate) taken: bool,
}

impl Hook {
    /// Of which session it tells.
    pub(crate) fn session(&self) -> &str {
        self.body["data"]["id"].as_str().unwrap_or_default()
    }
}

/// What the receiver does with a message beside remembering it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whim {
    Take,
    Refuse,
    /// It has the message, and the sender never hears of it.
    HangUp,
    Dawdle,
}

#[derive(Default)]
struct Inbox {
    all: Mutex<Vec<Hook>>,
    /// Whether it takes whatever comes.
    well: AtomicBool,
    stop: AtomicBool,
}

/// The receiver while it listens.
pub(crate) struct Receiver {
    pub(crate) at: SocketAddr,
    inbox: Arc<Inbox>,
    thread: Option<JoinHandle<()>>,
}

impl Receiver {
    pub(crate) fn start(mut dice: Dice) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (at, inbox) = (listener.local_addr().unwrap(), Arc::new(Inbox::default()));
        let own = Arc::clone(&inbox);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if own.stop.load(Ordering::Relaxed) {
                    return;
                }
                let (Ok(stream), inbox, whim) = (stream, Arc::clone(&own), whim(&mut dice)) else { continue };
                // The sender may die at any time.
                thread::spawn(move || drop(receive(stream, &inbox, whim)));
            }
        });
        Self { at, inbox, thread: Some(thread) }
    }

    /// From now on it takes whatever comes.
    pub(crate) fn recover(&self) {
        self.inbox.well.store(true, Ordering::Relaxed);
    }

    pub(crate) fn all(&self) -> Vec<Hook> {
        self.inbox.all.lock().unwrap().clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.inbox.stop.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.at));
        drop(self.thread.take().map(JoinHandle::join));
    }
}

fn whim(dice: &mut Dice) -> Whim {
    match dice.roll(20) {
        0..=3 => Whim::Refuse,
        4 => Whim::HangUp,
        5 => Whim::Dawdle,
        _ => Whim::Take,
    }
}

fn receive(mut stream: TcpStream, inbox: &Inbox, whim: Whim) -> io::Result<()> {
    let (head, body) = read(&mut stream)?;
    let whim = if inbox.well.load(Ordering::Relaxed) { Whim::Take } else { whim };
    if whim == Whim::Dawdle {
        sleep(Duration::from_millis(300));
    }
    let taken = matches!(whim, Whim::Take | Whim::Dawdle);
    inbox.all.lock().unwrap().push(Hook {
        id: header(&head, "webhook-id"),
        signed: is_signed(&head, &body),
        body: serde_json::from_slice(&body).unwrap_or_default(),
        taken,
    });
    match whim {
        Whim::Refuse => write!(stream, "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
        Whim::HangUp => Ok(()),
        Whim::Take | Whim::Dawdle => write!(stream, "HTTP/1.1 204 Taken\r\nconnection: close\r\n\r\n"),
    }
}

/// By code of its own: the sender's would find its own mistakes right.
fn is_signed(head: &str, body: &[u8]) -> bool {
    let (id, timestamp) = (header(head, "webhook-id"), header(head, "webhook-timestamp"));
    let told = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat();
    let expected = base64url::encode_standard(hmac_sha256(&WEBHOOK_KEY, &[&told]));
    header(head, "webhook-signature") == format!("v1,{expected}")
}

fn header(head: &str, name: &str) -> String {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    let found = lines.find(|(found, _)| found.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}

fn read(stream: &mut TcpStream) -> io::Result<(String, Vec<u8>)> {
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut body = vec![0; header(&head, "content-length").parse().unwrap_or(0)];
    stream.read_exact(&mut body)?;
    Ok((head, body))
}
