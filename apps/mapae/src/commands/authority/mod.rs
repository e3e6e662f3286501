//! `mapae authority`: its root and signers, its revocation list, the list by which foreign readers know it.

mod distrust;
mod init;
mod renew;
mod vical;

pub(crate) use distrust::distrust;
pub(crate) use init::init;
#[cfg(feature = "services")]
pub(crate) use init::make_signers;
pub(crate) use renew::{RenewArgs, renew_root};
pub(crate) use vical::{VicalArgs, vical};
