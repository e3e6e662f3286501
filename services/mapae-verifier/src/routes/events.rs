//! A session as server-sent events (WHATWG HTML §9.2): its state at once and at each change, until there is a result.
//!
//! What changes on this replica is told at once; what changes on another is seen by looking, a few seconds later.

use core::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};
use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    extract::{Path, Query, State},
    http::header,
    response::{IntoResponse as _, Response},
};
use futures_core::Stream;
use mapae_http::Stop;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{broadcast, mpsc};

use super::{At, Owner};
use crate::{
    fault::Refusal,
    ids::SessionId,
    store::{SessionStore, State as Stage},
};

/// How often a session is looked at, in case another replica moved it.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Looks after which something is sent, lest a proxy takes the silence for an end.
const KEEP_ALIVE: u32 = 7;

#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    response_code: Option<String>,
}

/// Events as a body.
struct Events(mpsc::Receiver<Bytes>);

impl Stream for Events {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|event| event.map(Ok))
    }
}

/// One who watches a session.
struct Watcher<S> {
    at: At<S>,
    owner: String,
    id: SessionId,
    code: Option<String>,
    to: mpsc::Sender<Bytes>,
}

pub(super) async fn events<S: SessionStore>(
    State(at): State<At<S>>,
    Path(id): Path<String>,
    Query(shown): Query<Shown>,
    Owner(owner): Owner,
) -> Response {
    // Heard from before the first look, so that no change falls between the two.
    let (changed, stop) = (at.service.changed.subscribe(), at.stop.clone());
    let session = match at.service.session(&owner, &id).await {
        Ok(session) => session,
        Err(refusal) => return at.refused(refusal),
    };
    let (to, events) = mpsc::channel(4);
    let watcher = Watcher { at, owner, id: session.id, code: shown.response_code, to };
    tokio::spawn(watcher.watch(changed, stop));
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(Events(events))).into_response()
}

impl<S: SessionStore> Watcher<S> {
    async fn watch(self, mut changed: broadcast::Receiver<SessionId>, mut stop: Stop) {
        let (mut before, mut silent) = (None, 0);
        loop {
            match self.look(&mut before).await {
                Ok(true) | Err(()) => return,
                Ok(false) => silent += 1,
            }
            if silent % KEEP_ALIVE == 0 && self.to.send(Bytes::from_static(b": waiting\n\n")).await.is_err() {
                return;
            }
            tokio::select! {
                () = stop.requested() => return,
                () = self.to.closed() => return,
                () = heard(&mut changed, self.id) => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Sends what is new. `Ok(true)`: nothing more will come; `Err`: nobody listens.
    async fn look(&self, before: &mut Option<Stage>) -> Result<bool, ()> {
        let told = match self.told(before).await {
            Ok(None) => return Ok(false),
            Ok(Some((told, over))) => {
                self.send("state", &told).await?;
                over
            }
            Err(refusal) => {
                let problem = self.at.problem(refusal);
                self.send("problem", &json!({ "code": problem.code(), "title": problem.title() })).await?;
                true
            }
        };
        Ok(told)
    }

    async fn told(&self, before: &mut Option<Stage>) -> Result<Option<(Value, bool)>, Refusal> {
        let session = self.at.service.session(&self.owner, &self.id.to_string()).await?;
        let state = self.at.service.state(&session)?;
        if *before == Some(state) {
            return Ok(None);
        }
        let (told, is_result) = self.at.service.tell(&session, self.code.as_deref())?;
        *before = Some(state);
        if is_result && let Err(refusal) = self.at.service.delivered(session.id).await {
            // It is told all the same, and kept for its whole time; the operator learns why.
            self.at.problem(refusal);
        }
        Ok(Some((told, matches!(state, Stage::Done | Stage::Expired))))
    }

    async fn send(&self, kind: &str, data: &Value) -> Result<(), ()> {
        self.to.send(format!("event: {kind}\ndata: {data}\n\n").into()).await.map_err(drop)
    }
}

/// Something became of that session; or so much of others that it may have.
async fn heard(changed: &mut broadcast::Receiver<SessionId>, id: SessionId) {
    loop {
        match changed.recv().await {
            Ok(other) if other != id => {}
            _ => return,
        }
    }
}
