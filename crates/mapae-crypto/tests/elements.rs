//! The walk over DER says what the crate `der` says, about every element and about what is none.

use der::{Decode as _, Tagged as _, asn1::AnyRef};
use mapae_crypto::elements::{Element, Elements, bits, boolean, integer, octets_in_bits, only, tag, unsigned};
use proptest::prelude::*;

fn one(der: &[u8]) -> Option<Element<'_>> {
    let mut elements = Elements::new(der);
    let element = elements.any()?;
    elements.end().map(|()| element)
}

#[test]
fn elements_are_read_one_after_the_other_and_into_each_other() {
    let mut inside = Elements::inside(&[0x30, 8, 0x02, 1, 5, 0x30, 0, 0x81, 1, 9], tag::SEQUENCE).unwrap();
    assert_eq!(inside.next(tag::INTEGER), Some(&[5][..]));
    assert_eq!(inside.optional(tag::primitive(0)), Some(None));
    assert!(inside.enter(tag::SEQUENCE).unwrap().is_empty());
    assert_eq!(inside.end(), None);
    assert_eq!(inside.optional(tag::primitive(1)), Some(Some(&[9][..])));
    assert_eq!((inside.optional(tag::primitive(1)), inside.end()), (Some(None), Some(())));
    assert_eq!(inside.any(), None);
}

#[test]
fn another_tag_or_bytes_after_the_element_are_not_what_was_asked_for() {
    assert_eq!(only(&[0x04, 1, 7], tag::OCTET_STRING), Some(&[7][..]));
    assert_eq!(only(&[0x04, 1, 7], tag::INTEGER), None);
    assert_eq!(only(&[0x04, 1, 7, 0], tag::OCTET_STRING), None);
    assert_eq!(Elements::new(&[0x81, 2, 7]).optional(tag::primitive(1)), None);
}

/// Every first byte, and lengths around each of their forms.
#[test]
fn tags_and_lengths_are_judged_as_the_library_judges_them() {
    for first in 0..=255 {
        for number in [&[][..], &[0], &[30], &[31], &[0x80, 1], &[0x81, 0], &[0x8f, 0x80, 0x80, 0x80, 1]] {
            same(&[&[first], number, &[0]].concat());
        }
        same(&[first, 0x9f, 0xff, 0xff, 0xff, 0x7f, 0]);
        same(&[first, 0x8f, 0xff, 0xff, 0xff, 0xff, 0x7f, 0]);
    }
    for head in [&[0x7f][..], &[0x80], &[0x81, 0x7f], &[0x81, 0x80], &[0x82, 0, 0x80], &[0x82, 1, 0], &[0x83, 0, 1, 0]]
    {
        for length in [0, 127, 128, 256] {
            same(&[&[4], head, &vec![0; length]].concat());
        }
    }
    same(&[&[4, 0x83, 1, 0, 0][..], &vec![0; 65_536]].concat());
    same(&[4, 0x84, 0xff, 0xff, 0xff, 0xff]);
    same(&[4, 0x85, 0, 0, 0, 0, 0]);
}

fn same(der: &[u8]) {
    let (ours, theirs) = (one(der), AnyRef::from_der(der).ok());
    assert_eq!(ours.map(|element| element.content), theirs.map(AnyRef::value), "{der:02x?}");
    assert!(ours.is_none_or(|element| element.whole == der));
    let number = |any: AnyRef<'_>| (any.tag().class() as u8, any.tag().is_constructed(), any.tag().number().value());
    if let (Some(ours), Some(theirs)) = (ours, theirs.filter(|_| der[0] & 0x1f != 0x1f)) {
        assert_eq!((ours.tag & 0xc0, ours.tag & 0x20 != 0, u32::from(ours.tag & 0x1f)), number(theirs));
    }
}

#[test]
fn contents_have_one_form_only() {
    assert_eq!((boolean(&[0]), boolean(&[0xff]), boolean(&[1]), boolean(&[])), (Some(false), Some(true), None, None));
    for long in [&[][..], &[0, 0x7f], &[0xff, 0x80]] {
        assert_eq!((integer(long), unsigned(long)), (None, None), "{long:?}");
    }
    for (short, natural) in
        [(&[0][..], Some(&[0][..])), (&[0, 0x80], Some(&[0x80])), (&[0x7f], Some(&[0x7f])), (&[0x80], None)]
    {
        assert_eq!((integer(short), unsigned(short)), (Some(short), natural));
    }
    assert_eq!(bits(&[3, 0xf8]), Some((3, &[0xf8][..])));
    assert_eq!((bits(&[0]), bits(&[1]), bits(&[8, 0]), bits(&[])), (Some((0, &[][..])), None, None, None));
    assert_eq!((octets_in_bits(&[0, 7]), octets_in_bits(&[1, 7])), (Some(&[7][..]), None));
}

proptest! {
    #[test]
    fn any_bytes_are_judged_as_the_library_judges_them(der in proptest::collection::vec(any::<u8>(), 0..12)) {
        same(&der);
        same(&[&[0x30, u8::try_from(der.len()).unwrap()], &*der].concat());
    }
}
