//! Signed notes: their form, whose signatures count, and signing.

use mapae_crypto::Ed25519Signature;
use mapae_ledger::{
    MAX_NOTE, MAX_SIGNATURES, NoteError, NoteSignature, SignatureType, SignedNote, UnsignedNote, VerifierKey,
};
use proptest::prelude::*;

use crate::{
    keys::EXAMPLE,
    parties::{Party, party},
};

/// signed-note, "Verifier keys", "Example".
const NOTE: &str = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

/// signed-note, its first example; the verses hold an empty line.
const POEM: &str = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n\u{2014} quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

/// Standard base64, written anew here so that the tests do not lean on the code under test.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().chain([&0, &0]).take(3).fold(0_usize, |n, byte| n << 8 | usize::from(*byte));
        for place in 0..4 {
            let letter = char::from(LETTERS[number >> (18 - 6 * place) & 63]);
            text.push(if place > chunk.len() { '=' } else { letter });
        }
    }
    text
}

fn parse(text: &str) -> Result<SignedNote, NoteError> {
    SignedNote::parse(text.as_bytes())
}

fn signed(text: &str, by: &Party) -> SignedNote {
    let unsigned = UnsignedNote::new(text.to_owned(), by.verifier.clone()).unwrap();
    let signature = by.signing.sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature).unwrap()
}

fn someone(seed: u8) -> Party {
    party(&format!("party{seed}.example"), SignatureType::Ed25519, seed)
}

/// The line of a signature by `by` on `text`.
fn line(text: &str, by: &Party) -> NoteSignature {
    signed(text, by).signatures()[0].clone()
}

#[test]
fn the_note_of_the_specification_verifies_with_its_key() {
    let key: VerifierKey = EXAMPLE.parse().unwrap();
    let note = parse(NOTE).unwrap();
    assert_eq!(note.to_string(), NOTE);
    let verified = note.verify(&[&key]).unwrap();
    assert_eq!(verified.text(), "This is an example message.\n");
    assert_eq!((verified.signers().len(), verified.signers()[0].key(), verified.signers()[0].at()), (1, &key, None));
}

#[test]
fn the_text_ends_at_the_last_empty_line() {
    let note = parse(POEM).unwrap();
    assert_eq!(note.unverified_text(), &POEM[..=POEM.rfind("\n\n").unwrap()]);
    assert_eq!(note.signatures()[0].name().as_str(), "quasimodo.example/salvatore");
    assert_eq!(note.signatures()[0].id().to_string(), "367ba04b");
    assert_eq!(note.signatures()[0].bytes().len(), 64);
    assert_eq!(note.to_string(), POEM);
}

#[test]
fn a_note_is_utf_8_without_control_characters() {
    let mut bytes = NOTE.as_bytes().to_vec();
    bytes[3] = 0xff;
    assert_eq!(SignedNote::parse(&bytes), Err(NoteError::NotUtf8 { at: 3 }));
    for control in (0..b' ').filter(|byte| *byte != b'\n') {
        bytes[3] = control;
        assert_eq!(SignedNote::parse(&bytes), Err(NoteError::ControlCharacter { at: 3 }), "{control}");
    }
    bytes[3] = 0x7f;
    assert!(SignedNote::parse(&bytes).is_ok(), "U+007F is not below U+0020");
}

#[test]
fn a_note_has_a_blank_line_and_complete_signature_lines() {
    assert_eq!(parse(""), Err(NoteError::NotSigned));
    assert_eq!(parse("text\n"), Err(NoteError::NotSigned));
    assert_eq!(parse("text\n\n"), Err(NoteError::NotSigned));
    assert_eq!(parse("text\n\n\n"), Err(NoteError::NotSigned));
    assert_eq!(parse(NOTE.strip_suffix('\n').unwrap()), Err(NoteError::NotSigned));
    assert_eq!(parse(&NOTE.replace("\n\n", "\n")), Err(NoteError::NotSigned));
}

#[test]
fn a_signature_line_is_em_dash_name_and_base64() {
    let good = "text\n\n\u{2014} a AAAAAAA=\n";
    assert!(parse(good).is_ok());
    for bad in [
        "text\n\n- a AAAAAAA=\n",
        "text\n\n\u{2014}a AAAAAAA=\n",
        "text\n\n\u{2014}  AAAAAAA=\n",
        "text\n\n\u{2014} a  AAAAAAA=\n",
        "text\n\n\u{2014} a AAAAAAA= \n",
        "text\n\n\u{2014} a\n",
        "text\n\n\u{2014} a+b AAAAAAA=\n",
        "text\n\n\u{2014} a\u{a0}b AAAAAAA=\n",
        // base64url, no padding, bits that are left over, no byte after the key id, no whole key id.
        "text\n\n\u{2014} a AAAAA-A=\n",
        "text\n\n\u{2014} a AAAAAAA\n",
        "text\n\n\u{2014} a AAAAAAB=\n",
        "text\n\n\u{2014} a AAAAAA==\n",
        "text\n\n\u{2014} a AAAA\n",
        "text\n\n\u{2014} a \n",
    ] {
        assert_eq!(parse(bad), Err(NoteError::SignatureLineMalformed { line: 0 }), "{bad:?}");
    }
    let second = format!("{good}nothing\n");
    assert_eq!(parse(&second), Err(NoteError::SignatureLineMalformed { line: 1 }));
}

#[test]
fn a_note_has_bounds() {
    let lines = |count| format!("text\n\n{}", "\u{2014} a AAAAAAA=\n".repeat(count));
    assert!(parse(&lines(16)).is_ok(), "16 must be accepted");
    assert!(parse(&lines(MAX_SIGNATURES)).is_ok());
    assert_eq!(parse(&lines(MAX_SIGNATURES + 1)), Err(NoteError::TooManySignatures { limit: MAX_SIGNATURES }));

    let end = "\n\n\u{2014} a AAAAAAA=\n";
    let long = |len: usize| format!("{}{end}", "x".repeat(len - end.len()));
    assert!(parse(&long(MAX_NOTE)).is_ok());
    assert_eq!(parse(&long(MAX_NOTE + 1)), Err(NoteError::TooLarge { limit: MAX_NOTE }));
}

#[test]
fn signatures_of_unknown_keys_are_ignored_and_one_known_is_needed() {
    let (known, stranger) = (someone(1), someone(2));
    let note = signed("text\n", &stranger);
    assert_eq!(note.verify(&[&known.verifier]).err(), Some(NoteError::NoKnownSigner));
    let note = note.with(line("text\n", &known)).unwrap();
    let verified = note.verify(&[&known.verifier]).unwrap();
    assert_eq!((verified.signers().len(), verified.signers()[0].key()), (1, &known.verifier));
    assert_eq!(note.verify(&[]).err(), Some(NoteError::NoKnownSigner));
}

/// "… even if they share a name or ID (but not both) with a known key."
#[test]
fn a_stranger_with_the_name_of_a_known_key_is_a_stranger() {
    let known = someone(1);
    let namesake = party("party1.example", SignatureType::Ed25519, 9);
    assert_ne!(namesake.verifier.id(), known.verifier.id());
    let note = signed("text\n", &known).with(line("another\n", &namesake)).unwrap();
    assert!(note.verify(&[&known.verifier]).is_ok());
}

#[test]
fn a_wrong_signature_of_a_known_key_spoils_the_note() {
    let (one, two) = (someone(1), someone(2));
    let note = signed("text\n", &one).with(line("another\n", &two)).unwrap();
    assert!(note.verify(&[&one.verifier]).is_ok());
    let name = two.verifier.name().clone();
    let both = note.verify(&[&one.verifier, &two.verifier]).err();
    assert_eq!(both, Some(NoteError::SignatureInvalid { name: name.clone() }));
    // Even beside a right one of the same key.
    let note = note.with(line("text\n", &two)).unwrap();
    assert_eq!(note.verify(&[&two.verifier]).err(), Some(NoteError::SignatureInvalid { name }));
}

#[test]
fn a_key_that_signed_twice_is_one_signer() {
    let signer = someone(1);
    let once = signed("text\n", &signer);
    let text = once.to_string();
    let twice = parse(&format!("{text}{}", once.signatures()[0])).unwrap();
    assert_eq!(twice.signatures().len(), 2);
    assert_eq!(twice.verify(&[&signer.verifier]).unwrap().signers().len(), 1);
    assert_eq!(once.clone().with(once.signatures()[0].clone()), Ok(once), "a line is not repeated");
}

#[test]
fn no_more_signatures_are_added_than_are_read() {
    let mut note = signed("text\n", &someone(0));
    for seed in 1..u8::try_from(MAX_SIGNATURES).unwrap() {
        note = note.with(line("text\n", &someone(seed))).unwrap();
    }
    assert!(parse(&note.to_string()).is_ok());
    let refused = note.with(line("text\n", &someone(200)));
    assert_eq!(refused, Err(NoteError::TooManySignatures { limit: MAX_SIGNATURES }));
}

#[test]
fn only_a_text_that_can_be_a_notes_is_signed() {
    let one = someone(1);
    let unsigned = |text: &str| UnsignedNote::new(text.to_owned(), one.verifier.clone()).err();
    assert!(unsigned("text\n").is_none());
    assert_eq!(unsigned("text"), Some(NoteError::TextUnfit));
    assert_eq!(unsigned(""), Some(NoteError::TextUnfit));
    assert_eq!(unsigned("a\tb\n"), Some(NoteError::ControlCharacter { at: 1 }));
    assert_eq!(unsigned(&format!("{}\n", "x".repeat(MAX_NOTE))), Some(NoteError::TextUnfit));
    let witness = crate::parties::witness(0).verifier;
    let refused = UnsignedNote::new("text\n".to_owned(), witness.clone()).err();
    assert_eq!(refused, Some(NoteError::WrongKindOfKey { name: witness.name().clone() }));
}

#[test]
fn a_signature_by_another_key_is_not_attached() {
    let (one, two) = (someone(1), someone(2));
    let unsigned = UnsignedNote::new("text\n".to_owned(), one.verifier.clone()).unwrap();
    let signature = two.signing.sign(unsigned.to_be_signed()).unwrap();
    assert_eq!(unsigned.attach(&signature), Err(NoteError::SignatureInvalid { name: one.verifier.name().clone() }));
}

/// The id is no more than a hint: a line may bear that of a known key and be another's.
#[test]
fn a_forged_id_ends_at_the_signature() {
    let known = someone(1);
    let forged = [&known.verifier.id().as_bytes()[..], Ed25519Signature::from_bytes([7; 64]).as_bytes()].concat();
    let note = parse(&format!("text\n\n\u{2014} party1.example {}\n", base64(&forged))).unwrap();
    assert!(matches!(note.verify(&[&known.verifier]), Err(NoteError::SignatureInvalid { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_comes_back_verified(text in "([ -~é\n]{0,80}\n){1,4}") {
        let one = someone(1);
        let note = parse(&signed(&text, &one).to_string()).unwrap();
        let verified = note.verify(&[&one.verifier]).unwrap();
        prop_assert_eq!(verified.text(), text);
    }

    #[test]
    fn no_changed_byte_of_a_note_goes_unnoticed(at in 0_usize..174, flip in 1_u8..=255) {
        let key: VerifierKey = EXAMPLE.parse().unwrap();
        let mut bytes = NOTE.as_bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] ^= flip;
        if let Ok(note) = SignedNote::parse(&bytes) {
            prop_assert!(note.verify(&[&key]).is_err());
        }
    }

    #[test]
    fn no_bytes_make_reading_a_note_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(note) = SignedNote::parse(&bytes) {
            prop_assert_eq!(note.to_string().into_bytes(), bytes);
        }
    }
}
