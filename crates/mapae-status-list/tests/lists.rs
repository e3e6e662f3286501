//! Look-ups and revocation.

use mapae_cose::cbor::{Reader, Writer};
use mapae_jose::{Object, json};
use mapae_status_list::{Bits, EncodedList, IndexOutOfRange, LIST_LEN, ListError, RevocationList, Status, StatusList};
use proptest::prelude::*;

const WIDTHS: [Bits; 4] = [Bits::One, Bits::Two, Bits::Four, Bits::Eight];

fn read_json(text: &str) -> Result<(), ListError> {
    let object: Object = json::parse_object(text.as_bytes()).unwrap();
    EncodedList::from_json(&object).map(drop)
}

#[test]
fn peer_hole_01_an_index_out_of_range_is_an_error_and_never_a_status() {
    for bits in WIDTHS {
        let list = StatusList::new(bits, vec![0; 3]);
        let len = 24 / u64::from(bits.count());
        assert_eq!(list.len(), len);
        assert_eq!(list.get(len - 1), Ok(Status::Valid));
        for index in [len, len + 1, 24, 8 * len, u64::from(u32::MAX) + 1, u64::MAX - 7, u64::MAX] {
            assert_eq!(list.get(index), Err(IndexOutOfRange { index, len }), "{bits:?}");
        }
    }
}

#[test]
fn peer_hole_01_an_empty_list_has_no_index_0() {
    let list = StatusList::new(Bits::One, Vec::new());
    assert!(list.is_empty());
    assert_eq!(list.get(0), Err(IndexOutOfRange { index: 0, len: 0 }));
}

#[test]
fn entries_lie_from_the_least_significant_bit_up() {
    let values = |bits: Bits| {
        let list = StatusList::new(bits, vec![0b1110_0100]);
        (0..list.len()).map(|index| list.get(index).unwrap()).collect::<Vec<_>>()
    };
    let statuses = |values: &[u8]| values.iter().copied().map(Status::from).collect::<Vec<_>>();
    assert_eq!(values(Bits::One), statuses(&[0, 0, 1, 0, 0, 1, 1, 1]));
    assert_eq!(values(Bits::Two), statuses(&[0, 1, 2, 3]));
    assert_eq!(values(Bits::Four), statuses(&[4, 14]));
    assert_eq!(values(Bits::Eight), statuses(&[228]));
}

#[test]
fn values_have_their_meanings() {
    assert_eq!([0, 1, 2].map(Status::from), [Status::Valid, Status::Invalid, Status::Suspended]);
    assert_eq!([3, 12, 255].map(Status::from), [3, 12, 255].map(Status::Other));
}

#[test]
fn what_is_revoked_is_revoked_and_its_neighbours_are_not() {
    let mut list = RevocationList::new(LIST_LEN);
    for index in [0, 9, LIST_LEN - 1] {
        list.revoke(index).unwrap();
        list.revoke(index).unwrap();
    }
    assert_eq!(list.revoked(), 3);
    assert_eq!([0, 9, LIST_LEN - 1].map(|i| list.get(i).unwrap()), [Status::Invalid; 3]);
    assert_eq!([1, 8, 10, LIST_LEN - 2].map(|i| list.get(i).unwrap()), [Status::Valid; 4]);
    assert_eq!(list.to_list().len(), u64::from(LIST_LEN));
}

#[test]
fn nothing_outside_a_list_is_revoked() {
    let mut list = RevocationList::new(12);
    list.revoke(11).unwrap();
    for index in [12, 15, 16, u32::MAX] {
        let refused = IndexOutOfRange { index: index.into(), len: 12 };
        assert_eq!((list.revoke(index), list.get(index)), (Err(refused), Err(refused)));
    }
    assert_eq!(list.revoked(), 1);
}

#[test]
fn other_widths_are_refused() {
    for bits in [0, 3, 5, 16, u64::MAX] {
        assert_eq!(Bits::new(bits), Err(ListError::BitsUnsupported { bits }));
        let text = format!(r#"{{"bits":{bits},"lst":"eNrbuRgAAhcBXQ"}}"#);
        assert_eq!(read_json(&text), Err(ListError::BitsUnsupported { bits }));
    }
    assert_eq!([1, 2, 4, 8].map(|bits| Bits::new(bits).unwrap()), WIDTHS);
}

#[test]
fn members_of_the_json_form_are_there_and_well_formed() {
    assert_eq!(read_json(r#"{"bits":1,"lst":"eNrbuRgAAhcBXQ","aggregation_uri":"https://a","x":0}"#), Ok(()));
    for (text, member) in [
        (r#"{"lst":"eNrbuRgAAhcBXQ"}"#, "bits"),
        (r#"{"bits":"1","lst":"eNrbuRgAAhcBXQ"}"#, "bits"),
        (r#"{"bits":1.0,"lst":"eNrbuRgAAhcBXQ"}"#, "bits"),
        (r#"{"bits":-1,"lst":"eNrbuRgAAhcBXQ"}"#, "bits"),
        (r#"{"bits":1}"#, "lst"),
        (r#"{"bits":1,"lst":7}"#, "lst"),
        (r#"{"bits":1,"lst":"eNrbuRgAAhcBXQ=="}"#, "lst"),
        (r#"{"bits":1,"lst":"eNrbuRgAAhcBXQ","aggregation_uri":1}"#, "aggregation_uri"),
    ] {
        assert_eq!(read_json(text), Err(ListError::MemberMalformed { member }), "{text}");
    }
}

#[test]
fn members_of_the_cbor_form_are_there() {
    let read = |bytes: &[u8]| Reader::read_all(bytes, EncodedList::read_cbor).map(|list| list.bits());
    let written = |write: fn(&mut Writer) -> &mut Writer| {
        let mut writer = Writer::new();
        write(&mut writer);
        read(&writer.into_bytes())
    };
    assert_eq!(written(|w| w.map(3).text("x").null().text("bits").int(2).text("lst").bytes(b"")), Ok(Bits::Two));
    let bits = written(|w| w.map(1).text("lst").bytes(b""));
    assert_eq!(bits, Err(ListError::MemberMalformed { member: "bits" }));
    let lst = written(|w| w.map(1).text("bits").int(1));
    assert_eq!(lst, Err(ListError::MemberMalformed { member: "lst" }));
    let twice = written(|w| w.map(2).text("bits").int(1).text("bits").int(2));
    assert!(matches!(twice, Err(ListError::Cbor(_))));
}

#[test]
fn both_forms_are_written_as_they_are_read() {
    let object = json::parse_object(br#"{"aggregation_uri":"https://a","bits":2,"lst":"eNo76fITAAPfAgc"}"#).unwrap();
    let list = EncodedList::from_json(&object).unwrap();
    assert_eq!(list.to_json(), object);
    let mut writer = Writer::new();
    list.write_cbor(&mut writer);
    let bytes = writer.into_bytes();
    let read = Reader::read_all(&bytes, EncodedList::read_cbor).unwrap();
    assert_eq!(read, list);
    assert_eq!((read.aggregation_uri(), read.compressed()), (Some("https://a"), list.compressed()));
}

proptest! {
    #[test]
    fn a_list_of_any_width_reads_what_was_packed(values: Vec<u8>, width in 0_usize..4) {
        let bits = WIDTHS[width];
        let per_byte = 8 / usize::from(bits.count());
        let values: Vec<u8> = values.iter().map(|v| v & (u8::MAX >> (8 - bits.count()))).collect();
        let pack = |chunk: &[u8]| chunk.iter().rev().fold(0_u16, |byte, v| (byte << bits.count()) | u16::from(*v));
        let bytes = values.chunks(per_byte).map(|chunk| u8::try_from(pack(chunk)).unwrap()).collect();
        let list = StatusList::new(bits, bytes);
        for (index, value) in values.iter().enumerate() {
            prop_assert_eq!(list.get(index as u64), Ok(Status::from(*value)));
        }
    }
}
