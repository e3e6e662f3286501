//! A new key, as a sample holder's device makes for each copy.

use mapae_crypto::SigningKey;

use crate::{harness::Operation, limit, scene::Seeded};

pub(super) fn operation<'s>() -> Operation<'s> {
    let mut entropy = Seeded::new(15);
    let ours = move || Ok(SigningKey::generate(&mut entropy)?);
    Operation::new("key-generation", "1 key by aws-lc-rs", ours, limit::generate)
}
