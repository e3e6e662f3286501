//! GET, with an end in sight.

use std::time::Duration;

use reqwest::{Client, Response, redirect};

use super::{Patience, Unread};

/// Reads the body of one answer of status 200.
pub(super) fn get(url: &str, limit: u64, patience: Patience) -> Result<Vec<u8>, Unread> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Unread::Unreachable(error.to_string()))?;
    runtime.block_on(async {
        let read = tokio::time::timeout(patience.overall, request(url, limit, patience.idle));
        read.await.unwrap_or(Err(Unread::TooSlow))
    })
}

async fn request(url: &str, limit: u64, idle: Duration) -> Result<Vec<u8>, Unread> {
    // A mirror that sends us on could send us anywhere, also to this machine's own services.
    let client = Client::builder().redirect(redirect::Policy::none()).connect_timeout(idle).read_timeout(idle);
    let unreachable = |error: reqwest::Error| Unread::Unreachable(told(&error));
    let answer = client.build().map_err(unreachable)?.get(url).send().await;
    let answer = answer.map_err(|error| if error.is_timeout() { Unread::Idle } else { unreachable(error) })?;
    match answer.status() {
        status if status.is_redirection() => Err(Unread::Redirected(status.as_u16())),
        status if status != 200 => Err(Unread::Answered(status.as_u16())),
        _ => body(answer, limit).await,
    }
}

async fn body(mut answer: Response, limit: u64) -> Result<Vec<u8>, Unread> {
    let announced = answer.content_length().unwrap_or(0);
    if announced > limit {
        return Err(Unread::TooLarge { limit });
    }
    let mut bytes = Vec::new();
    let broken = |error: reqwest::Error| if error.is_timeout() { Unread::Idle } else { Unread::CutOff(told(&error)) };
    while let Some(piece) = answer.chunk().await.map_err(broken)? {
        // What was announced may be less than what is sent.
        if (bytes.len() + piece.len()) as u64 > limit {
            return Err(Unread::TooLarge { limit });
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// The innermost reason: what stands around it repeats the URL.
fn told(error: &reqwest::Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}
