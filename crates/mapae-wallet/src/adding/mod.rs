//! Adding a document by OpenID4VCI, going on where an errand stopped, and refilling copies (design D7, D10).
//!
//! Every step looks at what the card says and does what is missing. A card is written before every request that another
//! party acts on, so that an errand that was cut off, begun again, asks with the same keys and is answered alike.
//!
//! One errand at a time works at a card. The records of a wallet are written in the order in which its errands want them
//! written.

mod errand;
mod fetch;
mod issuer;
mod judge;
mod line;
mod offer;
mod person;
mod signing_in;
mod taking;

pub use offer::{CodeForm, OfferView, OfferedDocument};
pub use signing_in::SignInAt;

use mapae_types::Timestamp;

use crate::{CardId, Start, Stopped, Task, Wallet};

/// How many copies of each format a wallet asks for (design D7).
pub const COPIES: usize = 10;

/// What adding needs besides the offer.
#[derive(Clone)]
pub struct AddOptions {
    /// The code that came by another way, if the offer asks for one.
    pub tx_code: Option<String>,
    /// Copies of each format, as far as the issuer gives that many.
    pub copies: usize,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// The card.
    pub card: CardId,
    /// When to ask again ([`Wallet::go_on`]), if the issuer needs longer.
    pub later: Option<Timestamp>,
}

impl Default for AddOptions {
    fn default() -> Self {
        Self { tx_code: None, copies: COPIES }
    }
}

impl Wallet {
    /// Looks at an offer, and leaves no trace of it: who makes it, of what, and what the person must do.
    pub fn read_offer(&self, link: &str, start: &Start) -> Task<Result<OfferView, Stopped>> {
        let (wallet, link) = (self.clone(), link.to_owned());
        Task::begin(start, |outside| async move { offer::read(&wallet, &link, outside).await })
    }

    /// Takes an offer; the same link again goes on where it stopped.
    pub fn add(&self, link: &str, options: AddOptions, start: &Start) -> Task<Result<Added, Stopped>> {
        let (wallet, link) = (self.clone(), link.to_owned());
        Task::begin(start, |outside| async move { taking::add(wallet, link, options, outside).await })
    }

    /// Begins to take an offer by signing in: where to send the browser, which comes back to `redirect_uri`.
    pub fn sign_in(
        &self,
        link: &str,
        redirect_uri: &str,
        copies: usize,
        start: &Start,
    ) -> Task<Result<SignInAt, Stopped>> {
        let (wallet, link, redirect_uri) = (self.clone(), link.to_owned(), redirect_uri.to_owned());
        Task::begin(
            start,
            |outside| async move { signing_in::begin(wallet, link, redirect_uri, copies, outside).await },
        )
    }

    /// Goes on with the whole address to which the browser came back.
    pub fn signed_in(&self, address: &str, start: &Start) -> Task<Result<Added, Stopped>> {
        let (wallet, address) = (self.clone(), address.to_owned());
        Task::begin(start, |outside| async move { signing_in::finish(wallet, address, outside).await })
    }

    /// Goes on with a card: one that was cut off, or whose issuer needed longer.
    pub fn go_on(&self, card: &CardId, start: &Start) -> Task<Result<Added, Stopped>> {
        let (wallet, card) = (self.clone(), card.clone());
        Task::begin(start, |outside| async move { taking::go_on(wallet, card, outside).await })
    }

    /// Asks for new copies, for which the issuer looks at its register again (design D8).
    pub fn refill(&self, card: &CardId, copies: usize, start: &Start) -> Task<Result<Added, Stopped>> {
        let (wallet, card) = (self.clone(), card.clone());
        Task::begin(start, |outside| async move { taking::refill(wallet, card, copies, outside).await })
    }

    /// Removes a card and its keys from this wallet. The document goes on to exist at its issuer.
    pub fn delete_card(&self, card: &CardId, start: &Start) -> Task<Result<(), Stopped>> {
        let (wallet, card) = (self.clone(), card.clone());
        Task::begin(start, |outside| async move { wallet.remove_card(&outside, &card).await })
    }
}
