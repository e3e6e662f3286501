//! `mapae authority`: its root and signers, its revocation list, the list by which foreign readers know it.

mod distrust;
mod init;
mod renew;
mod signers;
mod vical;

pub(crate) use distrust::distrust;
pub(crate) use init::init;
pub(crate) use renew::{RenewArgs, renew_root};
#[cfg(feature = "services")]
pub(crate) use signers::make_signers;
pub(crate) use signers::renew_signers;
pub(crate) use vical::{VicalArgs, vical};
