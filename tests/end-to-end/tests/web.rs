//! Asking over HTTP, for phones and for relying parties.

use std::{sync::OnceLock, time::Duration};

use mapae_http::{Answer, Bounds, Client, HeaderMap, Method, Request};
use tokio::runtime::Runtime;

/// Bytes of an answer at most.
const LIMIT: usize = 8 << 20;

pub(crate) fn get(url: &str, headers: HeaderMap) -> Answer {
    send(Request { method: Method::GET, url: url.to_owned(), headers, body: Vec::new() })
}

pub(crate) fn post(url: &str, headers: HeaderMap, body: Vec<u8>) -> Answer {
    send(Request { method: Method::POST, url: url.to_owned(), headers, body })
}

fn send(request: Request) -> Answer {
    let (runtime, client) = shared();
    let url = request.url.clone();
    runtime.block_on(client.send(request, LIMIT)).unwrap_or_else(|error| panic!("{url}: {error}"))
}

fn shared() -> &'static (Runtime, Client) {
    static SHARED: OnceLock<(Runtime, Client)> = OnceLock::new();
    SHARED.get_or_init(|| {
        (Runtime::new().unwrap(), Client::new(Bounds { total: Duration::from_mins(2), ..Bounds::default() }).unwrap())
    })
}

/// `127.0.0.1:80` of `http://127.0.0.1:80/path`.
pub(crate) fn host(url: &str) -> &str {
    url.split_once("://").and_then(|(_, rest)| rest.split(['/', '?']).next()).unwrap_or(url)
}
