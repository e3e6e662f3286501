//! What a log answers: submissions, and files that any cache may keep (C2SP tlog-tiles).

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest as _, Path, RawQuery, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use mapae_http::{Fault, Notices, Problem, Whole};
use mapae_ledger::{Entry, MAX_ENTRY, TilePath};
use mapae_trust::DraftBundle;
use mapae_types::hex;
use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use super::{
    core::{Published, Shared},
    refusal::{not_found, refused, too_long},
    rotation::Rotation,
    sequencing::{Message, Submitted, busy},
};
use crate::{rules::Readable, store::LogStore};

/// Bytes of a draft: a national bundle has some 20 MB.
pub(crate) const MAX_DRAFT: usize = 64 << 20;

/// How long a submission waits for its publication if it does not say.
const WAIT: Duration = Duration::from_secs(10);

/// And at most.
pub(super) const LONGEST_WAIT: Duration = Duration::from_mins(1);

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";

/// Never changes: a tile of a width has one content for ever.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// May be another one in a moment.
const ASK_AGAIN: &str = "no-cache";

/// What the routes need.
pub(super) struct Face<S> {
    pub(super) core: Shared<S>,
    pub(super) inbox: mpsc::Sender<Message>,
    pub(super) published: watch::Receiver<Option<Arc<Published>>>,
    pub(super) uploads: Semaphore,
}

/// Drafts that arrive at once.
pub(super) const UPLOADS: usize = 4;

type Answered = Result<Response, Fault>;

/// The answer to a submission.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Receipt {
    pub(crate) index: u64,
    pub(crate) leaf: String,
    pub(crate) published: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) proof: Option<String>,
}

/// All routes of a log but health.
pub(super) fn routes<S: LogStore>(face: Face<S>) -> Router {
    let told =
        |notices: &Notices, answered: Answered| answered.unwrap_or_else(|fault| fault.tell(notices).into_response());
    Router::new()
        .route(
            "/add-entry",
            post(move |State(face): State<Arc<Face<S>>>, RawQuery(query), body: Whole| async move {
                told(&face.core.notices, face.add_entry(query.as_deref(), body).await)
            })
            .layer(DefaultBodyLimit::max(MAX_ENTRY)),
        )
        .route(
            "/drafts",
            post(move |State(face): State<Arc<Face<S>>>, request: Request| async move {
                told(&face.core.notices, face.add_draft(request).await)
            })
            .layer(DefaultBodyLimit::max(MAX_DRAFT)),
        )
        .route(
            "/drafts/{manifest}",
            get(move |State(face): State<Arc<Face<S>>>, Path(manifest): Path<String>| async move {
                told(&face.core.notices, face.draft(&manifest).await)
            }),
        )
        .route("/checkpoint", get(move |State(face): State<Arc<Face<S>>>| async move { face.checkpoint() }))
        .route("/policy", get(move |State(face): State<Arc<Face<S>>>| async move { face.policy() }))
        .route(
            "/tile/{*path}",
            get(move |State(face): State<Arc<Face<S>>>, Path(path): Path<String>| async move {
                told(&face.core.notices, face.tile(&path).await)
            }),
        )
        .route(
            "/proof/{index}",
            get(move |State(face): State<Arc<Face<S>>>, Path(index): Path<String>| async move {
                told(&face.core.notices, face.proof(&index).await)
            }),
        )
        .route(
            "/rotations/{nth}",
            get(move |State(face): State<Arc<Face<S>>>, Path(nth): Path<String>| async move {
                told(&face.core.notices, face.rotation(&nth).await)
            }),
        )
        .route("/bundle", get(move |State(face): State<Arc<Face<S>>>| async move { face.bundle() }))
        .with_state(Arc::new(face))
}

impl<S: LogStore> Face<S> {
    /// Answers when the entry has its place for ever, and is published or has waited long enough.
    async fn add_entry(&self, query: Option<&str>, Whole(body): Whole) -> Answered {
        let wait = wait(query)?;
        let entry = Entry::new(body.to_vec()).map_err(|_| too_long())?;
        let leaf = entry.leaf();
        let index = self.place(entry).await?;
        let published = self.published_within(index, wait).await;
        let proof = match &published {
            Some(published) => Some(self.core.proof(index, &published.checkpoint).await.map_err(Fault::internal)?),
            None => None,
        };
        let proof = proof.map(|proof| proof.to_string());
        let receipt = Receipt { index, leaf: leaf.to_string(), published: proof.is_some(), proof };
        let body = serde_json::to_vec(&receipt).map_err(Fault::internal)?;
        Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
    }

    async fn place(&self, entry: Entry) -> Result<u64, Fault> {
        let readable = Readable::parse(&entry).map_err(|broken| refused(&broken))?;
        let (answer, answered) = oneshot::channel();
        let submitted = Box::new(Submitted { entry, readable, answer });
        self.inbox.try_send(Message::Place(submitted)).map_err(|_| busy())?;
        answered.await.map_err(|_| Fault::unavailable("stopping", "the sequencer ended"))?
    }

    async fn published_within(&self, index: u64, wait: Duration) -> Option<Arc<Published>> {
        let mut published = self.published.clone();
        let waiting = published.wait_for(|published| published.as_ref().is_some_and(|at| at.size() > index));
        tokio::time::timeout(wait, waiting).await.ok()?.ok()?.clone()
    }

    /// A draft is found under the hash of its manifest, and neither judged nor stored before an entry names it.
    /// Only a few arrive at once: each is held in memory while it does.
    async fn add_draft(&self, request: Request) -> Answered {
        let _place = self.uploads.try_acquire().map_err(|_| busy())?;
        let Whole(body) = Whole::from_request(request, &()).await?;
        let draft = DraftBundle::parse(body.to_vec()).map_err(|error| {
            Problem::new(StatusCode::BAD_REQUEST, "draft_malformed", "The draft cannot be read")
                .detail(error.to_string())
        })?;
        let manifest = draft.manifest_hash();
        self.core.drafts.put(manifest, body);
        Ok(file(TEXT, ASK_AGAIN, format!("{}\n", hex::encode(&manifest))))
    }

    async fn draft(&self, manifest: &str) -> Answered {
        let hash = hex::decode(manifest).and_then(|hash| <[u8; 32]>::try_from(hash).ok());
        let hash = hash.ok_or_else(|| not_found("No draft has such a name"))?;
        let stored = self.core.store.draft(hash).await.map_err(Fault::internal)?;
        let draft = stored.or_else(|| self.core.drafts.find(&hash).map(|draft| draft.to_vec()));
        Ok(file(BYTES, FOR_EVER, draft.ok_or_else(|| not_found("This draft is not here"))?))
    }

    fn checkpoint(&self) -> Response {
        let published = self.published.borrow().clone();
        match published {
            Some(published) => file(TEXT, ASK_AGAIN, published.checkpoint.to_string()),
            None => not_found("Nothing is published yet").into_response(),
        }
    }

    fn policy(&self) -> Response {
        let published = self.published.borrow().clone();
        match published {
            Some(published) => file(TEXT, ASK_AGAIN, published.policy.clone()),
            None => not_found("Nothing is published yet").into_response(),
        }
    }

    /// A tile by its one spelling. The same type for all: hash tiles are bytes, and bundles are, too.
    async fn tile(&self, path: &str) -> Answered {
        let path: TilePath = format!("tile/{path}").parse().map_err(|_| not_found("No tile has such a path"))?;
        let tile = self.core.tiles.read(path).await.map_err(Fault::internal)?;
        Ok(file(BYTES, FOR_EVER, tile.ok_or_else(|| not_found("This tile is not here"))?))
    }

    async fn proof(&self, index: &str) -> Answered {
        let index: u64 = index.parse().map_err(|_| not_found("No entry has such an index"))?;
        let published = self.published.borrow().clone();
        let published = published.filter(|at| at.size() > index);
        let published = published.ok_or_else(|| not_found("This entry is not published"))?;
        let proof = self.core.proof(index, &published.checkpoint).await.map_err(Fault::internal)?;
        Ok(file(TEXT, ASK_AGAIN, proof.to_string()))
    }

    async fn rotation(&self, nth: &str) -> Answered {
        let nth: u64 = nth.parse().map_err(|_| not_found("No rotation has such a number"))?;
        let rotation = self.core.read(&Rotation::file(nth)).await.map_err(Fault::internal)?;
        Ok(file(TEXT, ASK_AGAIN, rotation.ok_or_else(|| not_found("This rotation is not here"))?))
    }

    /// From memory, once for all who ask.
    fn bundle(&self) -> Response {
        match self.core.bundle.read().unwrap_or_else(PoisonError::into_inner).clone() {
            Some(bundle) => file(BYTES, ASK_AGAIN, bundle),
            None => not_found("No bundle is published yet").into_response(),
        }
    }
}

fn file(kind: &'static str, cache: &'static str, content: impl Into<Bytes>) -> Response {
    let content: Bytes = content.into();
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)], content).into_response()
}

/// `wait=SECONDS`.
fn wait(query: Option<&str>) -> Result<Duration, Problem> {
    let Some(query) = query.filter(|query| !query.is_empty()) else { return Ok(WAIT) };
    let seconds = query.strip_prefix("wait=").and_then(|seconds| seconds.parse().ok());
    let seconds =
        seconds.ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "query_malformed", "Only wait=SECONDS"))?;
    Ok(Duration::from_secs(seconds).min(LONGEST_WAIT))
}
