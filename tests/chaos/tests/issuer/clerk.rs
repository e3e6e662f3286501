//! A clerk, whose every request may be cut off, and who looks again before asking again.

use std::{fs, net::SocketAddr, path::PathBuf};

use serde_json::json;

use super::wire::{Answer, get, post};

/// At the office of an issuer.
#[derive(Clone)]
pub(crate) struct Clerk {
    pub(crate) office: SocketAddr,
    pub(crate) token: String,
    pub(crate) outbox: PathBuf,
}

/// What the citizen carries home: the offer and, by the other channel, the code.
pub(crate) struct Offered {
    /// The path by which the offer is fetched.
    pub(crate) path: String,
    pub(crate) tx_code: String,
}

/// Why there is no offer yet.
pub(crate) enum Not {
    /// The office did not answer, or the offer was in the way that an answer that got lost had made.
    Yet,
    /// The person may not have the document.
    Eligible,
}

impl Clerk {
    fn headers(&self) -> [(&'static str, String); 2] {
        [("authorization", format!("Bearer {}", self.token)), ("content-type", "application/json".to_owned())]
    }

    fn post(&self, path: &str, body: &serde_json::Value) -> Result<Answer, Not> {
        post(self.office, path, &self.headers(), &body.to_string()).map_err(|_| Not::Yet)
    }

    /// Offers somebody the document. Where an offer is open whose answer nobody got, the document is withdrawn first.
    pub(crate) fn offer(&self, person: &str) -> Result<Offered, Not> {
        let answer = self.post("/office/offers", &json!({ "person": person, "document": "resident" }))?;
        match answer.status {
            201 => {
                let offer = answer.text("offer_id").to_owned();
                let told = fs::read_to_string(self.outbox.join(format!("{offer}.txt"))).map_err(|_| Not::Yet)?;
                let tx_code = told.lines().nth(1).unwrap_or_default().to_owned();
                let link = answer.text("credential_offer_uri").replace("%2F", "/");
                let path = link.find("/offers/").map(|at| link[at..].to_owned()).ok_or(Not::Yet)?;
                Ok(Offered { path, tx_code })
            }
            409 => {
                self.withdraw(person)?;
                Err(Not::Yet)
            }
            403 | 404 | 422 => Err(Not::Eligible),
            _ => Err(Not::Yet),
        }
    }

    fn withdraw(&self, person: &str) -> Result<(), Not> {
        let path = format!("/office/documents?person={person}");
        let found = get(self.office, &path, &self.headers()).map_err(|_| Not::Yet)?;
        for document in found.body["documents"].as_array().into_iter().flatten() {
            if document["state"] == "offered" {
                let id = document["document_id"].as_str().unwrap_or_default();
                self.post(&format!("/office/documents/{id}/revoke"), &json!({ "reason": "the offer got lost" }))?;
            }
        }
        Ok(())
    }
}
