//! PKCS#11: one context per module and process, a thread per session, and what to do when the token is gone.

mod generate;
mod keys;
mod module;
mod token;
mod worker;

pub use generate::generate;
pub(crate) use worker::{KeyPair, Workers};
