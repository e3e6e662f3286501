//! From an offer, or from a grant that is there, to copies on the disk: every step looks at what the card says and does
//! what is missing, so a run that was cut off goes on where it stopped.

use std::path::PathBuf;

use anyhow::Context as _;
use mapae_crypto::{PublicKey, SigningKey};
use mapae_oid4vci::{
    CredentialFormat, CredentialOffer, NotificationEvent, OfferSource,
    wallet::{
        AwaitingOffer, Context, Discovery, Endpoint, Exchange, Grant, Issuer, IssuerFault, KeyProofs, MetadataTrust,
        OfferFault, Outcome as Answered, ProofKind, WalletAttestation, WalletError, WalletKey, WalletProvider, Wanted,
    },
};
use mapae_trust::TrustStore;
use mapae_types::{Duration, Timestamp};
use mapae_x509::{Certificate, TrustAnchor};

use super::{
    card::{AttestedClient, Batch, Card, DeviceKey, Stamp, State, Verdict},
    session::{Identity, Session, Stopped},
    trust,
    vault::{CardId, Vault},
};
use crate::{
    failure::{Failure, OrUsage as _, Outcome},
    files,
};

/// How often a request is sent again with another nonce.
const NONCES: usize = 3;

/// Everything that an errand of the wallet needs.
pub(super) struct Errand<'a> {
    pub(super) vault: &'a Vault,
    pub(super) id: CardId,
    pub(super) card: Card,
    pub(super) session: Session,
    pub(super) anchors: Vec<TrustAnchor>,
    pub(super) store: Option<TrustStore>,
    pub(super) provider: Option<String>,
    pub(super) copies: usize,
}

impl Errand<'_> {
    pub(super) fn save(&self) -> anyhow::Result<()> {
        self.vault.write(&self.id, &self.card)
    }

    /// The offer, fetched once.
    pub(super) fn offer(&mut self) -> Outcome<CredentialOffer> {
        if let Some(offer) = &self.card.offer {
            return Ok(CredentialOffer::parse(offer.as_bytes())?);
        }
        let unreadable = |error| Failure::from(Stopped::from(WalletError::from(OfferFault::Unreadable(error))));
        let offer = match OfferSource::parse(&self.card.link).map_err(unreadable)? {
            OfferSource::Value(offer) => *offer,
            OfferSource::Reference(url) => self.run(|context| AwaitingOffer::begin(&url, context))?,
        };
        self.card.offer = Some(String::from_utf8(offer.to_json())?);
        self.save()?;
        Ok(offer)
    }

    /// What the issuer says of itself, fetched each time.
    pub(super) fn discover(&mut self, offer: &CredentialOffer) -> Outcome<Issuer> {
        let anchors = std::mem::take(&mut self.anchors);
        let trust = if anchors.is_empty() { MetadataTrust::Transport } else { MetadataTrust::Signed(&anchors) };
        let server = self.run(|context| Discovery::begin(offer.issuer.clone(), trust, context))?;
        let issuer = self.run(|_| Ok(server))?;
        self.anchors = anchors;
        Ok(issuer)
    }

    /// An attestation of this wallet that is still good, if there is a wallet provider.
    pub(super) fn attest_wallet(&mut self) -> Outcome<()> {
        let Some(provider) = self.provider.clone().or_else(|| self.card.client.as_ref().map(|c| c.provider.clone()))
        else {
            return Ok(());
        };
        let now = self.session.now()?;
        if self.attestation()?.is_some_and(|attestation| attestation.expires_at() > now) {
            return Ok(());
        }
        // The key stays: refresh tokens are bound to it (client attestation draft §10.3).
        let client = match self.card.client.take() {
            Some(client) => AttestedClient { provider, ..client },
            None => AttestedClient { provider, key: DeviceKey::generate()?, attestation: None },
        };
        self.card.client = Some(client);
        self.save()?;
        let instance = self.vault.instance_key()?;
        let Some(client) = &self.card.client else { return Ok(()) };
        let wallet_provider = WalletProvider::new(&client.provider, &instance.0);
        let alone = Identity { device: &self.card.device_key.0, client: None };
        let attested = self.session.run(alone, |context| wallet_provider.attest_wallet(&client.key.0, context))?;
        if let Some(client) = &mut self.card.client {
            client.attestation = Some(attested.to_object());
        }
        Ok(self.save()?)
    }

    fn attestation(&self) -> Outcome<Option<WalletAttestation>> {
        let stored = self.card.client.as_ref().and_then(|client| client.attestation.as_ref());
        Ok(stored.map(WalletAttestation::from_object).transpose()?)
    }

    /// Runs an exchange as this card's device.
    pub(super) fn run<E: Exchange>(
        &mut self,
        begin: impl FnOnce(&mut Context<'_>) -> Result<E, WalletError>,
    ) -> Result<E::Done, Stopped> {
        let stored = self.card.client.as_ref().and_then(|client| Some((client.attestation.as_ref()?, &client.key.0)));
        let client = stored.map(|(object, key)| Ok((WalletAttestation::from_object(object)?, key)));
        let client: Option<(WalletAttestation, &SigningKey)> = client.transpose().map_err(Stopped::Protocol)?;
        let client = client.as_ref().map(|(attestation, key)| (attestation, *key));
        self.session.run(Identity { device: &self.card.device_key.0, client }, begin)
    }

    pub(super) fn grant(&self) -> Outcome<Option<Grant>> {
        Ok(self.card.grant.as_ref().map(Grant::from_object).transpose()?)
    }

    pub(super) fn set_grant(&mut self, grant: &Grant) -> Outcome<()> {
        self.card.grant = Some(grant.to_object());
        Ok(self.save()?)
    }

    /// A grant whose access token still serves.
    pub(super) fn current_grant(&mut self, issuer: &Issuer) -> Outcome<Grant> {
        let grant = self.grant()?.context("the card has no grant")?;
        // A token that ends while it is on its way would be refused.
        let soon = self.session.now()? + Duration::seconds(10);
        if grant.expires_at() > soon || !grant.is_refillable() {
            return Ok(grant);
        }
        let renewed = self.run(|context| issuer.refresh(&grant, context))?;
        self.set_grant(&renewed)?;
        Ok(renewed)
    }

    /// Notes, with their keys, the copies that are about to be asked for.
    pub(super) fn plan_batches(&mut self, issuer: &Issuer, configurations: &[String]) -> Outcome<()> {
        let count = self.copies.min(issuer.batch_size());
        let asked_at = Stamp(self.session.now()?);
        for id in configurations {
            let document_type = match &issuer.configuration(id)?.format {
                CredentialFormat::Mdoc { doctype } => doctype.clone(),
                CredentialFormat::SdJwt { vct } => vct.clone(),
                _ => String::new(),
            };
            let keys = (0..count).map(|_| DeviceKey::generate()).collect::<Result<Vec<_>, _>>()?;
            let configuration = id.clone();
            self.card.batches.push(Batch { configuration, document_type, asked_at, keys, state: State::Asked });
        }
        // On the disk before the issuer hears of them.
        Ok(self.save()?)
    }

    /// Fetches what is missing; what the issuer needs longer for stays missing, and the time to ask again is returned.
    pub(super) fn fetch_missing(&mut self, issuer: &Issuer) -> Outcome<Option<Timestamp>> {
        let mut later = None;
        for index in 0..self.card.batches.len() {
            match self.fetch(issuer, index)? {
                None => self.settle(issuer, index)?,
                Some(not_before) => later = later.max(Some(not_before)),
            }
        }
        self.card.drop_replaced();
        self.save()?;
        Ok(later)
    }

    fn fetch(&mut self, issuer: &Issuer, index: usize) -> Outcome<Option<Timestamp>> {
        let batch = &self.card.batches[index];
        let answered = match &batch.state {
            State::Held(_) => return Ok(None),
            State::Deferred { not_before, .. } if self.session.now()? < not_before.0 => return Ok(Some(not_before.0)),
            State::Deferred { .. } => self.poll(issuer, index)?,
            State::Asked => self.ask(issuer, index)?,
        };
        let state = match answered {
            Answered::Issued(copies) => State::issued(copies),
            Answered::Deferred(deferred) => State::deferred(&deferred),
            Answered::NonceStale => return Err(anyhow::anyhow!("the issuer refused {NONCES} nonces of its own").into()),
        };
        self.card.batches[index].state = state;
        // Here the copies are safe.
        self.save()?;
        Ok(self.card.batches[index].deferred().map(|deferred| deferred.not_before))
    }

    fn poll(&mut self, issuer: &Issuer, index: usize) -> Outcome<Answered> {
        let grant = self.current_grant(issuer)?;
        let batch = &self.card.batches[index];
        let deferred = batch.deferred().context("nothing is deferred")?;
        let keys: Vec<PublicKey> = batch.keys.iter().map(|key| key.0.public().clone()).collect();
        let configuration = batch.configuration.clone();
        Ok(self.run(|context| issuer.poll(&grant, &configuration, &deferred, keys, Wanted::Encrypted, context))?)
    }

    fn ask(&mut self, issuer: &Issuer, index: usize) -> Outcome<Answered> {
        let grant = self.current_grant(issuer)?;
        let mut answered = Answered::NonceStale;
        for _ in 0..NONCES {
            answered = self.ask_once(issuer, &grant, index)?;
            if !matches!(answered, Answered::NonceStale) {
                break;
            }
        }
        Ok(answered)
    }

    fn ask_once(&mut self, issuer: &Issuer, grant: &Grant, index: usize) -> Outcome<Answered> {
        let nonce = self.nonce(issuer)?;
        let nonce = nonce.as_deref();
        let kind = issuer.proof_kind(&self.card.batches[index].configuration, self.card.client.is_some())?;
        let attestation = if kind == ProofKind::Jwt { None } else { Some(self.attest_keys(index, nonce)?) };
        let batch = &self.card.batches[index];
        let (public, signing): (Vec<PublicKey>, Vec<&dyn WalletKey>) =
            batch.keys.iter().map(|key| (key.0.public().clone(), &key.0 as &dyn WalletKey)).unzip();
        let proofs = match &attestation {
            Some(attestation) if kind == ProofKind::Attestation => {
                KeyProofs::Attestation { keys: &public, attestation }
            }
            _ => KeyProofs::Jwt { keys: &signing, nonce, attestation: attestation.as_deref() },
        };
        let stored = self.attestation()?;
        let key = self.card.client.as_ref().map(|client| &client.key.0);
        let identity = Identity { device: &self.card.device_key.0, client: stored.as_ref().zip(key) };
        let configuration = &batch.configuration;
        let begin =
            |context: &mut Context<'_>| issuer.request(grant, configuration, proofs, Wanted::Encrypted, context);
        Ok(self.session.run(identity, begin)?)
    }

    fn nonce(&mut self, issuer: &Issuer) -> Outcome<Option<String>> {
        if issuer.metadata().nonce_endpoint.is_none() {
            return Ok(None);
        }
        let begin = |context: &mut Context<'_>| {
            let none = IssuerFault::NoEndpoint { at: Endpoint::Nonce };
            issuer.nonce(context)?.ok_or_else(|| none.into())
        };
        Ok(Some(self.run(begin)?))
    }

    fn attest_keys(&mut self, index: usize, nonce: Option<&str>) -> Outcome<String> {
        let instance = self.vault.instance_key()?;
        let provider = self.card.client.as_ref().map(|client| client.provider.as_str());
        let provider = WalletProvider::new(provider.context("no wallet provider")?, &instance.0);
        let keys: Vec<&dyn WalletKey> =
            self.card.batches[index].keys.iter().map(|key| &key.0 as &dyn WalletKey).collect();
        let alone = Identity { device: &self.card.device_key.0, client: None };
        Ok(self.session.run(alone, |context| provider.attest_keys(&keys, nonce, context))?)
    }

    /// Judges what came, and tells the issuer that it is here.
    fn settle(&mut self, issuer: &Issuer, index: usize) -> Outcome<()> {
        if let Some(store) = &self.store {
            let verdict = trust::judge(store, &self.card.batches[index], self.session.now()?)?;
            if let Some(held) = self.card.batches[index].held_mut() {
                held.verdict = Some(verdict);
            }
            self.save()?;
        }
        self.notify(issuer, index)
    }

    /// Silence is acceptance (design D10), so a notification that fails is tried again another time.
    fn notify(&mut self, issuer: &Issuer, index: usize) -> Outcome<()> {
        let Some(held) = self.card.batches[index].held() else { return Ok(()) };
        let Some(notification) = held.notify.clone() else { return Ok(()) };
        let refused = matches!(held.verdict, Some(Verdict::Refused(_)));
        let event = if refused { NotificationEvent::Failure } else { NotificationEvent::Accepted };
        let grant = self.current_grant(issuer)?;
        let begin = |context: &mut Context<'_>| {
            let none = IssuerFault::NoEndpoint { at: Endpoint::Notification };
            issuer.notify(&grant, &notification, event, context)?.ok_or_else(|| none.into())
        };
        match self.run(begin) {
            Ok(()) => self.notified(index),
            Err(_) => Ok(()),
        }
    }

    fn notified(&mut self, index: usize) -> Outcome<()> {
        if let Some(held) = self.card.batches[index].held_mut() {
            held.notify = None;
        }
        Ok(self.save()?)
    }
}

/// The roots that may vouch for an issuer's metadata.
pub(super) fn read_anchors(paths: &[PathBuf]) -> Outcome<Vec<TrustAnchor>> {
    let mut anchors = Vec::new();
    for path in paths {
        let unusable = || format!("{} is not a root certificate", path.display());
        let pem = files::read_text(path).map_err(Failure::Usage)?;
        anchors.push(TrustAnchor::new(Certificate::from_pem(&pem).or_usage(unusable)?).or_usage(unusable)?);
    }
    Ok(anchors)
}
