//! Values of any shape come back as they were written.

use std::collections::BTreeMap;

use mapae_cose::cbor::Value;
use proptest::prelude::*;

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<u64>().prop_map(|number| Value::Int(number.into())),
        any::<u64>().prop_map(|number| Value::Int(-1 - i128::from(number))),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
        any::<String>().prop_map(Value::Text),
        any::<bool>().prop_map(Value::Bool),
        Just(Value::Null),
        any::<f64>().prop_filter("a NaN is not equal to itself", |number| !number.is_nan()).prop_map(Value::Float),
        any::<f32>()
            .prop_filter("a NaN is not equal to itself", |number| !number.is_nan())
            .prop_map(|number| Value::Float(number.into())),
    ]
}

fn key() -> impl Strategy<Value = Value> {
    prop_oneof![any::<i64>().prop_map(Value::from), any::<String>().prop_map(Value::Text)]
}

/// Keys in the order in which they are written, so that the value read is equal to the value written.
fn map(values: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop::collection::vec((key(), values), 0..6).prop_map(|entries| {
        let by_encoding: BTreeMap<_, _> = entries.into_iter().map(|entry| (entry.0.to_cbor(), entry)).collect();
        Value::Map(by_encoding.into_values().collect())
    })
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            map(inner.clone()),
            (any::<u64>(), inner).prop_map(|(number, item)| Value::Tag(number, Box::new(item))),
        ]
    })
}

proptest! {
    #[test]
    fn a_value_is_read_as_it_was_written(value in value()) {
        let bytes = value.to_cbor();
        let read = Value::from_cbor(&bytes).unwrap();
        prop_assert!(read == value, "another value came back");
        prop_assert_eq!(read.to_cbor(), bytes);
    }

    #[test]
    fn a_value_cut_short_is_refused(value in value(), keep in any::<prop::sample::Index>()) {
        let bytes = value.to_cbor();
        prop_assert!(Value::from_cbor(&bytes[..keep.index(bytes.len())]).is_err());
    }
}

/// Hole 11 of the peers: a claim value in a `Debug` line or log.
#[test]
fn peer_hole_11_a_value_prints_its_kind_only() {
    let entries = vec![(Value::text("family_name"), Value::text("홍")), (Value::from(7), Value::Bytes(vec![0xab]))];
    let shown = format!("{:?} {:?} {:?}", Value::Map(entries), Value::text("길동"), Value::from(900_101));
    assert_eq!(shown, "Map(…) Text(…) Int(…)");
}
