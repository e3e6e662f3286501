//! From a link to its offer, and from the offer to the issuer (OpenID4VCI §4.1, §12.2).

use std::sync::Arc;

use mapae_crypto::SigningKey;
use mapae_oid4vci::{
    CredentialOffer, OfferSource,
    wallet::{AwaitingOffer, Discovery, Issuer, MetadataTrust, OfferFault},
};

use super::line::{Identity, Line};
use crate::{Wallet, error::Halt};

/// The offer of a link. One that lies elsewhere is fetched once while the wallet is open.
pub(super) async fn offer(wallet: &Wallet, line: &mut Line, address: &str) -> Result<CredentialOffer, Halt> {
    let known = wallet.lock().offers.get(address).cloned();
    if let Some(json) = known {
        return parse(&json);
    }
    let offer = match OfferSource::parse(address).map_err(OfferFault::Unreadable)? {
        OfferSource::Value(offer) => *offer,
        OfferSource::Reference(url) => {
            let nobody = nobody(line)?;
            line.run(&nobody, |context| AwaitingOffer::begin(&url, context)).await?
        }
    };
    let json = String::from_utf8_lossy(&offer.to_json()).into_owned();
    wallet.lock().offers.insert(address.to_owned(), json);
    Ok(offer)
}

/// An offer from its JSON.
pub(super) fn parse(json: &str) -> Result<CredentialOffer, Halt> {
    Ok(CredentialOffer::parse(json.as_bytes()).map_err(OfferFault::Unreadable)?)
}

/// What the issuer says of itself, fetched each time.
pub(super) async fn discover(wallet: &Wallet, line: &mut Line, offer: &CredentialOffer) -> Result<Issuer, Halt> {
    let roots = Arc::clone(&wallet.lock().issuer_roots);
    let trust = if roots.is_empty() { MetadataTrust::Transport } else { MetadataTrust::Signed(&roots) };
    let nobody = nobody(line)?;
    let server = line.run(&nobody, |context| Discovery::begin(offer.issuer.clone(), trust, context)).await?;
    line.run(&nobody, |_| Ok(server.clone())).await
}

/// What is fetched here is the same for everybody, and nothing is signed: a key that serves for nothing.
fn nobody(line: &mut Line) -> Result<Identity, Halt> {
    let device = SigningKey::generate(&mut line.outside.entropy)?;
    Ok(Identity { device: Arc::new(device), client: None })
}
