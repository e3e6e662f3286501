//! One output for one value (RFC 8949 §4.2.1).

use mapae_cose::cbor::{TAG_ENCODED_CBOR, Value, Writer, head_len};
use mapae_types::{Date, Timestamp};

use crate::hex::hex;

fn written(write: impl FnOnce(&mut Writer) -> &mut Writer) -> Vec<u8> {
    let mut writer = Writer::new();
    write(&mut writer);
    writer.into_bytes()
}

fn map(keys: &[Value]) -> Value {
    Value::Map(keys.iter().map(|key| (key.clone(), Value::Null)).collect())
}

#[test]
fn lengths_and_integers_take_the_shortest_form() {
    for (number, text) in [(23, "17"), (24, "1818"), (255, "18ff"), (256, "190100"), (65_536, "1a00010000")] {
        assert_eq!(written(|w| w.int(number)), hex(text));
        assert_eq!(written(|w| w.unsigned(number.unsigned_abs())), hex(text));
    }
    assert_eq!(written(|w| w.unsigned(u64::MAX)), hex("1bffffffffffffffff"));
    assert_eq!(written(|w| w.int(i64::MIN)), hex("3b7fffffffffffffff"));
    assert_eq!(written(|w| w.bytes(&[0; 24]))[..2], hex("5818"));
    assert_eq!(written(|w| w.text(&"x".repeat(300)))[..3], hex("79012c"));
}

#[test]
fn the_length_of_a_head_is_known_before_it_is_written() {
    for step in [24, 0x100, 0x1_0000, 0x1_0000_0000] {
        for argument in [step - 1, step, u64::MAX] {
            assert_eq!(written(|w| w.unsigned(argument)).len(), head_len(argument));
        }
    }
}

/// RFC 8949 §4.2.1 gives these keys in this order (without those that are neither integers nor text).
#[test]
fn map_keys_stand_in_the_order_of_their_encodings() {
    let ordered = [Value::Int(10), Value::Int(100), Value::Int(-1), Value::text("z"), Value::text("aa")];
    let mut shuffled = ordered.clone();
    shuffled.reverse();
    assert_eq!(map(&shuffled).to_cbor(), map(&ordered).to_cbor());
    assert_eq!(map(&shuffled).to_cbor(), hex("a5 0af6 1864f6 20f6 617af6 626161f6"));
}

#[test]
fn maps_are_sorted_at_every_depth() {
    let inner = map(&[Value::text("b"), Value::text("a")]);
    let outer = Value::Array(vec![Value::Tag(1, Box::new(inner))]);
    assert_eq!(outer.to_cbor(), hex("81 c1 a2 6161f6 6162f6"));
}

#[test]
fn floats_take_the_shortest_form_that_keeps_the_value() {
    for (number, text) in [
        (0.0, "f90000"),
        (-0.0, "f98000"),
        (2f64.powi(-24), "f90001"),
        (2f64.powi(-25), "fa33000000"),
        (2f64.powi(-15), "f90200"),
        (65_504.0, "f97bff"),
        (65_520.0, "fa477ff000"),
        (1.0 + 2f64.powi(-10), "f93c01"),
        (1.0 + 2f64.powi(-11), "fa3f801000"),
        (f64::MAX, "fb7fefffffffffffff"),
        (f64::MIN_POSITIVE, "fb0010000000000000"),
    ] {
        assert_eq!(Value::Float(number).to_cbor(), hex(text), "{number}");
    }
}

#[test]
fn every_float_of_16_bits_is_written_as_it_was_read() {
    for bits in 0..=u16::MAX {
        let [high, low] = bits.to_be_bytes();
        let Ok(Value::Float(number)) = Value::from_cbor(&[0xf9, high, low]) else { panic!("{bits:04x}") };
        if !number.is_nan() {
            assert_eq!(Value::Float(number).to_cbor(), [0xf9, high, low]);
        }
    }
}

#[test]
fn dates_are_tagged_text() {
    let date: Date = "1990-01-01".parse().unwrap();
    assert_eq!(Value::full_date(date).to_cbor(), hex("d903ec 6a 313939302d30312d3031"));
    let time: Timestamp = "2026-11-21T00:00:00Z".parse().unwrap();
    assert_eq!(Value::date_time(time).to_cbor(), hex("c0 74 323032362d31312d32315430303a30303a30305a"));
}

#[test]
fn encoded_items_are_wrapped_or_stand_as_they_are() {
    assert_eq!(written(|w| w.encoded_cbor(&[0xa0])), hex("d81841a0"));
    assert_eq!(written(|w| w.tag(TAG_ENCODED_CBOR).bytes_head(1).raw(&[0xa0])), hex("d81841a0"));
    let mut writer = Writer::with_capacity(8);
    assert!(writer.is_empty());
    writer.array(2).bool(true).null();
    assert_eq!((writer.len(), writer.as_bytes()), (3, &*hex("82f5f6")));
}
