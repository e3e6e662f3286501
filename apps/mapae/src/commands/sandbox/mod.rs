//! A verifier from nothing, for developers: its folder, and what to try first.
//!
//! ```text
//! sandbox.seed         every key of the sample country comes from it
//! relying-party/       registration.cbor, access.key: who asks, for everything that documents tell
//! trust.bundle         what is believed; bundle.pub, by which key
//! verifier.toml        the settings; verifier.secret, verifier.db
//! api.key              by which sessions are begun
//! client.secret        of the OpenID client `sandbox`; client.subject names its people
//! ```
//!
//! What comes from the seed is written anew at each start, so that nothing of it grows too old.

mod folder;
mod words;

pub(crate) use folder::Folder;
