//! Values as JSON, for tools that show them.

use mapae_cose::cbor::Value;
use serde_json::json;

#[test]
fn a_value_becomes_the_json_of_rfc_8949_section_6_1() {
    let value = Value::Map(vec![
        (Value::text("name"), Value::text("홍길동")),
        (Value::text("photo"), Value::Bytes(vec![0xfb, 0xff, 0x00])),
        (Value::text("born"), Value::full_date("1990-01-01".parse().unwrap())),
        (Value::text("flags"), Value::Array(vec![Value::from(true), Value::Null, Value::Float(1.5)])),
        (Value::from(-7), Value::from(-8)),
    ]);
    let expected = json!({
        "name": "홍길동",
        "photo": "-_8A",
        "born": "1990-01-01",
        "flags": [true, null, 1.5],
        "-7": -8,
    });
    assert_eq!(value.to_json(), expected);
}

#[test]
fn numbers_that_json_lacks_become_null() {
    assert_eq!(Value::Int(u64::MAX.into()).to_json(), json!(u64::MAX));
    assert_eq!(Value::Int(-1 - i128::from(u64::MAX)).to_json(), json!(null));
    assert_eq!(Value::Float(f64::NAN).to_json(), json!(null));
    assert_eq!(Value::Float(f64::INFINITY).to_json(), json!(null));
}
