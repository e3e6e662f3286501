//! Somebody who asks: an access certificate, its key, and what is registered of them.

use std::path::Path;

use mapae_crypto::SigningKey;
use mapae_oid4vp::{
    ResponseMode,
    verifier::{Naming, PendingPresentation, RequestDraft},
};
use mapae_trust::Registration;
use mapae_types::Timestamp;

use super::kinds::Kind;
use crate::{authority::read_key, environment::SystemEntropy, failure::Outcome, registrar::RelyingParty};

pub(super) struct Asker {
    registration: Registration,
    key: SigningKey,
}

impl Asker {
    /// The directory of a relying party.
    pub(super) fn open(dir: &Path) -> Outcome<Self> {
        let registration = RelyingParty::open(dir)?.registration().clone();
        Ok(Self { registration, key: read_key(&dir.join("access.key"))? })
    }

    /// A request of its own nonce, state and key, whose answer goes to `response_uri`.
    pub(super) fn ask(&self, kind: Kind, response_uri: &str, now: Timestamp) -> Outcome<PendingPresentation> {
        let (age, lifetime) = kind.age();
        let draft = RequestDraft {
            chain: std::slice::from_ref(self.registration.certificate()),
            naming: Naming::CertificateHash,
            response_uri,
            response_mode: ResponseMode::DirectPostJwt,
            query: &kind.query()?,
            purpose: self.registration.purposes().first().map(mapae_trust::Names::ko),
            lifetime,
        };
        Ok(draft.begin(now - age, &mut SystemEntropy)?)
    }

    /// The request object, signed.
    pub(super) fn sign(&self, pending: &PendingPresentation, wallet_nonce: Option<&str>) -> Outcome<String> {
        let unsigned = pending.request_object(wallet_nonce);
        let signature = self.key.sign(unsigned.to_be_signed())?;
        Ok(unsigned.attach(&signature))
    }
}
