//! Cosignatures: what they sign, and when.

use mapae_crypto::Ed25519Signature;
use mapae_ledger::{
    AddCheckpoint, CosignatureError, NoteError, SignedCheckpoint, ToPersist, TreeHash, TreeHead, Witness, WitnessRecord,
};

use crate::{
    checkpoints::EXAMPLE,
    notes::base64,
    parties::{cosignature, log, now, origin, signed, time, witness},
};

fn checkpoint() -> SignedCheckpoint {
    signed(TreeHead::new(1, TreeHash::from_bytes([7; 32])))
}

fn to_persist() -> ToPersist {
    let service = Witness::new(witness(0).verifier, vec![log().verifier]).unwrap();
    service.check(AddCheckpoint::new(0, vec![], checkpoint()), &WitnessRecord::new(origin())).unwrap()
}

/// tlog-cosignature, "Ed25519 signed message": the time 1679315147 of its text is in its signature line.
#[test]
fn the_time_stands_before_the_signature_in_eight_bytes() {
    let example = SignedCheckpoint::parse(EXAMPLE.as_bytes()).unwrap();
    let line = &example.note().signatures()[1];
    assert_eq!(line.bytes()[..8], 1_679_315_147_u64.to_be_bytes());
    assert_eq!(line.bytes().len(), 8 + 64);

    let ours = cosignature(&witness(0), &checkpoint(), time("2023-03-20T12:25:47Z"));
    assert_eq!(ours.bytes()[..8], 1_679_315_147_u64.to_be_bytes());
}

#[test]
fn what_is_signed_is_header_time_and_the_whole_text() {
    let unsigned = to_persist().persisted(time("2023-03-20T12:25:47Z")).unwrap();
    let root = base64(&[7; 32]);
    let message = format!("cosignature/v1\ntime 1679315147\nledger.example\n1\n{root}\n");
    assert_eq!(unsigned.to_be_signed(), message.as_bytes());
}

#[test]
fn a_cosignature_verifies_with_its_time() {
    let signed = checkpoint().with(cosignature(&witness(0), &checkpoint(), now())).unwrap();
    let read = SignedCheckpoint::parse(signed.to_string().as_bytes()).unwrap();
    let key = witness(0).verifier;
    assert_eq!(read.note().verify(&[&key]).unwrap().signers()[0].at(), Some(now()));
}

/// A line with the witness's name and id, and these bytes.
fn spoilt(bytes: &[u8]) -> Result<(), NoteError> {
    let key = witness(0).verifier;
    let line = format!("\u{2014} {} {}\n", key.name(), base64(&[key.id().as_bytes(), bytes].concat()));
    let signed = SignedCheckpoint::parse(format!("{}{line}", checkpoint()).as_bytes()).unwrap();
    signed.note().verify(&[&key]).map(|_| ())
}

#[test]
fn time_text_and_signature_belong_together() {
    let good = cosignature(&witness(0), &checkpoint(), now()).bytes().to_vec();
    assert_eq!(spoilt(&good), Ok(()));
    let invalid = Err(NoteError::SignatureInvalid { name: witness(0).verifier.name().clone() });
    for at in [7, 8, 71] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        assert_eq!(spoilt(&bad), invalid, "byte {at}");
    }
    assert_eq!(spoilt(&good[..71]), invalid);
    assert_eq!(spoilt(&good[8..]), invalid, "without its time");
    assert_eq!(spoilt(&[&good[..], &[0]].concat()), invalid);
    assert_eq!(spoilt(&good[..4]), invalid);
}

/// The right key's signature at any time.
fn sign(at: u64) -> Vec<u8> {
    let message = format!("cosignature/v1\ntime {at}\n{}", checkpoint().note().unverified_text());
    let signature = witness(0).signing.sign(message.as_bytes()).unwrap();
    [&at.to_be_bytes()[..], signature.as_bytes()].concat()
}

/// tlog-witness, "add-checkpoint": "the timestamp MUST NOT be zero".
#[test]
fn a_time_that_is_left_out_is_refused_in_a_checkpoint_too() {
    assert_eq!(spoilt(&sign(1)), Ok(()));
    let invalid = Err(NoteError::SignatureInvalid { name: witness(0).verifier.name().clone() });
    assert_eq!(spoilt(&sign(0)), invalid);
}

/// "It MUST NOT exceed 2^63 − 1"; ours end with the year 9999. Signed by the right key nevertheless.
#[test]
fn times_beyond_the_calendar_are_refused() {
    let last = 253_402_300_799;
    assert_eq!(spoilt(&sign(last)), Ok(()));
    for at in [last + 1, u64::MAX >> 1, 1 << 63, u64::MAX] {
        assert!(matches!(spoilt(&sign(at)), Err(NoteError::SignatureInvalid { .. })), "{at}");
    }
}

#[test]
fn no_cosignature_is_made_at_or_before_1970() {
    for at in ["1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z"] {
        let refused = to_persist().persisted(time(at)).err();
        assert_eq!(refused, Some(CosignatureError::TimeUnusable { at: time(at) }));
    }
    assert!(to_persist().persisted(time("1970-01-01T00:00:01Z")).is_ok());
}

#[test]
fn a_cosignature_by_another_key_is_not_attached() {
    let unsigned = to_persist().persisted(now()).unwrap();
    let other = witness(1).signing.sign(unsigned.to_be_signed()).unwrap();
    assert_eq!(unsigned.attach(&other), Err(CosignatureError::SignatureInvalid));
    let unsigned = to_persist().persisted(now()).unwrap();
    assert!(unsigned.attach(&Ed25519Signature::from_bytes([0; 64])).is_err());
}

/// Type 0x06 and whatever comes: its lines are there and are nobody's.
#[test]
fn ml_dsa_cosignatures_are_ignored() {
    let line = format!("\u{2014} agency0.example {}\n", base64(&[0x5a; 4 + 8 + 2420]));
    let signed = SignedCheckpoint::parse(format!("{}{line}", checkpoint()).as_bytes()).unwrap();
    let (log, witness) = (log().verifier, witness(0).verifier);
    assert_eq!(signed.note().verify(&[&log, &witness]).unwrap().signers().len(), 1);
}

#[test]
fn a_witness_has_a_witness_key_and_watches_logs() {
    let refused = Witness::new(log().verifier, vec![]).err();
    assert_eq!(refused, Some(CosignatureError::WrongKindOfKey));
    let refused = Witness::new(witness(0).verifier, vec![witness(1).verifier]).err();
    assert_eq!(refused, Some(CosignatureError::WrongKindOfKey));
}
