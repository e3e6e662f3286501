//! What is asked of a wallet: from the relying party's wish to a request that its registration covers.

mod exchange;
mod qr;
mod uses;
mod waiting;
mod wish;

pub(crate) use exchange::{Asked, Context, Exchange, ExchangeFault, Ours};
pub(crate) use mapae_oid4vp::session_number as number;
pub(crate) use qr::svg;
pub use uses::UnknownUse;
pub(crate) use uses::Uses;
pub(crate) use waiting::{Open, Waiting};
pub(crate) use wish::{Allowed, Holders, Way, Wish, WishFault};
