//! Inflating: what is refused, and that no input makes it take more memory than allowed.

use std::io::Write as _;

use allocation_counter::measure;
use flate2::{Compression, write::ZlibEncoder};
use mapae_jose::{Object, base64url};
use mapae_status_list::{Bits, DEFAULT_MAX_LIST_BYTES, EncodedList, ListError, RevocationList, StatusList};
use proptest::prelude::*;

/// Room for the inflater's own tables, beside the output.
const TABLES: u64 = 128 << 10;

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn encoded(bits: u64, compressed: &[u8]) -> EncodedList<'static> {
    let lst = base64url::encode(compressed);
    let object = Object::from_iter([("bits".into(), bits.into()), ("lst".into(), lst.into())]);
    // The JSON form copies the list out of the text, so nothing is borrowed in the end.
    let object: &'static Object = Box::leak(Box::new(object));
    EncodedList::from_json(object).unwrap()
}

fn inflate(compressed: &[u8], limit: usize) -> Result<StatusList, ListError> {
    encoded(1, compressed).inflate(limit)
}

#[test]
fn peer_hole_02_a_bomb_is_refused_without_the_memory_that_it_asks_for() {
    let bomb = encoded(1, &deflate(&vec![0; 64 << 20]));
    assert!(bomb.compressed().len() < 128 << 10);
    for limit in [1 << 10, 128 << 10, 700_000, DEFAULT_MAX_LIST_BYTES] {
        let mut result = None;
        let used = measure(|| result = Some(bomb.inflate(limit)));
        assert_eq!(result, Some(Err(ListError::TooLarge { limit })));
        // Growing holds the old and the new buffer for a moment, neither of them above the limit.
        let most = limit as u64 * 2 + TABLES;
        assert!(used.bytes_max <= most, "{} bytes for a limit of {limit}", used.bytes_max);
    }
}

#[test]
fn peer_hole_02_the_limit_is_exact() {
    for len in [1, 7, 1000, 131_072, 131_073, 1 << 20] {
        let compressed = deflate(&vec![0x5a; len]);
        assert_eq!(inflate(&compressed, len).unwrap().as_bytes().len(), len);
        assert_eq!(inflate(&compressed, len - 1), Err(ListError::TooLarge { limit: len - 1 }));
        assert_eq!(inflate(&compressed, usize::MAX).unwrap().len(), 8 * len as u64);
    }
}

#[test]
fn peer_hole_02_little_input_takes_little_memory() {
    let small = encoded(8, &deflate(&[1; 16]));
    let used = measure(|| drop(small.inflate(usize::MAX)));
    assert!(used.bytes_max <= TABLES, "{}", used.bytes_max);
}

#[test]
fn a_list_of_the_usual_length_is_inflated_into_one_buffer_of_its_size() {
    let list = RevocationList::new(1 << 20).encode();
    let mut result = None;
    let used = measure(|| result = Some(list.inflate(DEFAULT_MAX_LIST_BYTES)));
    assert_eq!(result.unwrap().unwrap().len(), 1 << 20);
    assert!(used.bytes_max <= (128 << 10) + TABLES, "{}", used.bytes_max);
}

#[test]
fn bytes_after_the_stream_are_refused() {
    let mut compressed = deflate(&[1, 2, 3]);
    compressed.extend([0, 0]);
    assert_eq!(inflate(&compressed, 100), Err(ListError::TrailingBytes { bytes: 2 }));
    let twice = [deflate(&[1]), deflate(&[2])].concat();
    assert!(matches!(inflate(&twice, 100), Err(ListError::TrailingBytes { .. })));
}

#[test]
fn a_stream_cut_anywhere_is_refused() {
    let compressed = deflate(&(0..=255).collect::<Vec<u8>>());
    for end in 0..compressed.len() {
        assert_eq!(inflate(&compressed[..end], 1000), Err(ListError::NotZlib), "cut at {end}");
    }
}

#[test]
fn a_wrong_checksum_is_refused() {
    let mut compressed = deflate(&[1, 2, 3]);
    *compressed.last_mut().unwrap() ^= 1;
    assert_eq!(inflate(&compressed, 100), Err(ListError::NotZlib));
}

#[test]
fn bare_deflate_gzip_and_preset_dictionaries_are_refused() {
    let zlib = deflate(&[1, 2, 3]);
    assert_eq!(inflate(&zlib[2..zlib.len() - 4], 100), Err(ListError::NotZlib));
    let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x63, 0x64, 0x62, 0x06, 0];
    assert_eq!(inflate(&gzip, 100), Err(ListError::NotZlib));
    // FDICT: 0x78 0x20 is a multiple of 31 with the flag set, then the dictionary's id.
    let dictionary = [&[0x78, 0x20, 0, 0, 0, 1], &zlib[2..]].concat();
    assert_eq!(inflate(&dictionary, 100), Err(ListError::NotZlib));
}

#[test]
fn an_empty_stream_is_an_empty_list() {
    assert!(inflate(&deflate(&[]), 0).unwrap().is_empty());
}

proptest! {
    #[test]
    fn what_is_compressed_inflates_to_itself(revoked in proptest::collection::vec(0_u32..5000, 0..200)) {
        let mut list = RevocationList::new(5000);
        for index in revoked {
            list.revoke(index).unwrap();
        }
        prop_assert_eq!(list.encode().inflate(625).unwrap(), list.to_list());
    }

    #[test]
    fn no_bytes_make_it_panic_or_exceed_the_limit(bytes: Vec<u8>, limit in 0_usize..4096) {
        let framed = [&[0x78, 0xda], bytes.as_slice()].concat();
        for input in [bytes.as_slice(), &framed] {
            if let Ok(list) = inflate(input, limit) {
                prop_assert!(list.as_bytes().len() <= limit && list.bits() == Bits::One);
            }
        }
    }
}
