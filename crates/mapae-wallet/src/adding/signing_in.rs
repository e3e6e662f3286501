//! Offers without a code: the person signs in at the issuer, and the browser comes back (HAIP §4.3).

use mapae_jose::Value;
use mapae_oid4vci::{
    CredentialOffer,
    wallet::{IssuerFault, OfferFault, PendingSignIn, SignIn, UserFault, WalletError},
};

use super::{Added, errand::Errand, line::Line, taking};
use crate::{Card, CardId, Stamp, Stopped, Wallet, error::Halt, task::Outside};

/// Where a person signs in.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInAt {
    /// Where to send the browser. It holds a code: not to be printed.
    pub url: String,
    /// Until when it must have been there.
    pub until: Stamp,
    /// The card that waits for it.
    pub card: CardId,
}

/// Has an issuer let a person sign in.
pub(super) async fn begin(
    wallet: Wallet,
    link: String,
    redirect_uri: String,
    copies: usize,
    outside: Outside,
) -> Result<SignInAt, Halt> {
    let known = wallet.lock().card_of(&link);
    let (mut errand, issuer) = match known {
        Some(id) => {
            let mut errand = Errand { wallet, id, line: Line::new(outside) };
            let issuer = errand.resume().await?;
            (errand, issuer)
        }
        None => taking::begin(wallet, link, copies, outside, |offer| state(offer).map(drop)).await?,
    };
    let offer = errand.offer()?;
    errand.attest_wallet().await?;
    let issuer_state = state(&offer)?;
    let sign_in = SignIn { configurations: &offer.configurations, redirect_uri: &redirect_uri, issuer_state };
    let pending = errand.run(|context| issuer.push(&sign_in, context)).await?;
    errand.change(|card| card.sign_in = Some(pending.to_object())).await?;
    let (url, until) = (pending.authorization_url().to_owned(), Stamp(pending.expires_at()));
    Ok(SignInAt { url, until, card: errand.id })
}

/// Goes on where the browser came back to.
pub(super) async fn finish(wallet: Wallet, address: String, outside: Outside) -> Result<Added, Halt> {
    let id = wallet.lock().cards.iter().find(|(_, card)| awaits(card, &address)).map(|(id, _)| id.clone());
    let id = id.ok_or(WalletError::from(IssuerFault::RedirectForeign))?;
    let mut errand = Errand { wallet, id, line: Line::new(outside) };
    let pending = errand.look(|card| card.sign_in.clone())?.ok_or(Stopped::CardUnfinished)?;
    let pending = PendingSignIn::from_object(&pending)?;
    let issuer = errand.resume().await?;
    errand.attest_wallet().await?;
    let granted = errand.run(|context| issuer.redirected(&pending, &address, context)).await;
    let stopped = granted.as_ref().err().map(|halt| &*halt.0);
    if matches!(stopped, Some(Stopped::Issuance(WalletError::User(UserFault::Declined)))) {
        errand.change(|card| card.sign_in = None).await?;
    }
    errand.keep_if_lasting(granted).await?;
    let offer = errand.offer()?;
    errand.obtain(&issuer, &offer).await
}

/// `issuer_state` of an offer for which a person signs in.
fn state(offer: &CredentialOffer) -> Result<Option<&str>, Halt> {
    let grant = offer.grants.authorization_code.as_ref().ok_or(OfferFault::NoGrant)?;
    Ok(grant.as_deref())
}

/// Whether a redirect may be the answer to what a card waits for; that it is, the protocol checks.
fn awaits(card: &Card, address: &str) -> bool {
    let state = card.sign_in.as_ref().and_then(|pending| pending.get("state")).and_then(Value::as_str);
    state.is_some_and(|state| address.contains(&format!("state={state}")))
}
