//! One connection to the service, kept open: a phone's requests one after the other, and then the next phone's.

use std::net::SocketAddr;

use anyhow::{Context as _, bail};
use axum::body::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    HeaderMap, Method, Request,
    client::conn::http1::{self, SendRequest},
    header::{HOST, HeaderName, HeaderValue},
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Bytes of an answer: a batch of ten in either format is far below it.
const MAX_ANSWER: usize = 4 << 20;

/// A connection.
pub(super) struct Wire {
    address: SocketAddr,
    host: HeaderValue,
    sender: SendRequest<Full<Bytes>>,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Wire {
    /// Connects.
    pub(super) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let host = HeaderValue::from_str(&address.to_string())?;
        Ok(Self { address, host, sender: connect(address).await? })
    }

    /// Posts a body and waits for the answer.
    pub(super) async fn post(
        &mut self,
        path: &str,
        headers: &[(HeaderName, String)],
        body: String,
    ) -> anyhow::Result<Answer> {
        self.send(Method::POST, path, headers, body.into()).await
    }

    /// Asks and waits for the answer.
    pub(super) async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(HeaderName, String)],
        body: Bytes,
    ) -> anyhow::Result<Answer> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = path.parse()?;
        request.headers_mut().insert(HOST, self.host.clone());
        for (name, value) in headers {
            request.headers_mut().insert(name.clone(), HeaderValue::from_str(value)?);
        }
        if self.sender.is_closed() {
            self.sender = connect(self.address).await?;
        }
        self.sender.ready().await?;
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        let body = match Limited::new(body, MAX_ANSWER).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => bail!("an answer broke off: {error}"),
        };
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
    }
}

async fn connect(address: SocketAddr) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await.with_context(|| format!("the service at {address}"))?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // How it ends, its requests tell.
    tokio::spawn(async move { drop(connection.await) });
    Ok(sender)
}
