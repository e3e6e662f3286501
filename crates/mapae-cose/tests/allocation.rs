//! What input costs before it is known to be worth anything.

use allocation_counter::measure;
use mapae_cose::cbor::{CborError, Value};

/// Hole 16 of the peers: a huge length costs nothing.
#[test]
fn peer_hole_16_a_length_of_2_to_60_does_not_allocate() {
    for major in [0x5b, 0x7b, 0x9b, 0xbb] {
        let bytes = [major, 0x10, 0, 0, 0, 0, 0, 0, 0];
        let used = measure(|| assert_eq!(Value::from_cbor(&bytes), Err(CborError::Truncated(0))));
        assert_eq!(used.bytes_total, 0);
    }
}

/// A length that the input could hold is not believed either: sixteen maps inside one another, each promising
/// half a megabyte of entries, of which the first is missing.
#[test]
fn peer_hole_16_promised_entries_do_not_allocate() {
    let mut bytes = [0xba, 0x00, 0x07, 0xff, 0x00, 0x00].repeat(16);
    bytes.resize(1 << 20, 0xff);
    let used = measure(|| assert!(Value::from_cbor(&bytes).is_err()));
    assert!(used.bytes_max < 64 * 1024, "{} bytes", used.bytes_max);
}
