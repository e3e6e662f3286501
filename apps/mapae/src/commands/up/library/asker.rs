//! Somebody who asks: an access certificate, its key, and what is registered of them.

use std::path::Path;

use mapae_crypto::SigningKey;
use mapae_oid4vp::{
    ResponseMode,
    verifier::{Naming, PendingPresentation, RequestDraft},
};
use mapae_trust::Registration;
use mapae_types::{Timestamp, UseClass};
use mapae_x509::x509_hash_client_id;

use super::kinds::{Asked, Kind};
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

    /// What the check of an answer is for.
    pub(super) const fn use_class(&self) -> &UseClass {
        self.registration.use_class()
    }

    /// Its name in the protocol.
    pub(super) fn client_id(&self) -> String {
        x509_hash_client_id(self.registration.certificate())
    }

    /// A request of its own nonce, state and key, whose answer goes to `response_uri`.
    pub(super) fn ask(
        &self,
        (kind, format): (Kind, Asked),
        response_uri: &str,
        now: Timestamp,
    ) -> Outcome<PendingPresentation> {
        let (age, lifetime) = kind.age();
        let draft = RequestDraft {
            chain: std::slice::from_ref(self.registration.certificate()),
            naming: Naming::CertificateHash,
            response_uri,
            response_mode: ResponseMode::DirectPostJwt,
            query: &kind.query(format)?,
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
