//! The relying party's half: sessions and their results.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use mapae_http::Whole;
use mapae_sql::Swap;
use serde::Deserialize;
use serde_json::Value;

use super::{At, Owner};
use crate::{
    asking::{Wish, WishFault},
    fault::Refusal,
    store::{Flow, SessionStore},
};

/// `GET /sessions/{id}`: what a browser that came back has to show.
#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    response_code: Option<String>,
}

pub(super) async fn begin<S: SessionStore>(
    State(at): State<At<S>>,
    Owner(owner): Owner,
    Whole(body): Whole,
) -> Response {
    let wish = serde_json::from_slice::<Wish>(&body).map_err(|_| WishFault::Body.into());
    let told = match wish {
        Ok(wish) => at.service.begin(&owner, wish).await,
        Err(refusal) => Err(refusal),
    };
    match told {
        Ok(told) => (StatusCode::CREATED, Json(told)).into_response(),
        Err(refusal) => at.refused(refusal),
    }
}

pub(super) async fn state<S: SessionStore>(
    State(at): State<At<S>>,
    Path(id): Path<String>,
    Query(shown): Query<Shown>,
    Owner(owner): Owner,
) -> Response {
    match poll(&at, &owner, &id, shown.response_code.as_deref()).await {
        Ok(told) => Json(told).into_response(),
        Err(refusal) => at.refused(refusal),
    }
}

async fn poll<S: SessionStore>(at: &At<S>, owner: &str, id: &str, code: Option<&str>) -> Result<Value, Refusal> {
    let session = at.service.session(owner, id).await?;
    let (told, is_result) = at.service.tell(&session, code)?;
    if is_result {
        at.service.delivered(session.id).await?;
    }
    Ok(told)
}

pub(super) async fn delete<S: SessionStore>(
    State(at): State<At<S>>,
    Path(id): Path<String>,
    Owner(owner): Owner,
) -> Response {
    match remove(&at, &owner, &id).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => at.refused(refusal),
    }
}

async fn remove<S: SessionStore>(at: &At<S>, owner: &str, id: &str) -> Result<(), Refusal> {
    let session = at.service.session(owner, id).await?;
    // Of what it waited with nothing stays here either; another replica forgets it when its time is over.
    drop(at.service.waiting.take(&session.response));
    match at.service.store.delete(session.id).await? {
        Swap::Done => Ok(()),
        Swap::Lost => Err(Refusal::Unknown),
    }
}

/// What a page's browser got: the `data` of the credential, as it came (OpenID4VP 1.0 Appendix A).
pub(super) async fn response<S: SessionStore>(
    State(at): State<At<S>>,
    Path(id): Path<String>,
    Owner(owner): Owner,
    Whole(body): Whole,
) -> Response {
    match take(&at, &owner, &id, body.to_vec()).await {
        Ok(told) => Json(told).into_response(),
        Err(refusal) => at.refused(refusal),
    }
}

async fn take<S: SessionStore>(at: &At<S>, owner: &str, id: &str, body: Vec<u8>) -> Result<Value, Refusal> {
    let session = at.service.session(owner, id).await?;
    if session.flow != Flow::Browser {
        return Err(Refusal::Unknown);
    }
    // It goes on if the client leaves, so that what is judged is noted.
    let taken = tokio::spawn(Arc::clone(&at.service).answer(session.response, body)).await;
    match taken.map_err(|error| Refusal::Machine(error.to_string()))? {
        Ok(_) | Err(Refusal::Answer(_)) => poll(at, owner, id, None).await,
        Err(refusal) => Err(refusal),
    }
}
