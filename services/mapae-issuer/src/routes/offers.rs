//! Offers by reference (OpenID4VCI §4.1.3).

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use mapae_http::Problem;
use mapae_oid4vci::{CredentialOffer, OfferGrants, PreAuthorizedGrant, TxCode, TxCodeMode};

use super::{answer, refusal::Refusal};
use crate::{
    ids::OfferId,
    office::TX_CODE_DIGITS,
    seal::PRE_AUTHORIZED_CODE,
    service::Service,
    store::{IssuerStore, OfferStage, OfferView},
};

/// `GET /offers/{id}`, whose id is the sealed one, so that who counts finds no offers.
pub(super) async fn offer<S: IssuerStore>(State(service): State<Arc<Service<S>>>, Path(id): Path<String>) -> Response {
    let gone = || Problem::new(StatusCode::NOT_FOUND, "offer_unknown", "There is no such offer, or it is over");
    let Some(id) = service.seal.open(crate::seal::OFFER_REFERENCE, &id) else { return gone().into_response() };
    let found = match (service.clock.now(), service.store.offer_of(id).await) {
        (Ok(now), Ok(found)) => found.filter(|offer| offer.stage == OfferStage::Open && offer.expires_at >= now),
        (Err(error), _) => return Refusal::from(error).into_response(&service),
        (_, Err(error)) => return Refusal::from(error).into_response(&service),
    };
    match found {
        Some(view) => answer::json(&service, 200, service.offer_of(&view).to_json()),
        None => gone().into_response(),
    }
}

impl<S: IssuerStore> Service<S> {
    /// The offer as a wallet reads it.
    pub(crate) fn offer_of(&self, view: &OfferView) -> CredentialOffer {
        self.credential_offer(view.id, &view.name)
    }

    /// The same before the store has it.
    pub(crate) fn credential_offer(&self, id: OfferId, name: &mapae_types::DocumentName) -> CredentialOffer {
        let tx_code = TxCode {
            mode: TxCodeMode::Numeric,
            length: Some(TX_CODE_DIGITS),
            description: Some("문자로 받은 여섯 자리 번호 / the six digits sent to you by text message".to_owned()),
        };
        CredentialOffer {
            issuer: self.issuer.clone(),
            configurations: self.desk.configurations_of(name).map(str::to_owned).collect(),
            grants: OfferGrants {
                pre_authorized: Some(PreAuthorizedGrant {
                    code: self.seal.seal(PRE_AUTHORIZED_CODE, id).into(),
                    tx_code: Some(tx_code),
                }),
                authorization_code: None,
            },
        }
    }

    /// The address at which a wallet finds it, in the form of a link.
    pub(crate) fn offer_reference(&self, id: OfferId) -> String {
        let sealed = self.seal.seal(crate::seal::OFFER_REFERENCE, id);
        CredentialOffer::reference_uri(&self.issuer.endpoint(&format!("offers/{sealed}")))
    }
}
