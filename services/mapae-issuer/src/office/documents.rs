//! A person's documents, and what clerks do with them.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use mapae_document::LifeEvent;
use mapae_http::{Fault, Problem, Whole};
use mapae_types::PersonId;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    offering::{away, internal},
    offers::{answer, read},
};
use crate::{
    ids::DocumentId,
    service::Service,
    store::{Changed, DocumentRecord, IssuerStore},
};

/// Characters of a reason.
const REASON: usize = 500;

#[derive(Deserialize)]
pub(super) struct OfPerson {
    #[serde(default)]
    person: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Why {
    #[serde(default)]
    reason: Option<String>,
}

/// For the clerk's screen. The reason is the office's own.
pub(super) fn described(record: &DocumentRecord) -> Value {
    let time = |at: Option<mapae_types::Timestamp>| at.map(|at| at.to_string());
    json!({
        "document_id": record.id.to_string(),
        "person": record.person.as_str(),
        "document": record.name.as_str(),
        "state": record.state.name(),
        "held": record.held,
        "urgency": record.urgency,
        "applied_at": record.applied_at.to_string(),
        "changed_at": record.changed_at.to_string(),
        "activated_at": time(record.activated_at),
        "expires_at": time(record.expires_at),
        "refill_from": time(record.refill_from),
        "offer_id": record.offer.map(|offer| offer.to_string()),
        "reason": record.reason.as_ref().map(|reason| reason.expose().clone()),
    })
}

fn malformed(code: &str, title: &str) -> Fault {
    Problem::new(StatusCode::BAD_REQUEST, code, title).into()
}

fn unknown() -> Fault {
    Problem::new(StatusCode::NOT_FOUND, "document_unknown", "There is no such document").into()
}

/// `GET /office/documents?person=`.
pub(super) async fn of_person<S: IssuerStore>(
    State(service): State<Arc<Service<S>>>,
    Query(query): Query<OfPerson>,
) -> Response {
    let outcome = async {
        let person = query.person.parse::<PersonId>().ok();
        let person = person.ok_or_else(|| malformed("person_malformed", "?person= takes a person's id"))?;
        let documents = service.store.documents_of(&person).await.map_err(away)?;
        let documents: Vec<Value> = documents.iter().map(described).collect();
        Ok((StatusCode::OK, json!({ "documents": documents })))
    };
    answer(&service, outcome.await)
}

/// `GET /office/documents/{id}`.
pub(super) async fn one<S: IssuerStore>(State(service): State<Arc<Service<S>>>, Path(id): Path<String>) -> Response {
    let outcome = async {
        let id: DocumentId = id.parse().map_err(|_| unknown())?;
        let record = service.store.document(id).await.map_err(away)?.ok_or_else(unknown)?;
        Ok((StatusCode::OK, described(&record)))
    };
    answer(&service, outcome.await)
}

/// `POST /office/documents/{id}/{suspend|resume|revoke|approve}`.
pub(super) async fn act<S: IssuerStore>(
    State(service): State<Arc<Service<S>>>,
    Path((id, act)): Path<(String, String)>,
    Whole(body): Whole,
) -> Response {
    let outcome = async {
        let id: DocumentId = id.parse().map_err(|_| unknown())?;
        let why: Why = if body.is_empty() { Why::default() } else { read(&body)? };
        let reason = why.reason.as_deref();
        if reason.is_some_and(|reason| reason.chars().count() > REASON) {
            return Err(malformed("reason_too_long", "A reason has 500 characters at most"));
        }
        let now = service.clock.now().map_err(internal)?;
        let changed = match act.as_str() {
            "suspend" => service.store.change(id, LifeEvent::Suspend, reason, now).await,
            "resume" => service.store.change(id, LifeEvent::Resume, reason, now).await,
            "revoke" => service.store.change(id, LifeEvent::Revoke, reason, now).await,
            "approve" => service.store.approve(id, now).await,
            _ => {
                let title = "One of suspend, resume, revoke, approve";
                return Err(Problem::new(StatusCode::NOT_FOUND, "act_unknown", title).into());
            }
        };
        match changed.map_err(away)? {
            Changed::Done(record) => Ok((StatusCode::OK, described(&record))),
            Changed::Unknown => Err(unknown()),
            Changed::Not(state) => {
                let problem = Problem::new(StatusCode::CONFLICT, "state_excludes", "Not in the document's state");
                Err(problem.detail(state.name()).into())
            }
        }
    };
    answer(&service, outcome.await)
}
