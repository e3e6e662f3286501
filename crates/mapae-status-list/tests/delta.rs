//! Deltas: the exact bytes of the next token, or an error; and few bytes.

use mapae_cose::cbor::{Reader, Value, Writer};
use mapae_crypto::Algorithm;
use mapae_status_list::{
    DeltaError, Expected, IndexOutOfRange, LIST_LEN, NewStatusToken, RevocationList, Status, StatusTokenCwt,
    TokenDelta, TokenError, TokenTimes,
};
use mapae_types::{Duration, Timestamp};
use proptest::prelude::*;

use crate::{
    deflate::Generator,
    tokens::{CHAIN, URI, key, now},
};

fn times(issued_at: Timestamp) -> TokenTimes {
    TokenTimes { issued_at, expires_at: issued_at + Duration::days(70), ttl: Duration::hours(1) }
}

fn sign(uri: &str, list: &RevocationList, times: TokenTimes, chain: &[&[u8]]) -> Vec<u8> {
    let unsigned = NewStatusToken::new(uri, list, times).unwrap().unsigned_cwt(Algorithm::Es256, chain).unwrap();
    let signature = key().sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature)
}

fn token(list: &RevocationList, issued_at: Timestamp) -> Vec<u8> {
    sign(URI, list, times(issued_at), &CHAIN)
}

fn tomorrow() -> Timestamp {
    now() + Duration::days(1)
}

fn list(revoked: &[u32]) -> RevocationList {
    let mut list = RevocationList::new(LIST_LEN);
    for index in revoked {
        list.revoke(*index).unwrap();
    }
    list
}

/// A token of today and that of tomorrow, with entries 70 and 80 revoked in between.
fn pair() -> (Vec<u8>, Vec<u8>) {
    (token(&list(&[5]), now()), token(&list(&[5, 70, 80]), tomorrow()))
}

fn written(delta: &TokenDelta) -> Vec<u8> {
    let mut writer = Writer::new();
    delta.write(&mut writer);
    writer.into_bytes()
}

fn read(bytes: &[u8]) -> Result<TokenDelta, DeltaError> {
    Reader::read_all(bytes, TokenDelta::read)
}

/// The delta of [`pair`] with one item replaced.
fn with_item(at: usize, item: Value) -> Result<TokenDelta, DeltaError> {
    let (old, new) = pair();
    let written = written(&TokenDelta::between(&old, &new).unwrap());
    let Ok(Value::Array(mut items)) = Value::from_cbor(&written) else { panic!("a delta is an array") };
    items[at] = item;
    read(&Value::Array(items).to_cbor())
}

fn malformed(member: &'static str) -> Result<TokenDelta, DeltaError> {
    Err(DeltaError::MemberMalformed { member })
}

#[test]
fn the_next_token_is_rebuilt_to_the_byte_and_verifies() {
    let (old, new) = pair();
    let delta = read(&written(&TokenDelta::between(&old, &new).unwrap())).unwrap();
    assert_eq!(delta.revoked(), [70, 80]);
    assert_eq!(delta.apply(&old).unwrap(), new);
    let rebuilt = delta.apply(&old).unwrap();
    let parsed = StatusTokenCwt::parse(&rebuilt).unwrap();
    let verified = parsed.verify(key().public(), &Expected::new(URI, tomorrow())).unwrap();
    assert_eq!(
        [5, 70, 71].map(|index| verified.status(index).unwrap()),
        [Status::Invalid, Status::Invalid, Status::Valid]
    );
}

#[test]
fn other_times_and_another_signer_are_carried() {
    let (old, revoked) = (token(&list(&[5]), now()), list(&[5, 6]));
    let longer = TokenTimes { expires_at: tomorrow() + Duration::days(99), ..times(tomorrow()) };
    let rarer = TokenTimes { ttl: Duration::hours(2), ..times(tomorrow()) };
    let earlier = times(now() - Duration::days(3));
    for (times, chain) in [(longer, &CHAIN[..]), (rarer, &CHAIN), (earlier, &CHAIN), (rarer, &[b"the next signer"])] {
        let new = sign(URI, &revoked, times, chain);
        let delta = TokenDelta::between(&old, &new).unwrap();
        assert_eq!(read(&written(&delta)), Ok(delta.clone()));
        assert_eq!(delta.apply(&old), Ok(new));
    }
}

#[test]
fn a_token_whose_list_did_not_change_has_a_delta_without_entries() {
    let (old, new) = (token(&list(&[5]), now()), token(&list(&[5]), tomorrow()));
    let delta = TokenDelta::between(&old, &new).unwrap();
    assert!(delta.revoked().is_empty());
    assert_eq!(read(&written(&delta)).unwrap().apply(&old), Ok(new));
}

#[test]
fn there_is_no_delta_to_what_it_cannot_rebuild() {
    let old = token(&list(&[5]), now());
    let valid_again = token(&list(&[6]), tomorrow());
    let shorter = token(&RevocationList::new(100), tomorrow());
    let another_list = sign("https://id.example/status/4", &list(&[5]), times(tomorrow()), &CHAIN);
    for new in [valid_again, shorter, another_list, b"no token".to_vec(), vec![]] {
        assert_eq!(TokenDelta::between(&old, &new), None);
        assert_eq!(TokenDelta::between(&new, &old), None);
    }
}

#[test]
fn there_is_no_delta_to_a_token_that_another_encoder_wrote() {
    let old = token(&list(&[5]), now());
    let ours = Value::from_cbor(&old).unwrap();
    let Value::Tag(18, message) = ours else { panic!("tagged") };
    let Value::Array(mut items) = *message else { panic!("an array") };
    let Value::Bytes(payload) = &items[2] else { panic!("bytes") };
    let Value::Map(mut claims) = Value::from_cbor(payload).unwrap() else { panic!("a map") };
    let stored = miniz_oxide::deflate::compress_to_vec_zlib(list(&[5]).to_list().as_bytes(), 0);
    let status_list = claims.iter_mut().find(|(label, _)| *label == Value::from(65_533)).unwrap();
    status_list.1 = Value::Map(vec![("bits".into(), 1.into()), ("lst".into(), Value::Bytes(stored))]);
    items[2] = Value::Bytes(Value::Map(claims).to_cbor());
    let theirs = Value::Tag(18, Box::new(Value::Array(items))).to_cbor();
    assert_eq!(TokenDelta::between(&old, &theirs), None);
    // From such a token to one of ours there is a delta, since only its entries count.
    assert!(TokenDelta::between(&theirs, &token(&list(&[5, 6]), tomorrow())).is_some());
}

#[test]
fn a_delta_of_another_token_is_noticed_or_gives_other_bytes() {
    let (old, new) = pair();
    let delta = TokenDelta::between(&old, &new).unwrap();
    assert_eq!(delta.apply(&new), Err(DeltaError::AlreadyRevoked { index: 70 }));
    assert_ne!(delta.apply(&token(&list(&[4]), now())).unwrap(), new);
    let short = token(&RevocationList::new(72), now());
    assert_eq!(delta.apply(&short), Err(DeltaError::OutOfRange(IndexOutOfRange { index: 80, len: 72 })));
    assert!(matches!(delta.apply(b"no token"), Err(DeltaError::OldToken(TokenError::Cbor(_)))));
}

#[test]
fn members_have_their_forms_and_ranges() {
    assert!(with_item(1, 86_400.into()).is_ok());
    assert_eq!(with_item(0, 2.into()), Err(DeltaError::EncodingUnknown { version: 2 }));
    assert_eq!(with_item(0, 257.into()), Err(DeltaError::EncodingUnknown { version: 257 }));
    assert_eq!(with_item(3, 0.into()), malformed("ttl"));
    assert_eq!(with_item(5, Value::Bytes(vec![0; 63])), malformed("signature"));
    assert!(with_item(5, Value::Bytes(vec![0; 96])).is_ok());
    assert!(matches!(with_item(6, 0.into()), Err(DeltaError::Cbor(_))));
    assert!(matches!(read(&[0x80]), Err(DeltaError::Cbor(_))));
}

#[test]
fn times_beyond_the_calendar_do_not_overflow() {
    let (old, new) = pair();
    for (item, seconds) in [(1, i64::MAX), (1, i64::MIN), (2, i64::MAX), (2, i64::MIN)] {
        let delta = with_item(item, seconds.into()).unwrap();
        assert_ne!(delta.apply(&old).unwrap(), new);
    }
}

#[test]
fn indices_have_one_form_and_lie_in_a_list() {
    let with_indices = |bytes: &[u8]| with_item(4, Value::Bytes(bytes.to_vec()));
    assert_eq!(with_indices(&[0]).unwrap().revoked(), [] as [u32; 0]);
    // One lower bit more than is best; ones that fill more than a byte; no parameter; more bits than an index has.
    assert_eq!(with_indices(&[0, 0b0111_1111]).unwrap().revoked(), [0]);
    for bytes in [&[1, 0b0011_1111][..], &[0, 0b0111_1111, 0xff], &[0, 0xff], &[], &[32, 0]] {
        assert_eq!(with_indices(bytes), malformed("revoked"), "{bytes:?}");
    }
    // The last index of a list, and the first beyond it.
    assert_eq!(with_indices(&[19, 0b1011_1111, 0xff, 0xff]).unwrap().revoked(), [LIST_LEN - 1]);
    assert_eq!(with_indices(&[19, 0b1100_0000, 0, 0b0000_0011]), malformed("revoked"));
}

#[test]
fn little_input_takes_little_memory() {
    let (old, new) = pair();
    let mut items = Value::from_cbor(&written(&TokenDelta::between(&old, &new).unwrap())).unwrap();
    let Value::Array(fields) = &mut items else { panic!("a delta is an array") };
    fields[4] = Value::Bytes([vec![0], vec![0; 200 << 10]].concat());
    let hostile = items.to_cbor();
    let used = allocation_counter::measure(|| assert!(read(&hostile).is_err()));
    // A list has no more indices than this, of 4 bytes, and a buffer doubles.
    assert!(used.bytes_max <= 3 * 4 * u64::from(LIST_LEN), "{}", used.bytes_max);
}

/// Design D6: 30 revoked and 30 of cover in each list, each day.
#[test]
fn a_days_delta_of_a_nation_is_below_300_kb() {
    const LISTS: usize = 969;
    const SAMPLE: usize = 8;
    let mut generator = Generator(3);
    let bytes: usize = (0..SAMPLE)
        .map(|_| {
            let mut list = generator.list(100);
            let old = token(&list, now());
            (0..60).for_each(|_| list.revoke(u32::try_from(generator.below(LIST_LEN as usize)).unwrap()).unwrap());
            let delta = TokenDelta::between(&old, &token(&list, tomorrow())).unwrap();
            written(&delta).len()
        })
        .sum();
    let each = bytes / SAMPLE;
    assert!((64..=205).contains(&each), "{each} bytes a list");
    assert!(each * LISTS <= 200_000, "{} bytes in all", each * LISTS);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_growth_of_a_list_is_rebuilt(
        before in proptest::collection::btree_set(0..LIST_LEN, 0..300),
        added in proptest::collection::btree_set(0..LIST_LEN, 0..300),
        seconds in 0_i64..4_000_000,
    ) {
        let old = list(&before.iter().copied().collect::<Vec<_>>());
        let mut new = old.clone();
        for index in &added {
            new.revoke(*index).unwrap();
        }
        let (old, new) = (token(&old, now()), token(&new, now() + Duration::seconds(seconds)));
        let delta = read(&written(&TokenDelta::between(&old, &new).unwrap())).unwrap();
        prop_assert!(delta.revoked().iter().copied().eq(added.difference(&before).copied()));
        prop_assert_eq!(delta.apply(&old).unwrap(), new);
    }

    #[test]
    fn no_bytes_make_reading_or_applying_panic(bytes: Vec<u8>, indices: Vec<u8>) {
        let _ = read(&bytes);
        if let Ok(delta) = with_item(4, Value::Bytes(indices)) {
            let _ = delta.apply(&pair().0);
        }
    }
}
