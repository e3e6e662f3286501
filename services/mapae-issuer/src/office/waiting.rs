//! Those who wait for an offer, the most urgent first.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::{extract::State, http::StatusCode, response::Response};
use mapae_http::{ClockError, Fault, Stop, Whole};
use mapae_types::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    offering::{Wish, away, internal},
    offers::{answer, read},
};
use crate::{
    ids::DocumentId,
    register::RegisterHost,
    service::Service,
    store::{DocumentRecord, IssuerStore},
};

/// How often those who wait are counted.
const EVERY: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NextBody {
    count: u32,
}

/// `POST /office/offers/next`: offers for those who wait, the most urgent first.
pub(super) async fn next<S: IssuerStore>(State(service): State<Arc<Service<S>>>, Whole(body): Whole) -> Response {
    let outcome = async {
        let body: NextBody = read(&body)?;
        Ok((StatusCode::OK, json!({ "offers": service.offer_next(body.count.min(1000)).await? })))
    };
    answer(&service, outcome.await)
}

impl<S: IssuerStore> Service<S> {
    async fn offer_next(&self, count: u32) -> Result<Vec<Value>, Fault> {
        let mut offers = Vec::new();
        for waiting in self.store.most_urgent(count).await.map_err(away)? {
            // Another replica, or a clerk, may have been quicker; who is no longer eligible stays where they are.
            match self.offer_one(&waiting).await {
                Ok(offer) => offers.push(offer),
                Err(fault) if fault.cause().is_some() => return Err(fault),
                Err(_) => {}
            }
        }
        Ok(offers)
    }

    async fn offer_one(&self, waiting: &DocumentRecord) -> Result<Value, Fault> {
        let now = self.clock.now().map_err(internal)?;
        let wish = Wish {
            person: waiting.person.clone(),
            name: waiting.name.clone(),
            urgency: waiting.urgency,
            held: waiting.held,
        };
        self.eligible(&wish, now).await?;
        let made = self.offer_waiting(waiting.id, now).await?;
        self.tell(&wish.person, &made)?;
        Ok(self.shown(&wish, &made))
    }
}

impl<S: IssuerStore> RegisterHost for Service<S> {
    type Store = S;

    fn store(&self) -> &S {
        &self.store
    }

    fn now(&self) -> Result<Timestamp, ClockError> {
        self.clock.now()
    }

    fn new_document(&self, now: Timestamp) -> Result<DocumentId, Fault> {
        DocumentId::new(now, &mut &self.dice).map_err(internal)
    }

    /// The link is a message of its own: the gateway sends the two by different ways, or the office hands out one.
    async fn renew(&self, waiting: &DocumentRecord) -> Result<(), Fault> {
        let offer = match self.offer_one(waiting).await {
            Ok(offer) => offer,
            Err(fault) if fault.cause().is_none() => return Ok(()),
            Err(fault) => return Err(fault),
        };
        let (id, link) = (offer["offer_id"].as_str(), offer["credential_offer_uri"].as_str());
        let (Some(id), Some(link)) = (id, link) else { return Ok(()) };
        self.outbox.put(&format!("{id}-link"), &waiting.person, link).map_err(internal)
    }
}

/// Counts those who wait, until the stop.
pub(crate) async fn watch<S: IssuerStore>(service: Arc<Service<S>>, mut stop: Stop) {
    loop {
        match service.store.waiting().await {
            Ok(waiting) => {
                service.waiting.store(waiting, Ordering::Relaxed);
                service.metrics.waiting.set(i64::try_from(waiting).unwrap_or(i64::MAX));
            }
            Err(error) => service.notices.say(format_args!("those who wait are not counted: {error}")),
        }
        if stop.within(EVERY).await {
            return;
        }
    }
}
