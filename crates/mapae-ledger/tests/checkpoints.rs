//! Checkpoints: their form, and who may sign them.

use mapae_ledger::{
    Checkpoint, CheckpointError, NoteError, Origin, SignatureType, SignedCheckpoint, TreeHash, TreeHead, VerifierKey,
};

use crate::parties::{LOG, log, origin, party, signed, witness};

/// tlog-cosignature's example: the checkpoint of tlog-checkpoint with a witness's line.
pub(crate) const EXAMPLE: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

const ROOT: &str = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

fn parse(text: &str) -> Result<Checkpoint, CheckpointError> {
    Checkpoint::parse(text)
}

#[test]
fn the_checkpoint_of_the_specification_is_read_and_written_back() {
    let signed = SignedCheckpoint::parse(EXAMPLE.as_bytes()).unwrap();
    assert_eq!(signed.to_string(), EXAMPLE);
    let checkpoint = signed.unverified();
    assert_eq!(checkpoint.origin().as_str(), "example.com/behind-the-sofa");
    assert_eq!((checkpoint.size(), checkpoint.root().to_string()), (20_852_163, ROOT.to_owned()));
    assert_eq!(checkpoint.extensions().count(), 0);
    assert_eq!(checkpoint.to_string(), EXAMPLE[..=EXAMPLE.find("\n\n").unwrap()]);
}

#[test]
fn a_checkpoint_has_three_lines_that_are_not_empty() {
    assert!(parse(&format!("o\n1\n{ROOT}\n")).is_ok());
    for bad in ["", "\n", "o\n", "o\n1\n", &format!("o\n1\n{ROOT}")] {
        assert_eq!(parse(bad), Err(CheckpointError::TooFewLines), "{bad:?}");
    }
    assert_eq!(parse(&format!("\n1\n{ROOT}\n")), Err(CheckpointError::OriginMalformed));
    assert_eq!(parse(&format!("o\n\n{ROOT}\n")), Err(CheckpointError::SizeMalformed));
    assert_eq!(parse("o\n1\n\n"), Err(CheckpointError::RootMalformed));
    assert_eq!("a\nb".parse::<Origin>(), Err(CheckpointError::OriginMalformed));
}

#[test]
fn a_size_is_decimal_without_leading_zeroes() {
    for (text, size) in [("0", 0), ("1", 1), ("20852163", 20_852_163), ("9223372036854775807", u64::MAX >> 1)] {
        assert_eq!(parse(&format!("o\n{text}\n{ROOT}\n")).unwrap().size(), size);
    }
    for bad in
        ["00", "01", "+1", "-1", " 1", "1 ", "1.0", "0x1", "1e3", "٣", "9223372036854775808", "99999999999999999999"]
    {
        assert_eq!(parse(&format!("o\n{bad}\n{ROOT}\n")), Err(CheckpointError::SizeMalformed), "{bad}");
    }
}

#[test]
fn a_root_is_32_bytes_in_standard_base64() {
    for bad in [
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I",
        "CsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=",
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=",
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==",
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2IA",
        " CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
    ] {
        assert_eq!(parse(&format!("o\n1\n{bad}\n")), Err(CheckpointError::RootMalformed), "{bad}");
    }
}

/// `printf ledger.example | sha256sum`
#[test]
fn a_log_is_found_by_the_hash_of_its_name() {
    assert_eq!(origin().hash(), "09a63042e6566b03bf3e4f11e30de6bfccbbf242679467c202e54cafead3272c");
}

#[test]
fn extension_lines_are_kept_and_not_empty() {
    let text = format!("o\n1\n{ROOT}\nan extension\nanother\n");
    let checkpoint = parse(&text).unwrap();
    assert_eq!(checkpoint.extensions().collect::<Vec<_>>(), ["an extension", "another"]);
    assert_eq!(checkpoint.to_string(), text);
    assert_eq!(parse(&format!("o\n1\n{ROOT}\n\nanother\n")), Err(CheckpointError::ExtensionEmpty));
}

#[test]
fn a_checkpoint_is_signed_by_its_log() {
    let head = TreeHead::new(1, TreeHash::from_bytes([7; 32]));
    let checkpoint = signed(head);
    let believed = checkpoint.signed_by_log(&[log().verifier]).unwrap();
    assert_eq!((believed.checkpoint().head(), believed.signed()), (head, &checkpoint));

    // Nobody is known for this origin: another name, or the type of witnesses.
    let unknown = CheckpointError::LogUnknown { origin: origin() };
    for other in [party("other.example", SignatureType::Ed25519, 1), party(LOG, SignatureType::CosignatureV1, 1)] {
        assert_eq!(checkpoint.signed_by_log(&[other.verifier]).err(), Some(unknown.clone()));
    }
    // A key is known, and did not sign.
    let rotated = party(LOG, SignatureType::Ed25519, 2);
    let refused = checkpoint.signed_by_log(std::slice::from_ref(&rotated.verifier)).err();
    assert_eq!(refused, Some(NoteError::NoKnownSigner.into()));
    assert!(checkpoint.signed_by_log(&[rotated.verifier, log().verifier]).is_ok());
}

/// golang.org/x/mod/sumdb/note over a tree of golang.org/x/mod/sumdb/tlog: its verifier key, and the signed checkpoint.
#[test]
fn a_checkpoint_by_go_is_one_of_ours_to_the_byte() {
    let (key, note) = include_str!("vectors/go-note.txt").split_once('\n').unwrap();
    let key: VerifierKey = key.parse().unwrap();
    let read = SignedCheckpoint::parse(note.as_bytes()).unwrap();
    let believed = read.signed_by_log(std::slice::from_ref(&key)).unwrap();
    assert_eq!(believed.checkpoint().size(), 70_000);
    // Ed25519 is deterministic: the same key signs the same text alike.
    let own = party("ledger.example/go", SignatureType::Ed25519, 7);
    assert_eq!(own.verifier, key);
    let unsigned = read.unverified().clone().sign_with(&key).unwrap();
    let signature = own.signing.sign(unsigned.to_be_signed()).unwrap();
    assert_eq!(unsigned.attach(&signature).unwrap().to_string(), note);
}

#[test]
fn a_checkpoint_of_another_log_is_not_signed() {
    let checkpoint = Checkpoint::new("other.example".parse().unwrap(), TreeHead::EMPTY);
    let refused = checkpoint.sign_with(&log().verifier).err();
    assert_eq!(refused, Some(NoteError::WrongKindOfKey { name: log().verifier.name().clone() }));
    let refused = Checkpoint::new("agency0.example".parse().unwrap(), TreeHead::EMPTY).sign_with(&witness(0).verifier);
    assert!(matches!(refused, Err(NoteError::WrongKindOfKey { .. })));
}
