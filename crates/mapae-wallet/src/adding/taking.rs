//! Taking an offer, going on with a card, refilling one.

use mapae_oid4vci::{
    CredentialOffer,
    wallet::{Grant, Issuer, IssuerFault, OfferFault, UserFault, WalletError, check_tx_code},
};
use mapae_types::Timestamp;

use super::{AddOptions, Added, errand::Errand, issuer, line::Line, offer::words};
use crate::{Batch, Card, CardId, Held, Stamp, State, Stopped, Verdict, Wallet, error::Halt, task::Outside};

/// Takes an offer, or goes on with the card that it became.
pub(super) async fn add(wallet: Wallet, link: String, options: AddOptions, outside: Outside) -> Result<Added, Halt> {
    let tx_code = options.tx_code.as_deref();
    let known = wallet.lock().card_of(&link);
    let (mut errand, issuer) = match known {
        Some(id) => {
            let mut errand = Errand { wallet, id, line: Line::new(outside) };
            if errand.is_settled()? {
                return errand.settled();
            }
            let issuer = errand.resume().await?;
            (errand, issuer)
        }
        None => begin(wallet, link, options.copies, outside, |offer| can_redeem(offer, tx_code)).await?,
    };
    errand.take(&issuer, tx_code).await
}

/// Looks at an offer, and begins a card for it once there is nothing left to be found wrong before somebody acts on it.
pub(super) async fn begin(
    wallet: Wallet,
    address: String,
    copies: usize,
    outside: Outside,
    check: impl Fn(&CredentialOffer) -> Result<(), Halt>,
) -> Result<(Errand, Issuer), Halt> {
    let mut line = Line::new(outside);
    let offer = issuer::offer(&wallet, &mut line, &address).await?;
    check(&offer)?;
    let issuer = issuer::discover(&wallet, &mut line, &offer).await?;
    issuer.offered(&offer)?;
    let card = Card {
        link: address,
        begun_at: Stamp(line.outside.now()),
        offer: String::from_utf8_lossy(&offer.to_json()).into_owned(),
        issuer: words(&issuer.metadata().display),
        copies,
        device_key: line.outside.make_key().await?,
        client: None,
        sign_in: None,
        grant: None,
        batches: Vec::new(),
    };
    let id = wallet.put_card(&mut line.outside, card).await?;
    Ok((Errand { wallet, id, line }, issuer))
}

/// Goes on with a card.
pub(super) async fn go_on(wallet: Wallet, id: CardId, outside: Outside) -> Result<Added, Halt> {
    let mut errand = Errand { wallet, id, line: Line::new(outside) };
    let issuer = errand.resume().await?;
    errand.take(&issuer, None).await
}

/// Asks for new copies by the refresh token.
pub(super) async fn refill(wallet: Wallet, id: CardId, copies: usize, outside: Outside) -> Result<Added, Halt> {
    let mut errand = Errand { wallet, id, line: Line::new(outside) };
    let grant = errand.grant()?.ok_or(Stopped::CardUnfinished)?;
    let issuer = errand.resume().await?;
    errand.attest_wallet().await?;
    // What an earlier errand asked for and did not get comes first, with the keys that it noted.
    if errand.look(Card::is_complete)? {
        errand.refresh(&issuer, &grant).await?;
        errand.change(|card| card.copies = copies).await?;
        errand.plan(&issuer, &errand.offer()?.configurations).await?;
    }
    let later = errand.fetch_missing(&issuer).await?;
    errand.added(later)
}

/// What is typed is looked at before a try is spent on it.
fn can_redeem(offer: &CredentialOffer, tx_code: Option<&str>) -> Result<(), Halt> {
    match (&offer.grants.pre_authorized, &offer.grants.authorization_code) {
        (Some(grant), _) => Ok(check_tx_code(grant, tx_code).map_err(WalletError::from)?),
        (None, Some(_)) => Err(Stopped::SignInNeeded.into()),
        (None, None) => Err(OfferFault::NoGrant.into()),
    }
}

impl Errand {
    /// The issuer of a card that is there.
    pub(super) async fn resume(&mut self) -> Result<Issuer, Halt> {
        let offer = self.offer()?;
        self.discover(&offer).await
    }

    /// From an offer to copies; what is there already is not asked for.
    pub(super) async fn take(&mut self, issuer: &Issuer, tx_code: Option<&str>) -> Result<Added, Halt> {
        let offer = self.offer()?;
        self.attest_wallet().await?;
        if self.grant()?.is_none() {
            let granted = self.redeem(issuer, &offer, tx_code).await;
            self.keep_if_lasting(granted).await?;
        }
        self.obtain(issuer, &offer).await
    }

    /// From a grant to copies.
    pub(super) async fn obtain(&mut self, issuer: &Issuer, offer: &CredentialOffer) -> Result<Added, Halt> {
        if self.look(|card| card.batches.is_empty())? {
            self.plan(issuer, &offer.configurations).await?;
        }
        let later = self.fetch_missing(issuer).await?;
        self.added(later)
    }

    async fn redeem(&mut self, issuer: &Issuer, offer: &CredentialOffer, code: Option<&str>) -> Result<Grant, Halt> {
        can_redeem(offer, code)?;
        let grant = offer.grants.pre_authorized.as_ref().ok_or(Stopped::SignInNeeded)?;
        self.run(|context| issuer.redeem(grant, code, context)).await
    }

    /// An offer that is over before anything came of it leaves no trace.
    pub(super) async fn keep_if_lasting(&mut self, granted: Result<Grant, Halt>) -> Result<(), Halt> {
        match granted {
            Ok(grant) => self.set_grant(&grant).await,
            Err(stopped) if is_final(&stopped.0) => {
                self.wallet.remove_card(&self.line.outside, &self.id).await?;
                Err(stopped)
            }
            Err(stopped) => Err(stopped),
        }
    }

    /// Whether there is nothing left to fetch, to look at or to tell.
    fn is_settled(&self) -> Result<bool, Halt> {
        let can_judge = self.wallet.lock().trust.is_some();
        self.look(|card| card.is_complete() && !card.batches.iter().any(|batch| batch.is_open(can_judge)))
    }

    /// What there is to say of a card that is settled: what of it cannot be used.
    fn settled(&self) -> Result<Added, Halt> {
        let found = self.look(|card| card.unusable().find_map(refused))?;
        self.with(found, None)
    }

    /// What there is to say at the end: copies that were refused are an error, even if older ones serve.
    pub(super) fn added(&self, later: Option<Timestamp>) -> Result<Added, Halt> {
        let found = self.look(|card| card.batches.iter().find_map(refused))?;
        self.with(found, later)
    }

    fn with(&self, refused: Option<Refused>, later: Option<Timestamp>) -> Result<Added, Halt> {
        let card = self.id.clone();
        match refused {
            None => Ok(Added { card, later }),
            Some(Refused::OtherPerson) => Err(Stopped::OtherPerson { card }.into()),
            Some(Refused::ByBundle { configuration, code }) => {
                Err(Stopped::CopiesRefused { card, configuration, code }.into())
            }
        }
    }
}

/// Why copies were refused.
enum Refused {
    OtherPerson,
    ByBundle { configuration: String, code: String },
}

fn refused(batch: &Batch) -> Option<Refused> {
    match &batch.state {
        State::Refused { .. } => Some(Refused::OtherPerson),
        State::Held(Held { verdict: Some(Verdict::Refused(code)), .. }) => {
            Some(Refused::ByBundle { configuration: batch.configuration.clone(), code: code.clone() })
        }
        State::Held(_) | State::Asked | State::Deferred { .. } => None,
    }
}

/// The offer is over, whoever asks. Other refusals may be our clock's or our provider's fault, and another try may do.
fn is_final(stopped: &Stopped) -> bool {
    match stopped {
        Stopped::Issuance(WalletError::User(UserFault::TxCodeWrong { tries_left })) => *tries_left == Some(0),
        Stopped::Issuance(WalletError::Issuer(IssuerFault::Refused(refusal))) => refusal.is("invalid_grant"),
        Stopped::Issuance(WalletError::Offer(_)) => true,
        _ => false,
    }
}
