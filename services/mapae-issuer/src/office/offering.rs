//! Making an offer: is the person known and eligible, is there nothing on the way already, where does the code go.

use axum::http::StatusCode;
use mapae_document::DocumentType;
use mapae_http::{Fault, Problem};
use mapae_types::{DocumentName, Entropy as _, PersonId, Timestamp};
use serde_json::{Value, json};

use super::TX_CODE_DIGITS;
use crate::{
    desk::Denied,
    ids::{DocumentId, OfferId},
    service::Service,
    store::{Application, Applied, Channel, IssuerStore, NewOffer, Offered, StoreError},
};

/// Whom an offer is for.
pub(super) struct Wish {
    pub(super) person: PersonId,
    pub(super) name: DocumentName,
    pub(super) urgency: u8,
    pub(super) held: bool,
}

/// An offer that stands, and the code that goes another way.
pub(super) struct Made {
    pub(super) offer: NewOffer,
    pub(super) code: String,
}

pub(crate) fn internal(error: impl core::fmt::Display) -> Fault {
    Fault::internal(error)
}

pub(crate) fn away(error: StoreError) -> Fault {
    Fault::unavailable("store_unavailable", error)
}

fn conflict(code: &str, title: &str) -> Problem {
    Problem::new(StatusCode::CONFLICT, code, title)
}

impl<S: IssuerStore> Service<S> {
    /// The document, and that the register has the person as eligible today.
    pub(super) async fn eligible(&self, wish: &Wish, now: Timestamp) -> Result<&DocumentType, Fault> {
        let unknown = || Problem::new(StatusCode::NOT_FOUND, "document_unknown", "No such document is issued here");
        let document = self.desk.document(&wish.name).ok_or_else(unknown)?;
        let row = self.store.row(&wish.name, &wish.person).await.map_err(away)?;
        let absent = || Problem::new(StatusCode::NOT_FOUND, "person_unknown", "The register knows nobody of that id");
        let row = row.ok_or_else(absent)?;
        let cell = |column: &str| row.cells.get(column).map(String::as_str);
        match self.desk.facts(document, cell, now, None) {
            Ok(_) => Ok(document),
            Err(Denied::Refused(refused)) => {
                let problem =
                    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not_eligible", "The person may not have it");
                Err(problem.detail(refused.rule).into())
            }
            Err(denied) => Err(internal(denied)),
        }
    }

    pub(super) fn application(&self, wish: &Wish, now: Timestamp) -> Result<Application, Fault> {
        Ok(Application {
            id: DocumentId::new(now, &mut &self.dice).map_err(internal)?,
            person: wish.person.clone(),
            name: wish.name.clone(),
            channel: Channel::Office,
            urgency: wish.urgency,
            // The clerk has the person before them.
            identified: true,
            held: wish.held,
            at: now,
        })
    }

    /// An application that waits for its turn.
    pub(super) async fn queue(&self, wish: &Wish, now: Timestamp) -> Result<Value, Fault> {
        let application = self.application(wish, now)?;
        match self.store.apply(&application).await.map_err(away)? {
            Applied::Done(record) => Ok(super::documents::described(&record)),
            Applied::Pending(record) => {
                let problem = conflict("already_applied", "The person's document is on its way already");
                Err(problem.detail(record.id.to_string()).into())
            }
        }
    }

    /// An offer in the store. The code is still with us alone.
    pub(super) async fn make_offer(&self, wish: &Wish, now: Timestamp) -> Result<Made, Fault> {
        let application = self.application(wish, now)?;
        let made = self.new_offer(application.id, now)?;
        let offered = self.store.apply_and_offer(&application, &made.offer).await.map_err(away)?;
        self.offered(made, offered)
    }

    /// An offer of a document that waits.
    pub(super) async fn offer_waiting(&self, document: DocumentId, now: Timestamp) -> Result<Made, Fault> {
        let made = self.new_offer(document, now)?;
        let offered = self.store.offer(&made.offer).await.map_err(away)?;
        self.offered(made, offered)
    }

    fn new_offer(&self, document: DocumentId, now: Timestamp) -> Result<Made, Fault> {
        let id = OfferId::new(now, &mut &self.dice).map_err(internal)?;
        let code = self.tx_code()?;
        let offer = NewOffer {
            id,
            document,
            tx_code: self.seal.tx_code(id, &code),
            copies: self.copies_of_an_offer(),
            expires_at: now + self.config.lifetimes.offer,
            at: now,
        };
        Ok(Made { offer, code })
    }

    #[expect(clippy::unused_self, reason = "reads as the other steps")]
    fn offered(&self, made: Made, offered: Offered) -> Result<Made, Fault> {
        match offered {
            Offered::Done => Ok(made),
            Offered::AlreadyOffered { expires_at, .. } => {
                let problem = conflict("already_offered", "An offer of this document is open already");
                Err(problem.detail(format!("until {expires_at}")).into())
            }
            Offered::Not(state) => {
                let problem = conflict("state_excludes", "The document cannot be offered in its state");
                Err(problem.detail(state.name()).into())
            }
            Offered::Unknown => {
                Err(Problem::new(StatusCode::NOT_FOUND, "document_unknown", "There is no such document").into())
            }
        }
    }

    /// Six digits, each code as likely as any other.
    fn tx_code(&self) -> Result<String, Fault> {
        let space = 10_u64.pow(TX_CODE_DIGITS.into());
        // 2^64 is not a multiple of 10^6; what that favours is one part in 10^13.
        let number = u64::from_be_bytes((&self.dice).array().map_err(internal)?) % space;
        Ok(format!("{number:0width$}", width = usize::from(TX_CODE_DIGITS)))
    }

    /// The code goes to the citizen; not before the offer is in the store, and the QR not before the code.
    pub(super) fn tell(&self, person: &PersonId, made: &Made) -> Result<(), Fault> {
        self.outbox.put(&made.offer.id.to_string(), person, &made.code).map_err(internal)
    }

    /// For the clerk's screen.
    pub(super) fn shown(&self, wish: &Wish, made: &Made) -> Value {
        let offer = self.credential_offer(made.offer.id, &wish.name);
        json!({
            "person": wish.person.as_str(),
            "document": wish.name.as_str(),
            "offer_id": made.offer.id.to_string(),
            "credential_offer": offer.to_uri(),
            "credential_offer_uri": self.offer_reference(made.offer.id),
            "expires_at": made.offer.expires_at.to_string(),
            "copies": made.offer.copies,
        })
    }
}
