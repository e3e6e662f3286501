//! What a witness answers (tlog-witness, "HTTP Interface").

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use mapae_http::{Fault, Problem, Whole};
use mapae_ledger::AddCheckpoint;

use super::{cosigning::Cosigning, refusal::NotCosigned};
use crate::store::WitnessStore;

const TEXT: &str = "text/plain; charset=utf-8";

/// All routes of a witness but health; submission and monitoring have the same prefix.
pub(super) fn routes<S: WitnessStore>(cosigning: Arc<Cosigning<S>>) -> Router {
    let add = |State(cosigning): State<Arc<Cosigning<S>>>, body: Whole| async move { add(cosigning, body).await };
    let latest =
        |State(cosigning): State<Arc<Cosigning<S>>>, Path(hash): Path<String>| async move { latest(&cosigning, &hash) };
    Router::new().route("/add-checkpoint", post(add)).route("/{origin}/checkpoint", get(latest)).with_state(cosigning)
}

/// A task of its own: a log that goes away meanwhile does not stop an audit half-way, and finds it done the next time.
async fn add<S: WitnessStore>(cosigning: Arc<Cosigning<S>>, Whole(body): Whole) -> Response {
    let request = match AddCheckpoint::parse(&body) {
        Ok(request) => request,
        Err(error) => return NotCosigned::from(error).answer(&cosigning.notices),
    };
    let task = Arc::clone(&cosigning);
    match tokio::spawn(async move { task.cosign(request).await }).await {
        Ok(Ok(cosignature)) => ([(header::CONTENT_TYPE, TEXT)], cosignature.to_string()).into_response(),
        Ok(Err(not)) => not.answer(&cosigning.notices),
        Err(died) => Fault::internal(died).tell(&cosigning.notices).into_response(),
    }
}

/// "Monitor Retrieval Mechanism": the latest checkpoint that was cosigned, by the hash of its log's name.
fn latest<S: WitnessStore>(cosigning: &Cosigning<S>, hash: &str) -> Response {
    match cosigning.latest(hash) {
        Some(latest) => ([(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, "no-cache")], latest).into_response(),
        None => Problem::new(StatusCode::NOT_FOUND, "not_found", "Nothing of this log was cosigned").into_response(),
    }
}
