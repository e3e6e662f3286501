//! Seeds of bundles that the ledger vouches for, and of continuity orders.

use std::error::Error;

use mapae_cose::Sign;
use mapae_fuzz::{
    logged::{Step, draft, sealed},
    orders::{signer, terms},
};
use mapae_trust::NewOrder;

use crate::Seed;

type Result<T> = core::result::Result<T, Box<dyn Error>>;

pub(crate) fn seeds() -> Result<Vec<Seed>> {
    let draft = draft();
    let step = |policy, cosigner, generation| Step { policy, cosigner, generation };
    let plain = sealed(&draft, 0, &[]);
    let rotated = sealed(&draft, 2, &[step(1, 0, 1), step(2, 1, 2)]);
    let order = order(terms(), &[0, 1])?;
    let payload = Sign::parse(&order)?.unverified_payload().to_vec();
    let mut one_class = terms();
    one_class.classes.truncate(1);
    one_class.compromised.clear();
    let one_class = Sign::parse(&self::order(one_class, &[0])?)?.unverified_payload().to_vec();
    Ok(vec![
        ("inspect", "logged-bundle", rotated.clone()),
        ("inspect", "order", order.clone()),
        ("logged_bundle", "plain", plain),
        ("logged_bundle", "rotated-twice", rotated),
        ("draft_bundle", "one-issuer", draft.as_bytes().to_vec()),
        ("bundle_rotations", "none", vec![0]),
        ("bundle_rotations", "once", vec![1, 1, 0, 1]),
        ("bundle_rotations", "there-and-back", vec![0, 1, 0, 1, 0, 1, 2]),
        // What led to the reader's own policy is older than the reader.
        ("bundle_rotations", "past-its-own", vec![2, 1, 0, 1, 0, 1, 3, 2, 0, 200]),
        ("order", "two", order),
        ("order", "three", self::order(terms(), &[0, 1, 2])?),
        ("order_payload", "two-classes", payload),
        ("order_payload", "one-class", one_class),
    ])
}

/// The order as these agencies sign it.
fn order(terms: NewOrder, signers: &[u8]) -> Result<Vec<u8>> {
    let unsigned = terms.prepare()?;
    let sign = |number: &u8| {
        let (agency, key) = signer(*number);
        let signature = key.sign(&unsigned.to_be_signed(&agency))?;
        Ok((agency, signature))
    };
    Ok(unsigned.attach(signers.iter().map(sign).collect::<Result<_>>()?))
}
