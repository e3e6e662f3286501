//! What is asked of a wallet: from the relying party's wish to a request that its registration covers.

mod exchange;
mod number;
mod qr;
mod uses;
mod wish;

pub(crate) use exchange::{Context, Exchange, ExchangeFault};
pub(crate) use number::number;
pub(crate) use qr::svg;
pub use uses::UnknownUse;
pub(crate) use uses::Uses;
pub(crate) use wish::{Allowed, Holders, Way, Wish, WishFault};
