//! Ids, and the secrets that are made of them.

#![expect(clippy::unwrap_used, reason = "tests")]

use mapae_issuer::ids::{GrantId, OfferId};
use mapae_issuer::seal::{ACCESS_TOKEN, PRE_AUTHORIZED_CODE, REFRESH_TOKEN, Seal};
use mapae_types::{Entropy, EntropyError};

use super::people::{after, now};

/// The worst randomness.
struct Zeros;

impl Entropy for Zeros {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        bytes.fill(0);
        Ok(())
    }
}

const SEAL: Seal = Seal::new([7; 32]);

fn grant() -> GrantId {
    GrantId::new(now(), &mut Zeros).unwrap()
}

#[test]
fn ids_come_in_the_order_of_their_time() {
    let ids: Vec<GrantId> = [0, 1, 300, 70_000].map(|at| GrantId::new(after(at), &mut Zeros).unwrap()).into();
    assert!(ids.is_sorted());
    assert_eq!(ids[0].to_string().len(), 32);
    assert_eq!(ids[1].to_string().parse::<GrantId>().unwrap(), ids[1]);
    for malformed in ["", "00", "zz", &"0".repeat(31), &"0".repeat(33), &"g".repeat(32)] {
        assert!(malformed.parse::<GrantId>().is_err(), "{malformed}");
    }
}

#[test]
fn what_was_sealed_is_opened_for_the_same_use_by_the_same_secret() {
    let token = SEAL.seal(ACCESS_TOKEN, grant());
    assert_eq!(token.len(), 43);
    assert_eq!(SEAL.open(ACCESS_TOKEN, &token), Some(grant()));
    assert_eq!(SEAL.open(REFRESH_TOKEN, &token), None);
    assert_eq!(Seal::new([8; 32]).open(ACCESS_TOKEN, &token), None);
    // The same id of another kind.
    let offer = OfferId::from_bytes(*grant().as_bytes());
    assert_ne!(SEAL.seal(PRE_AUTHORIZED_CODE, offer), token);
}

#[test]
fn no_character_of_a_sealed_id_may_change() {
    let token = SEAL.seal(ACCESS_TOKEN, grant());
    for place in 0..token.len() {
        let mut other = token.clone().into_bytes();
        other[place] = if other[place] == b'A' { b'B' } else { b'A' };
        assert_eq!(SEAL.open(ACCESS_TOKEN, str::from_utf8(&other).unwrap()), None, "{place}");
    }
    for malformed in ["", &token[1..], &format!("{token}A"), &format!("{token}="), "~"] {
        assert_eq!(SEAL.open(ACCESS_TOKEN, malformed), None, "{malformed}");
    }
}

#[test]
fn a_transaction_code_has_another_tag_for_another_offer() {
    let (one, other) = (OfferId::from_bytes([1; 16]), OfferId::from_bytes([2; 16]));
    assert_eq!(SEAL.tx_code(one, "123456"), SEAL.tx_code(one, "123456"));
    assert_ne!(SEAL.tx_code(one, "123456"), SEAL.tx_code(one, "123457"));
    assert_ne!(SEAL.tx_code(one, "123456"), SEAL.tx_code(other, "123456"));
    assert_ne!(SEAL.tx_code(one, "123456"), Seal::new([8; 32]).tx_code(one, "123456"));
    assert_eq!(format!("{SEAL:?}"), "Seal([redacted])");
}
