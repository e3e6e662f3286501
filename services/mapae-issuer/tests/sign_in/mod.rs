//! The authorization code flow: a wallet, a browser, and a provider that does what a test tells it to.

mod authorizing;
mod browser;
mod clients;
mod id_token;
mod provider;
mod pushing;
mod redeeming;
mod returning;
mod stage;

pub(crate) use provider::SECRET;
pub(crate) use stage::Stage;
