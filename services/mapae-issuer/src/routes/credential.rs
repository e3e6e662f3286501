//! The credential endpoint and its deferred sister (OpenID4VCI §8, §9).

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};
use mapae_http::Whole;
use mapae_jose::{Jwk, Value, json};
use mapae_oid4vci::{
    CredentialFault, CredentialId, CredentialRequest, CredentialResponse, DeferredRequest, ErrorCode,
    KeyAttestationRule, KeyAttestationsRequired, MediaType, ProofExpected, Proofs, ProvenKeys, ResponseEncryption,
    VerifiedProofs,
};
use mapae_types::Timestamp;

use super::{answer, refusal::Refusal};
use crate::{
    crash::Point,
    desk::Configuration,
    ids::DeferredId,
    issuing::{IssueFault, Wanted},
    seal::{NOTIFICATION_ID, TRANSACTION_ID},
    service::Service,
    store::{Deferral, Deferred, DeferredState, GrantView, IssuerStore, NewDeferred, NotificationEvent, UsedNonce},
};

/// `POST /credential`.
pub(super) async fn credential<S: IssuerStore>(
    State(service): State<Arc<Service<S>>>,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Response {
    let outcome = service.credential(&headers, &body).await;
    released(&service, outcome)
}

/// `POST /deferred`.
pub(super) async fn deferred<S: IssuerStore>(
    State(service): State<Arc<Service<S>>>,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Response {
    let outcome = service.deferred(&headers, &body).await;
    released(&service, outcome)
}

/// An answer, and how it is to be encrypted.
type Answer = (CredentialResponse, Option<ResponseEncryption>);

fn released<S>(service: &Service<S>, outcome: Result<Answer, Refusal>) -> Response {
    let (answer, encryption) = match outcome {
        Ok(answered) => answered,
        Err(refusal) => return refusal.into_response(service),
    };
    let json = answer.to_json();
    let response = match encryption {
        None => answer::json(service, answer.status(), json),
        Some(encryption) => match encryption.encrypt(&json, &mut &service.dice) {
            Ok(jwe) => answer::typed(service, answer.status(), MediaType::Jwt.as_str(), jwe),
            Err(fault) => return Refusal::from(CredentialFault::from(fault)).into_response(service),
        },
    };
    service.crash.reach(Point::BeforeRelease);
    service.crash.reach_soon(Point::AfterRelease);
    response
}

impl<S: IssuerStore> Service<S> {
    async fn credential(&self, headers: &HeaderMap, body: &[u8]) -> Result<Answer, Refusal> {
        let now = self.clock.now()?;
        let view = self.granted(headers, "credential", now).await?;
        let media_type = super::media_type(headers)?;
        let request = CredentialRequest::receive(media_type, body, &self.encryption)?;
        let (id, configuration) = self.wanted(&view, &request.by)?;
        let keys = self.proven(&view, configuration, &request.proofs, now)?;
        let wanted = wanted(id, configuration, &keys, now);
        // A retry is recognised before its nonce is looked at (design D10).
        if let Some(batch) = view.batch(id, &wanted.keys_hash) {
            let batch = batch.id;
            return Ok((self.again(&view, &wanted, batch).await?, request.encryption));
        }
        let (thumbprints, keys_hash) = (keys.thumbprints().to_vec(), wanted.keys_hash);
        let verified = keys.with_nonce(|nonce| self.mints.credential.check(nonce, now))?;
        let nonce = self.used_nonce(&verified)?;
        let keys = verified.keys().keys();
        let wanted = Wanted {
            configuration,
            id,
            keys,
            thumbprints: &thumbprints,
            keys_hash,
            nonce: Some(nonce),
            deferred: None,
            now,
        };
        let answer = if view.document.held {
            self.defer(&view, &wanted, nonce).await?
        } else {
            self.issue(&view, &wanted).await?
        };
        Ok((answer, request.encryption))
    }

    /// The configuration that is asked for, if the grant covers it.
    fn wanted<'s>(&'s self, view: &GrantView, by: &CredentialId) -> Result<(&'s str, &'s Configuration), Refusal> {
        let (CredentialId::Identifier(text) | CredentialId::Configuration(text)) = by;
        let unknown = || match by {
            CredentialId::Identifier(_) => ErrorCode::UnknownCredentialIdentifier,
            CredentialId::Configuration(_) => ErrorCode::UnknownCredentialConfiguration,
        };
        let found = self.desk.configurations().get_key_value(text.as_str());
        let (id, configuration) = found.ok_or_else(|| Refusal::new(unknown(), "this issuer has no such credential"))?;
        if configuration.document != view.grant.name {
            return Err(Refusal::new(unknown(), "the access token is for another credential"));
        }
        Ok((id, configuration))
    }

    fn proven(
        &self,
        view: &GrantView,
        configuration: &Configuration,
        proofs: &Proofs,
        now: Timestamp,
    ) -> Result<ProvenKeys, Refusal> {
        let required = self.key_attestation(configuration);
        let expected = ProofExpected {
            issuer: self.issuer.as_str(),
            client_id: view.grant.client_id.as_deref(),
            now,
            key_attestation: required.as_ref().map_or(KeyAttestationRule::Accepted, KeyAttestationRule::Required),
            providers: &self.providers.now(),
            max: self.config.batch_size.into(),
        };
        match proofs {
            Proofs::Jwt(proofs) => self.metrics.key_proofs.inc_by(proofs.len() as u64),
            Proofs::Attestation(_) => self.metrics.key_attestations.inc(),
        };
        Ok(proofs.verify(&expected)?)
    }

    /// What is demanded of the keys of a document (OpenID4VCI §12.2.4 `key_attestations_required`).
    pub(crate) fn key_attestation(&self, configuration: &Configuration) -> Option<KeyAttestationsRequired> {
        let accepted = self.config.key_storage.get(&configuration.document)?;
        let key_storage = accepted.iter().map(|level| level.clone().into()).collect();
        Some(KeyAttestationsRequired { key_storage, user_authentication: Vec::new() })
    }

    /// The nonce that all proofs share; it is used up by what comes of them.
    fn used_nonce(&self, verified: &VerifiedProofs) -> Result<UsedNonce, Refusal> {
        let [nonce, others @ ..] = verified.nonces() else { return Err(mapae_oid4vci::ProofFault::Missing.into()) };
        if others.iter().any(|other| other != nonce) {
            return Err(Refusal::new(ErrorCode::InvalidNonce, "the proofs have several nonces"));
        }
        // By the nonce's own time, not by ours: the store knows it by its end and its hash, whenever it comes again.
        let expires_at =
            self.mints.credential.remembered_until(nonce).ok_or(mapae_oid4vci::ProofFault::NonceInvalid)?;
        Ok(UsedNonce { hash: mapae_crypto::sha256(nonce.as_bytes()), expires_at })
    }

    async fn defer(
        &self,
        view: &GrantView,
        wanted: &Wanted<'_>,
        nonce: UsedNonce,
    ) -> Result<CredentialResponse, IssueFault> {
        let keys: Vec<Value> = wanted.keys.iter().map(|key| Value::Object(key.to_object())).collect();
        let new = NewDeferred {
            id: DeferredId::new(wanted.now, &mut &self.dice)?,
            grant: view.grant.id,
            configuration: wanted.id.to_owned(),
            keys: wanted.keys_hash,
            request: json::to_vec(&keys),
            nonce,
            at: wanted.now,
        };
        match self.store.defer(&new).await? {
            Deferral::Done => Ok(self.later(new.id)),
            Deferral::Same(id) => Ok(self.later(id)),
            Deferral::NonceUsed => Err(IssueFault::NonceUsed),
            Deferral::NotAllowed(state) => Err(IssueFault::State(state)),
            Deferral::Superseded | Deferral::Unknown => Err(IssueFault::GrantOver),
        }
    }

    fn later(&self, id: DeferredId) -> CredentialResponse {
        CredentialResponse::Deferred {
            transaction_id: self.seal.seal(TRANSACTION_ID, id),
            interval: self.config.deferred_interval.into(),
        }
    }

    async fn deferred(&self, headers: &HeaderMap, body: &[u8]) -> Result<Answer, Refusal> {
        let now = self.clock.now()?;
        let view = self.granted(headers, "deferred", now).await?;
        let request = DeferredRequest::receive(super::media_type(headers)?, body, &self.encryption)?;
        let unknown = || Refusal::new(ErrorCode::InvalidTransactionId, "there is no such transaction");
        let id = self.seal.open(TRANSACTION_ID, request.transaction_id.expose()).ok_or_else(unknown)?;
        let deferred = self.store.deferred(id).await?.ok_or_else(unknown)?;
        if deferred.grant != view.grant.id && deferred.grant != view.grant.root {
            return Err(unknown());
        }
        let by = CredentialId::Configuration(deferred.configuration.clone());
        let (id, configuration) = self.wanted(&view, &by)?;
        let keys = kept_keys(&deferred)?;
        let thumbprints: Vec<[u8; 32]> = keys.iter().map(Jwk::thumbprint).collect();
        let wanted = Wanted {
            configuration,
            id,
            keys: &keys,
            thumbprints: &thumbprints,
            keys_hash: hash_of(&thumbprints),
            nonce: None,
            deferred: Some(deferred.id),
            now,
        };
        let answer = match deferred.state {
            DeferredState::Waiting if view.document.held && view.document.state.slot().is_some() => {
                self.later(deferred.id)
            }
            DeferredState::Waiting => self.issue(&view, &wanted).await?,
            // OpenID4VCI §9.2: no longer good once the wallet has the copies. Until it says so, an answer may have been
            // lost on its way (design D10).
            DeferredState::Issued(batch) => match self.store.batch(batch).await? {
                Some(stored) if stored.notified.is_none() => self.again(&view, &wanted, batch).await?,
                _ => return Err(unknown()),
            },
            DeferredState::Refused => {
                let why = "the application was refused";
                return Err(Refusal::new(ErrorCode::CredentialRequestDenied, why));
            }
        };
        Ok((answer, request.encryption))
    }
}

fn wanted<'a>(id: &'a str, configuration: &'a Configuration, keys: &'a ProvenKeys, now: Timestamp) -> Wanted<'a> {
    Wanted {
        configuration,
        id,
        keys: keys.keys(),
        thumbprints: keys.thumbprints(),
        keys_hash: keys.keys_hash(),
        nonce: None,
        deferred: None,
        now,
    }
}

/// The keys of a request that was put off. They were proven then.
fn kept_keys(deferred: &Deferred) -> Result<Vec<Jwk>, Refusal> {
    let broken = || Refusal::ours("a deferred request that cannot be read");
    let Ok(Value::Array(keys)) = json::parse(&deferred.request) else { return Err(broken()) };
    keys.iter().map(|key| Jwk::from_value(key).map_err(|_| broken())).collect()
}

/// As [`ProvenKeys::keys_hash`] makes it.
fn hash_of(thumbprints: &[[u8; 32]]) -> [u8; 32] {
    let mut sorted: Vec<&[u8]> = thumbprints.iter().map(<[u8; 32]>::as_slice).collect();
    sorted.sort_unstable();
    mapae_crypto::sha256_of(&sorted)
}

/// `POST /notification` (OpenID4VCI §11).
pub(super) async fn notification<S: IssuerStore>(
    State(service): State<Arc<Service<S>>>,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Response {
    match service.notified(&headers, &body).await {
        Ok(()) => answer::empty(&service),
        Err(refusal) => refusal.into_response(&service),
    }
}

impl<S: IssuerStore> Service<S> {
    async fn notified(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
        let now = self.clock.now()?;
        let view = self.granted(headers, "notification", now).await?;
        if !matches!(super::media_type(headers), Ok(MediaType::Json)) {
            return Err(Refusal::new(ErrorCode::InvalidNotificationRequest, "application/json is expected"));
        }
        let request = mapae_oid4vci::NotificationRequest::parse(body)?;
        let unknown = || Refusal::new(ErrorCode::InvalidNotificationId, "there is no such notification_id");
        let batch = self.seal.open(NOTIFICATION_ID, request.notification_id.expose()).ok_or_else(unknown)?;
        let stored = self.store.batch(batch).await?.filter(|stored| stored.document == view.document.id);
        let stored = stored.ok_or_else(unknown)?;
        self.crash.reach(Point::Acknowledge);
        let event = match request.event {
            mapae_oid4vci::NotificationEvent::Accepted => NotificationEvent::Accepted,
            mapae_oid4vci::NotificationEvent::Failure => NotificationEvent::Failure,
            mapae_oid4vci::NotificationEvent::Deleted => NotificationEvent::Deleted,
        };
        self.store.acknowledge(stored.id, event, now).await?.ok_or_else(unknown)?;
        Ok(())
    }
}
