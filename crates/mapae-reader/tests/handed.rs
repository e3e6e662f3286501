//! Files told apart by what they hold.

use mapae_reader::Handed;
use testkit::{Ledger, World};

use crate::vouching::order;

#[test]
fn each_file_is_told_by_its_content() {
    let (world, mut ledger) = (World::new(), Ledger::new());
    assert_eq!(Handed::of(ledger.policy_text().as_bytes()), Handed::Policy);
    assert_eq!(Handed::of(&order(&ledger, "2026-fire", 0, &[0, 2])), Handed::Order);
    assert_eq!(Handed::of(&world.bundle()), Handed::Bundle);
    assert_eq!(Handed::of(&ledger.publish(world.contents(), &[0, 1])), Handed::Bundle);
}

/// One that does not load is a policy all the same, and its own reader says what is wrong.
#[test]
fn a_policy_may_begin_with_comments_and_be_wrong() {
    for file in ["# the ledger's\n\n  \t witness w0\n", "quorum none\n", "group\tall 2 a b", "log"] {
        assert_eq!(Handed::of(file.as_bytes()), Handed::Policy, "{file:?}");
    }
}

#[test]
fn anything_else_is_left_to_the_bundles_checks() {
    for file in
        [&b""[..], b"# only a comment\n", b"logs of yesterday\n", b"{\"log\": 1}", &[0xd8], &[0xd2, 98], &[0xff, 0]]
    {
        assert_eq!(Handed::of(file), Handed::Bundle, "{file:?}");
    }
}
