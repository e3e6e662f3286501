//! Whatever arrives, nothing panics, and nothing is shown that was not signed.

use mapae_mdoc::{DeviceRequest, DeviceResponse, HeldMdoc, SessionTranscript};
use proptest::prelude::*;

use crate::fixture::{expected, issued, presented, verify};

fn read_as_everything(bytes: &[u8]) {
    let _ = verify(bytes);
    let _ = DeviceRequest::parse(bytes);
    let _ = SessionTranscript::from_cbor(bytes);
    if let Ok(held) = HeldMdoc::parse(bytes) {
        held.elements().for_each(|element| drop(element.value()));
    }
}

/// Overwrites bytes at positions that are taken modulo the length.
fn overwritten(mut bytes: Vec<u8>, changes: &[(prop::sample::Index, u8)]) -> Vec<u8> {
    for (at, byte) in changes {
        let at = at.index(bytes.len());
        bytes[at] = *byte;
    }
    bytes
}

proptest! {
    #[test]
    fn peer_hole_16_arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_as_everything(&bytes);
        prop_assert!(DeviceResponse::parse(&bytes).is_err());
    }

    #[test]
    fn several_changed_bytes_show_nothing_that_was_not_signed(
        changes in prop::collection::vec(any::<(prop::sample::Index, u8)>(), 1..6),
    ) {
        if let Ok(shown) = verify(&overwritten(presented(), &changes)) {
            prop_assert!(shown.iter().all(|element| expected().contains(element)));
        }
        read_as_everything(&overwritten(issued(), &changes));
    }

    #[test]
    fn a_piece_of_a_presentation_never_panics(from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()) {
        let response = presented();
        let (from, to) = (from.index(response.len()), to.index(response.len()));
        read_as_everything(&response[from.min(to)..from.max(to)]);
    }
}
