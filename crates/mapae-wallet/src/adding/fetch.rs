//! From a grant to copies: each batch is planned with its keys, asked for, looked at, and the issuer told.

use std::sync::Arc;

use mapae_crypto::PublicKey;
use mapae_oid4vci::{
    CredentialFormat, NotificationEvent,
    wallet::{
        Context, Endpoint, Grant, Issued, Issuer, IssuerFault, KeyProofs, Outcome, ProofKind, WalletKey,
        WalletProvider, Wanted,
    },
};
use mapae_types::Timestamp;

use super::{
    errand::{Errand, Kept},
    judge,
    offer::words,
    person,
};
use crate::{Batch, Card, HeldCopy, HeldKey, Stamp, State, Stopped, Verdict, error::Halt, record::forget};

/// How often a request is sent again with another nonce.
const NONCES: usize = 3;

impl Errand {
    /// Fetches what is missing; the time to ask again for what the issuer needs longer for is returned.
    pub(super) async fn fetch_missing(&mut self, issuer: &Issuer) -> Result<Option<Timestamp>, Halt> {
        let mut later = None;
        for index in 0..self.look(|card| card.batches.len())? {
            match self.fetch(issuer, index).await? {
                None => self.settle(issuer, index).await?,
                Some(not_before) => later = later.max(Some(not_before)),
            }
        }
        self.drop_replaced().await?;
        Ok(later)
    }

    /// Notes, with their keys, the copies that are about to be asked for: before the issuer hears of them.
    pub(super) async fn plan(&mut self, issuer: &Issuer, configurations: &[String]) -> Result<(), Halt> {
        let count = self.look(|card| card.copies)?.clamp(1, issuer.batch_size());
        let asked_at = Stamp(self.line.outside.now());
        let mut batches = Vec::new();
        for configuration in configurations {
            let announced = issuer.configuration(configuration)?;
            let document_type = match &announced.format {
                CredentialFormat::Mdoc { doctype } => doctype.clone(),
                CredentialFormat::SdJwt { vct } => vct.clone(),
                _ => String::new(),
            };
            let title = announced.credential_metadata.as_ref().and_then(|shown| words(&shown.display));
            let keys = self.line.outside.make_held_keys(count).await?;
            let configuration = configuration.clone();
            batches.push(Batch { configuration, document_type, title, asked_at, keys, state: State::Asked });
        }
        self.change(|card| card.batches.extend(batches)).await
    }

    async fn fetch(&mut self, issuer: &Issuer, index: usize) -> Result<Option<Timestamp>, Halt> {
        let now = self.line.outside.now();
        let answered = match self.batch(index, |batch| batch.state.clone())? {
            State::Held(_) | State::Refused { .. } => return Ok(None),
            State::Deferred { not_before, .. } if now < not_before.0 => return Ok(Some(not_before.0)),
            State::Deferred { .. } => self.poll(issuer, index).await?,
            State::Asked => self.ask(issuer, index).await?,
        };
        match answered {
            Outcome::Issued(came) => self.keep(&came, index).await.map(|()| None),
            Outcome::Deferred(deferred) => {
                self.change_batch(index, |batch| batch.state = State::deferred(&deferred)).await?;
                Ok(Some(deferred.not_before))
            }
            Outcome::NonceStale => Err(Stopped::NoncesRefused.into()),
        }
    }

    /// Keeps the copies, if they are this wallet's person's (hole 18 of the peers); from then on they are safe.
    async fn keep(&mut self, issued: &Issued, index: usize) -> Result<(), Halt> {
        let copies: Vec<HeldCopy> = issued.copies.iter().map(HeldCopy::of).collect();
        let catalogue = self.wallet.lock().catalogue.clone();
        let name = self.batch(index, |batch| batch.configuration.clone())?;
        let is_same = person::is_same(&self.wallet.lock().cards, &self.id, &name, &copies, catalogue.as_deref());
        if is_same {
            return self.change_batch(index, |batch| batch.state = State::issued(issued)).await;
        }
        let notify = issued.notification_id.clone();
        self.change_and(|card| {
            let Some(batch) = card.batches.get_mut(index) else { return Vec::new() };
            batch.state = State::Refused { notify };
            forget(std::mem::take(&mut batch.keys).iter())
        })
        .await
    }

    async fn poll(&mut self, issuer: &Issuer, index: usize) -> Result<Outcome, Halt> {
        let grant = self.current_grant(issuer).await?;
        let (configuration, deferred, keys) =
            self.batch(index, |batch| (batch.configuration.clone(), batch.deferred(), public(&batch.keys)))?;
        let deferred = deferred.ok_or(Stopped::CardUnknown)?;
        self.run(|context| issuer.poll(&grant, &configuration, &deferred, keys.clone(), Wanted::Encrypted, context))
            .await
    }

    async fn ask(&mut self, issuer: &Issuer, index: usize) -> Result<Outcome, Halt> {
        let grant = self.current_grant(issuer).await?;
        let mut answered = Outcome::NonceStale;
        for _ in 0..NONCES {
            answered = self.ask_once(issuer, &grant, index).await?;
            if !matches!(answered, Outcome::NonceStale) {
                break;
            }
        }
        Ok(answered)
    }

    async fn ask_once(&mut self, issuer: &Issuer, grant: &Grant, index: usize) -> Result<Outcome, Halt> {
        let nonce = self.nonce(issuer).await?;
        let nonce = nonce.as_deref();
        let (configuration, held) = self.batch(index, |batch| (batch.configuration.clone(), batch.keys.clone()))?;
        let provider = self.look(|card| card.client.as_ref().map(|client| client.provider.clone()))?;
        let kind = issuer.proof_kind(&configuration, provider.is_some())?;
        let attestation = match provider.filter(|_| kind != ProofKind::Jwt) {
            Some(provider) => Some(self.attest_keys(&provider, &held, nonce).await?),
            None => None,
        };
        let keys: Vec<Arc<dyn WalletKey>> = held.iter().map(|key| self.key(key)).collect();
        let signing: Vec<&dyn WalletKey> = keys.iter().map(|key| &**key).collect();
        let public = public(&held);
        let proofs = match &attestation {
            Some(attestation) if kind == ProofKind::Attestation => {
                KeyProofs::Attestation { keys: &public, attestation }
            }
            _ => KeyProofs::Jwt { keys: &signing, nonce, attestation: attestation.as_deref() },
        };
        self.run(|context| issuer.request(grant, &configuration, proofs, Wanted::Encrypted, context)).await
    }

    async fn nonce(&mut self, issuer: &Issuer) -> Result<Option<String>, Halt> {
        if issuer.metadata().nonce_endpoint.is_none() {
            return Ok(None);
        }
        let begin = |context: &mut Context<'_>| {
            let none = IssuerFault::NoEndpoint { at: Endpoint::Nonce };
            issuer.nonce(context)?.ok_or_else(|| none.into())
        };
        self.run(begin).await.map(Some)
    }

    async fn attest_keys(&mut self, provider: &str, held: &[HeldKey], nonce: Option<&str>) -> Result<String, Halt> {
        let instance = self.wallet.instance(&self.line.outside).await?;
        let instance = self.key(&instance);
        let keys: Vec<Arc<dyn WalletKey>> = held.iter().map(|key| self.key(key)).collect();
        let keys: Vec<&dyn WalletKey> = keys.iter().map(|key| &**key).collect();
        let provider = WalletProvider::new(provider, &*instance);
        self.run_alone(|context| provider.attest_keys(&keys, nonce, context)).await
    }

    /// Judges what came, and tells the issuer what became of it.
    async fn settle(&mut self, issuer: &Issuer, index: usize) -> Result<(), Halt> {
        let trust = self.wallet.lock().trust.clone();
        let is_open = self.batch(index, Batch::is_unjudged)?;
        if let Some(trust) = trust.filter(|_| is_open) {
            let batch = self.batch(index, Clone::clone)?;
            let verdict = judge::judge(&trust, &batch, &self.line.outside).await?;
            self.change_batch(index, |batch| set_verdict(batch, verdict)).await?;
        }
        self.notify(issuer, index).await
    }

    /// Silence is acceptance (design D10), so a notification that fails is tried again another time.
    async fn notify(&mut self, issuer: &Issuer, index: usize) -> Result<(), Halt> {
        let Some((notification, event)) = self.batch(index, news)? else { return Ok(()) };
        match self.tell(issuer, &notification, event).await {
            Ok(()) => self.change_batch(index, notified).await,
            Err(_) => Ok(()),
        }
    }

    async fn tell(&mut self, issuer: &Issuer, notification: &str, event: NotificationEvent) -> Result<(), Halt> {
        let grant = self.current_grant(issuer).await?;
        let begin = |context: &mut Context<'_>| {
            let none = IssuerFault::NoEndpoint { at: Endpoint::Notification };
            issuer.notify(&grant, notification, event, context)?.ok_or_else(|| none.into())
        };
        self.run(begin).await
    }

    async fn drop_replaced(&mut self) -> Result<(), Halt> {
        self.change_and(|card| card.drop_replaced().iter().flat_map(|batch| forget(batch.keys.iter())).collect()).await
    }

    fn batch<R>(&self, index: usize, at: impl FnOnce(&Batch) -> R) -> Result<R, Halt> {
        Ok(self.look(|card| card.batches.get(index).map(at))?.ok_or(Stopped::CardUnknown)?)
    }

    fn change_batch(&self, index: usize, change: impl FnOnce(&mut Batch)) -> Kept<'_> {
        self.change(|card: &mut Card| {
            if let Some(batch) = card.batches.get_mut(index) {
                change(batch);
            }
        })
    }
}

fn public(keys: &[HeldKey]) -> Vec<PublicKey> {
    keys.iter().map(|key| key.public.clone()).collect()
}

fn set_verdict(batch: &mut Batch, verdict: Verdict) {
    if let Some(held) = batch.held_mut() {
        held.verdict = Some(verdict);
    }
}

/// What the issuer wants to hear of a batch, and has not.
fn news(batch: &Batch) -> Option<(String, NotificationEvent)> {
    match &batch.state {
        State::Held(held) if !held.is_refused() => Some((held.notify.clone()?, NotificationEvent::Accepted)),
        State::Held(held) => Some((held.notify.clone()?, NotificationEvent::Failure)),
        State::Refused { notify } => Some((notify.clone()?, NotificationEvent::Failure)),
        State::Asked | State::Deferred { .. } => None,
    }
}

fn notified(batch: &mut Batch) {
    match &mut batch.state {
        State::Held(held) => held.notify = None,
        State::Refused { notify } => *notify = None,
        State::Asked | State::Deferred { .. } => {}
    }
}
