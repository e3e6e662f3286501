//! Applications and offers.

use core::fmt::Write as _;
use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use mapae_http::{Fault, Problem, Whole};
use mapae_types::{DocumentName, PersonId};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::offering::{Wish, away, internal};
use crate::{service::Service, store::IssuerStore};

/// People whom one request may name.
const MOST: usize = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfferBody {
    person: String,
    document: String,
    #[serde(default)]
    urgency: u8,
    /// Copies are made only once somebody approved.
    #[serde(default)]
    hold: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BulkBody {
    people: Vec<String>,
    document: String,
    #[serde(default)]
    urgency: u8,
}

/// Reads a body. What is wrong with it is told without repeating it.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Problem::new(StatusCode::BAD_REQUEST, "body_malformed", "The body is not what this expects")
            .detail(place)
            .into()
    })
}

fn wish(person: &str, document: &str, urgency: u8, held: bool) -> Result<Wish, Fault> {
    let malformed = |code, title| Fault::from(Problem::new(StatusCode::BAD_REQUEST, code, title));
    let person: PersonId = person.parse().map_err(|_| malformed("person_malformed", "That is no person's id"))?;
    let name: DocumentName =
        document.parse().map_err(|_| malformed("document_malformed", "That is no document's name"))?;
    Ok(Wish { person, name, urgency, held })
}

/// The answer of the office's routes.
pub(super) fn answer<S>(service: &Service<S>, outcome: Result<(StatusCode, Value), Fault>) -> Response {
    match outcome {
        Ok((status, value)) => (status, Json(value)).into_response(),
        Err(fault) => fault.tell(&service.notices).into_response(),
    }
}

/// `POST /office/applications`: the person waits for an offer.
pub(super) async fn apply<S: IssuerStore>(State(service): State<Arc<Service<S>>>, Whole(body): Whole) -> Response {
    let outcome = async {
        let body: OfferBody = read(&body)?;
        let wish = wish(&body.person, &body.document, body.urgency, body.hold)?;
        let now = service.clock.now().map_err(internal)?;
        service.eligible(&wish, now).await?;
        Ok((StatusCode::CREATED, service.queue(&wish, now).await?))
    };
    answer(&service, outcome.await)
}

/// `POST /office/offers`: an offer at once; in a surge, a place in the line.
pub(super) async fn offer<S: IssuerStore>(State(service): State<Arc<Service<S>>>, Whole(body): Whole) -> Response {
    let outcome = async {
        let body: OfferBody = read(&body)?;
        let wish = wish(&body.person, &body.document, body.urgency, body.hold)?;
        let now = service.clock.now().map_err(internal)?;
        service.eligible(&wish, now).await?;
        if service.is_surging() {
            let mut waiting = service.queue(&wish, now).await?;
            waiting["queued"] = json!(true);
            return Ok((StatusCode::ACCEPTED, waiting));
        }
        let made = service.make_offer(&wish, now).await?;
        service.tell(&wish.person, &made)?;
        let mut shown = service.shown(&wish, &made);
        // A document that was on its way already keeps its id.
        let view = service.store.offer_of(made.offer.id).await.map_err(away)?;
        shown["document_id"] = json!(view.map(|view| view.document.to_string()));
        Ok((StatusCode::CREATED, shown))
    };
    answer(&service, outcome.await)
}

/// `POST /office/offers/bulk`: offers for many, such as all who waited while nothing could be issued. The codes go to the
/// outbox as one message for the gateway, a line each: the person's id, the offer's id and the code.
pub(super) async fn bulk<S: IssuerStore>(State(service): State<Arc<Service<S>>>, Whole(body): Whole) -> Response {
    answer(&service, make_many(&service, &body).await)
}

async fn make_many<S: IssuerStore>(service: &Arc<Service<S>>, body: &[u8]) -> Result<(StatusCode, Value), Fault> {
    let body: BulkBody = read(body)?;
    if body.people.len() > MOST || body.people.is_empty() {
        let title = format!("From 1 to {MOST} people at once");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "too_many_people", title).into());
    }
    let now = service.clock.now().map_err(internal)?;
    let mut making = JoinSet::new();
    for person in &body.people {
        let wish = wish(person, &body.document, body.urgency, false)?;
        let service = Arc::clone(service);
        making.spawn(async move {
            let made = match service.eligible(&wish, now).await {
                Ok(_) => service.make_offer(&wish, now).await,
                Err(fault) => Err(fault),
            };
            (wish, made)
        });
    }
    let (mut offers, mut refused, mut codes) = (Vec::new(), Vec::new(), String::new());
    while let Some(done) = making.join_next().await {
        match done.map_err(internal)? {
            (wish, Ok(made)) => {
                writeln!(codes, "{} {} {}", wish.person, made.offer.id, made.code).map_err(internal)?;
                offers.push((wish, made));
            }
            (wish, Err(fault)) => {
                let problem = fault.tell(&service.notices);
                refused
                    .push(json!({ "person": wish.person.as_str(), "code": problem.code(), "detail": problem.said() }));
            }
        }
    }
    if let Some((wish, made)) = offers.first() {
        service.outbox.put(&format!("bulk-{}", made.offer.id), &wish.person, &codes).map_err(internal)?;
    }
    let offers: Vec<Value> = offers.iter().map(|(wish, made)| service.shown(wish, made)).collect();
    Ok((StatusCode::CREATED, json!({ "offers": offers, "refused": refused })))
}
