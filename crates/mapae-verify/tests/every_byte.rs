//! Every single-byte change of a presentation is refused by the whole check, and none is a panic.
//!
//! All positions are covered, of presentations without the portrait, whose bytes are like those of any other
//! element: each with all eight bits flipped one by one and all at once in an mdoc, and with a neighbouring
//! character, a character of each other meaning and a byte that is no text in an SD-JWT.

use mapae_verify::{NotVerified, Policy, Verified, verify};
use testkit::{Format, World, now};

/// Verdicts by a store that has seen the sound presentation, as a reader's store has: what it remembers of the
/// signer must not help an altered chain.
fn judge(world: &World, shown: &[u8], altered: impl Fn(usize) -> Vec<u8>) {
    let (store, binding, policy) = (world.store(), world.request.binding(), Policy::default());
    let verdict = |bytes: &[u8]| -> Result<Verified, NotVerified> { verify(bytes, &binding, &store, now(), &policy) };
    assert!(verdict(shown).is_ok());
    for at in 0..shown.len() {
        for new in altered(at) {
            let mut changed = shown.to_vec();
            changed[at] = new;
            let refused = verdict(&changed);
            assert!(
                new == shown[at] || refused.is_err_and(|reason| !reason.code().is_empty()),
                "byte {at} as {new:#x}"
            );
        }
    }
}

#[test]
fn every_changed_byte_of_an_mdoc_is_refused() {
    let world = World::new();
    let shown = world.show(Format::Mdoc);
    let changes = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff];
    judge(&world, &shown, |at| changes.map(|change| shown[at] ^ change).to_vec());
}

#[test]
fn every_changed_character_of_an_sd_jwt_is_refused() {
    let world = World::new();
    let shown = world.show(Format::SdJwt);
    judge(&world, &shown, |at| [shown[at] ^ 1, shown[at] ^ 0x20, b'A', b'~', b'.', b'=', b' ', 0xff].to_vec());
}

#[test]
fn every_byte_left_out_or_doubled_is_refused() {
    for format in testkit::BOTH {
        let world = World::new();
        let shown = world.show(format);
        let (store, binding, policy) = (world.store(), world.request.binding(), Policy::default());
        let verdict = |bytes: &[u8]| verify(bytes, &binding, &store, now(), &policy);
        for at in 0..shown.len() {
            let (before, after) = shown.split_at(at);
            assert!(verdict(&[before, &after[1..]].concat()).is_err(), "byte {at} left out");
            assert!(verdict(&[before, &after[..1], after].concat()).is_err(), "byte {at} doubled");
        }
    }
}
