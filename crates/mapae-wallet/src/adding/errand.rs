//! An errand at one card.

use core::pin::Pin;
use std::sync::Arc;

use mapae_oid4vci::{
    CredentialOffer,
    wallet::{Context, Exchange, Grant, Issuer, WalletAttestation, WalletError, WalletKey, WalletProvider},
};
use mapae_types::Duration;

use super::{
    issuer,
    line::{Course, Identity, Line, Steps},
};
use crate::{Card, CardId, Change, HeldKey, Stopped, Wallet, card::AttestedClient, error::Halt, record::Changed};

/// Longer than a request is on its way.
const ON_ITS_WAY: Duration = Duration::seconds(10);

/// A change of the card that is on its way to be kept.
pub(super) type Kept<'e> = Pin<Box<dyn Future<Output = Result<(), Halt>> + Send + 'e>>;

/// An errand at one card.
pub(super) struct Errand {
    pub(super) wallet: Wallet,
    pub(super) id: CardId,
    pub(super) line: Line,
}

impl Errand {
    /// Looks at the card as it is now.
    pub(super) fn look<R>(&self, at: impl FnOnce(&Card) -> R) -> Result<R, Halt> {
        Ok(self.wallet.lock().cards.get(self.id.as_str()).map(at).ok_or(Stopped::CardUnknown)?)
    }

    /// Changes the card, durably.
    pub(super) fn change(&self, change: impl FnOnce(&mut Card)) -> Kept<'_> {
        self.change_and(|card| {
            change(card);
            Vec::new()
        })
    }

    /// Changes the card and what belongs to it, all or nothing.
    pub(super) fn change_and(&self, change: impl FnOnce(&mut Card) -> Vec<Change>) -> Kept<'_> {
        self.kept(self.wallet.change_card(&self.id, change))
    }

    /// One future for all changes: each kind would have one of its own.
    fn kept(&self, changed: Result<Changed, Halt>) -> Kept<'_> {
        Box::pin(async move { self.wallet.keep_change(&self.line.outside, &self.id, changed?).await })
    }

    pub(super) fn offer(&self) -> Result<CredentialOffer, Halt> {
        issuer::parse(&self.look(|card| card.offer.clone())?)
    }

    pub(super) async fn discover(&mut self, offer: &CredentialOffer) -> Result<Issuer, Halt> {
        issuer::discover(&self.wallet, &mut self.line, offer).await
    }

    pub(super) fn key(&self, held: &HeldKey) -> Arc<dyn WalletKey> {
        Arc::new(self.line.key(held))
    }

    /// Runs an exchange as this card's device.
    pub(super) async fn run<E: Exchange<Done: Send> + Clone + Send>(
        &mut self,
        begin: impl Fn(&mut Context<'_>) -> Result<E, WalletError> + Send,
    ) -> Result<E::Done, Halt> {
        let mut course = Course::new(begin);
        self.follow(true, &mut course).await?;
        Ok(course.end())
    }

    /// Runs an exchange with the wallet provider, to whom the wallet proves itself otherwise.
    pub(super) async fn run_alone<E: Exchange<Done: Send> + Clone + Send>(
        &mut self,
        begin: impl Fn(&mut Context<'_>) -> Result<E, WalletError> + Send,
    ) -> Result<E::Done, Halt> {
        let mut course = Course::new(begin);
        self.follow(false, &mut course).await?;
        Ok(course.end())
    }

    fn follow<'e>(&'e mut self, attested: bool, course: &'e mut (dyn Steps + Send)) -> Kept<'e> {
        Box::pin(async move {
            let identity = if attested { self.attested()? } else { self.alone()? };
            self.line.drive(&identity, course).await
        })
    }

    fn alone(&self) -> Result<Identity, Halt> {
        let device = self.look(|card| card.device_key.clone())?;
        Ok(Identity { device: self.key(&device), client: None })
    }

    /// The device, and what its provider says of it, if anything.
    fn attested(&self) -> Result<Identity, Halt> {
        let alone = self.alone()?;
        let client = self.look(|card| card.client.clone())?;
        let Some(AttestedClient { key, attestation: Some(object), .. }) = client else { return Ok(alone) };
        Ok(Identity { client: Some((WalletAttestation::from_object(&object)?, self.key(&key))), ..alone })
    }

    /// An attestation of this wallet that is still good, if there is a wallet provider.
    pub(super) async fn attest_wallet(&mut self) -> Result<(), Halt> {
        let of_card = self.look(|card| card.client.clone())?;
        let provider =
            self.wallet.lock().provider.clone().or_else(|| of_card.as_ref().map(|client| client.provider.clone()));
        let Some(provider) = provider else { return Ok(()) };
        let now = self.line.outside.now();
        let held = of_card.as_ref().and_then(|client| client.attestation.as_ref());
        let held = held.map(WalletAttestation::from_object).transpose()?;
        if held.is_some_and(|held| held.expires_at() > now) {
            return Ok(());
        }
        let key = self.client_key(&provider, of_card).await?;
        let instance = self.wallet.instance(&self.line.outside).await?;
        let (instance, named) = (self.key(&instance), self.key(&key));
        let asked = WalletProvider::new(&provider, &*instance);
        let attested = self.run_alone(|context| asked.attest_wallet(&*named, context)).await?;
        let attestation = Some(attested.to_object());
        self.change(|card| card.client = Some(AttestedClient { provider: provider.clone(), key, attestation })).await
    }

    /// The key that the attestation names. It stays: refresh tokens are bound to it (client attestation draft §10.3).
    async fn client_key(&self, provider: &str, client: Option<AttestedClient>) -> Result<HeldKey, Halt> {
        if let Some(client) = client {
            return Ok(client.key);
        }
        let key = self.line.outside.make_key().await?;
        let client = AttestedClient { provider: provider.to_owned(), key: key.clone(), attestation: None };
        self.change(|card| card.client = Some(client)).await?;
        Ok(key)
    }

    pub(super) fn grant(&self) -> Result<Option<Grant>, Halt> {
        let stored = self.look(|card| card.grant.clone())?;
        Ok(stored.as_ref().map(Grant::from_object).transpose()?)
    }

    /// With a grant nobody needs to sign in any more.
    pub(super) async fn set_grant(&self, grant: &Grant) -> Result<(), Halt> {
        self.change(|card| {
            card.grant = Some(grant.to_object());
            card.sign_in = None;
        })
        .await
    }

    /// A grant whose access token still serves when it arrives.
    pub(super) async fn current_grant(&mut self, issuer: &Issuer) -> Result<Grant, Halt> {
        let grant = self.grant()?.ok_or(Stopped::CardUnfinished)?;
        let soon = self.line.outside.now() + ON_ITS_WAY;
        if grant.expires_at() > soon || !grant.is_refillable() {
            return Ok(grant);
        }
        self.refresh(issuer, &grant).await
    }

    pub(super) async fn refresh(&mut self, issuer: &Issuer, grant: &Grant) -> Result<Grant, Halt> {
        let renewed = self.run(|context| issuer.refresh(grant, context)).await?;
        self.set_grant(&renewed).await?;
        Ok(renewed)
    }
}
