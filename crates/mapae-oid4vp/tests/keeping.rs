//! Requests that wait in a store: their records.

use mapae_crypto::sha256;
use mapae_jose::{Object, json as encoding};
use mapae_oid4vp::{
    ResponseMode, TransactionData, VerifierInfo,
    verifier::{Did, Naming, PendingBrowserPresentation, PendingPresentation, RecordFault, RequestDraft},
};
use serde_json::json;
use testkit::Seeded;

use crate::{
    scene::{LIBRARY, dcql, now},
    verifier::{BOTH, answer, begin, draft, read},
};

/// With all that a request may have.
fn full(mode: ResponseMode) -> PendingPresentation {
    let transaction = TransactionData::new("t", vec!["card-sd".parse().unwrap()], Object::new()).unwrap();
    let pending = begin(mode, 1).authorising(vec![transaction]).unwrap();
    pending.informing(&[VerifierInfo::registration(b"entry")]).unwrap()
}

fn restored(pending: &PendingPresentation) -> PendingPresentation {
    PendingPresentation::from_record(&pending.to_record()).unwrap()
}

/// What would be signed, for a wallet of that nonce.
fn says(pending: &PendingPresentation) -> Vec<u8> {
    pending.request_object(Some("theirs")).to_be_signed().to_vec()
}

/// The same content with its hash.
fn resealed(content: &[u8]) -> Vec<u8> {
    [content, &sha256(content)].concat()
}

fn fault(record: &[u8]) -> RecordFault {
    PendingPresentation::from_record(record).unwrap_err()
}

#[test]
fn a_request_that_was_kept_is_the_same_request() {
    for mode in BOTH {
        for pending in [begin(mode, 1), full(mode)] {
            let again = restored(&pending);
            assert!(says(&again) == says(&pending));
            assert_eq!(again.transcript(), pending.transcript());
            assert_eq!((again.state(), again.expires()), (pending.state(), pending.expires()));
            assert_eq!(again.to_record(), pending.to_record());
        }
    }
}

#[test]
fn a_request_that_was_kept_takes_its_answer() {
    for mode in BOTH {
        let pending = begin(mode, 1);
        let sent = answer(&read(&pending));
        let received = restored(&pending).receive(&sent.body).unwrap();
        assert_eq!((received.nonce(), received.transcript()), (pending.nonce(), &pending.transcript()));
        // And no other's.
        assert!(restored(&begin(mode, 2)).receive(&sent.body).is_err());
    }
}

#[test]
fn a_request_of_a_did_is_kept_as_one() {
    let (query, did) = (dcql(), Did::jwk(LIBRARY.key.public()));
    let draft = RequestDraft { naming: Naming::Did(&did), chain: &[], ..draft(&query, ResponseMode::DirectPost) };
    let pending = draft.begin(now(), &mut Seeded::new(1)).unwrap();
    assert!(says(&restored(&pending)) == says(&pending));
}

#[test]
fn a_record_that_was_changed_is_refused() {
    let record = full(ResponseMode::DirectPostJwt).to_record();
    for at in 0..record.len() {
        let mut changed = record.to_vec();
        changed[at] ^= 1;
        let expected = if at == 0 { RecordFault::Version { found: 3 } } else { RecordFault::Damaged };
        assert_eq!(fault(&changed), expected, "byte {at}");
        assert!(PendingPresentation::from_record(&record[..at]).is_err(), "cut off at {at}");
    }
    assert_eq!(fault(&[&record[..], b"\0"].concat()), RecordFault::Damaged);
}

#[test]
fn a_record_of_a_later_version_is_named_as_one() {
    let mut record = begin(ResponseMode::DirectPost, 1).to_record().to_vec();
    record[0] = 9;
    assert_eq!(fault(&record), RecordFault::Version { found: 9 });
}

#[test]
fn a_record_of_one_way_is_none_of_the_other() {
    let record = begin(ResponseMode::DirectPostJwt, 1).to_record();
    assert_eq!(PendingBrowserPresentation::from_record(&record).unwrap_err(), RecordFault::Kind);
    assert_eq!(fault(&crate::browser::pending(true).to_record()), RecordFault::Kind);
}

#[test]
fn a_record_without_one_of_its_parts_is_malformed() {
    let record = begin(ResponseMode::DirectPost, 1).to_record();
    let content = &record[..record.len() - 32];
    let whole: Object = encoding::parse_object(&content[4..]).unwrap();
    assert!(PendingPresentation::from_record(&resealed(content)).is_ok());
    for name in ["dcql_query", "exp", "iat", "nonce", "response_uri", "signer", "state"] {
        let mut less = whole.clone();
        less.remove(name).unwrap();
        let bare = resealed(&[&content[..4], &encoding::to_vec(&less)].concat());
        assert_eq!(fault(&bare), RecordFault::Malformed, "{name}");
    }
    for (name, bad) in [("purpose", json!(1)), ("transaction_data", json!(["e30"])), ("verifier_info", json!([1]))] {
        let mut other = whole.clone();
        other.insert(name.to_owned(), bad);
        let bent = resealed(&[&content[..4], &encoding::to_vec(&other)].concat());
        assert_eq!(fault(&bent), RecordFault::Malformed, "{name}");
    }
}

#[test]
fn a_record_whose_key_is_none_is_malformed() {
    let record = begin(ResponseMode::DirectPostJwt, 1).to_record();
    let mut content = record[..record.len() - 32].to_vec();
    content[40] ^= 1;
    assert_eq!(fault(&resealed(&content)), RecordFault::Malformed);
    // Nor one of another's secret half, which opens nothing.
    let sent = answer(&read(&begin(ResponseMode::DirectPostJwt, 1)));
    for (at, opens) in [(4, false), (40, true)] {
        let mut content = record[..record.len() - 32].to_vec();
        content[at] ^= u8::from(!opens);
        let received = PendingPresentation::from_record(&resealed(&content)).unwrap().receive(&sent.body);
        assert_eq!(received.is_ok(), opens, "byte {at}");
    }
    // Nor one that ends within it.
    assert_eq!(fault(&resealed(&content[..60])), RecordFault::Malformed);
}
