//! What the sample relying parties have in common: they ask their verifier by REST, and know a browser by a cookie.
//!
//! A relying party's program is this: begin a session, show its link, fetch what came of it once the browser is back. It
//! sees no key, no document and no protocol of wallets.

mod client;
mod desk;

pub(super) use self::{
    client::Client,
    desk::{Begun, Desk},
};
