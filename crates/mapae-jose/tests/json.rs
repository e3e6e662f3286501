//! JSON with one reading.

use mapae_jose::json::{self, JsonError, MAX_DEPTH, Value};
use proptest::prelude::*;

fn nested(depth: usize) -> String {
    "[".repeat(depth) + &"]".repeat(depth)
}

#[test]
fn ordinary_json_reads_as_serde_json_reads_it() {
    let text = r#" {"a":[null,true,-3,18446744073709551615,1.5e3],"b":{"c":"\u00e9\ud83d\ude00 ü"}} "#;
    assert_eq!(json::parse(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
}

#[test]
fn peer_hole_16_a_member_named_twice_is_refused_at_any_depth() {
    for text in [r#"{"a":1,"a":1}"#, r#"{"x":[{"a":1,"b":2,"a":3}]}"#, r#"{"a":1,"\u0061":2}"#] {
        assert!(matches!(json::parse(text.as_bytes()), Err(JsonError::DuplicateName { .. })), "{text}");
    }
    json::parse(br#"{"a":{"a":1},"b":{"a":1}}"#).unwrap();
}

#[test]
fn peer_hole_16_deep_nesting_is_refused() {
    json::parse(nested(MAX_DEPTH).as_bytes()).unwrap();
    let refused = Err(JsonError::TooDeep { limit: MAX_DEPTH });
    assert_eq!(json::parse(nested(MAX_DEPTH + 1).as_bytes()), refused);
    assert_eq!(json::parse("[".repeat(100_000).as_bytes()), refused);
    assert_eq!(json::parse(r#"{"a":"#.repeat(100_000).as_bytes()), refused);
}

#[test]
fn peer_hole_16_trailing_bytes_are_refused() {
    for text in ["{} {}", "{}x", "1 2", "{}\0", "{},"] {
        assert!(matches!(json::parse(text.as_bytes()), Err(JsonError::Trailing { .. })), "{text}");
    }
    json::parse(b"{}\r\n\t ").unwrap();
}

#[test]
fn peer_hole_16_text_that_is_not_utf_8_is_refused() {
    assert_eq!(json::parse(b"{\"a\":\"\xff\"}"), Err(JsonError::NotUtf8 { offset: 6 }));
    // Half a surrogate pair names no character.
    assert!(matches!(json::parse(br#""\ud800""#), Err(JsonError::Syntax { .. })));
    assert!(matches!(json::parse("\u{feff}{}".as_bytes()), Err(JsonError::Syntax { .. })));
}

#[test]
fn a_length_over_the_limit_is_refused_before_reading() {
    assert_eq!(json::parse_within(b"[1,2]", 4), Err(JsonError::TooLong { len: 5, limit: 4 }));
    json::parse_within(b"[1,2]", 5).unwrap();
    let long = vec![b' '; json::MAX_LEN + 1];
    assert_eq!(json::parse(&long), Err(JsonError::TooLong { len: long.len(), limit: json::MAX_LEN }));
}

#[test]
fn what_is_not_json_is_refused_with_its_place() {
    for text in ["", "{", "{'a':1}", "[1,]", "01", "+1", ".5", "NaN", "1e999", "\"\n\"", "{1:2}", "// x\n1"] {
        assert!(matches!(json::parse(text.as_bytes()), Err(JsonError::Syntax { .. })), "{text}");
    }
    assert_eq!(json::parse(b"{\n x}"), Err(JsonError::Syntax { line: 2, column: 2 }));
}

#[test]
fn an_object_is_demanded_where_one_belongs() {
    assert!(json::parse_object(b"{}").unwrap().is_empty());
    assert_eq!(json::parse_object(b"[]"), Err(JsonError::NotAnObject));
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(".{0,6}", inner, 0..6).prop_map(|m| m.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(value in value()) {
        prop_assert_eq!(json::parse(&json::to_vec(&value)).unwrap(), value);
    }

    #[test]
    fn a_value_is_written_as_serde_json_writes_it(value in value()) {
        let mut out = Vec::new();
        json::append_value(&value, &mut out);
        prop_assert_eq!(out, serde_json::to_vec(&value).unwrap());
    }

    #[test]
    fn a_text_is_written_as_serde_json_writes_it(text in prop_oneof![".{0,40}", r#"[a-c"\\\\\n\x00-\x20\x7fé]{0,40}"#]) {
        let mut out = b"x".to_vec();
        json::append_text(&text, &mut out);
        prop_assert_eq!(String::from_utf8(out).unwrap(), format!("x{}", serde_json::to_string(&text).unwrap()));
    }

    #[test]
    fn plain_texts_are_read_as_by_the_reader_of_everything(
        text in r#"\[?"[a",\\ é\n]{0,4}"[,:]? ?"[a,é]{0,3}",?"?\]{0,2}"#,
        texts in prop::collection::vec("[^\"\\\\\x00-\x1f]{0,20}", 2..=3),
    ) {
        if let Some(texts) = json::parse_plain_texts::<2>(text.as_bytes()) {
            prop_assert_eq!(json::parse(text.as_bytes()).unwrap(), serde_json::json!(texts));
        }
        let written = json::to_vec(&texts);
        prop_assert_eq!(json::parse_plain_texts::<2>(&written).is_some(), texts.len() == 2);
        prop_assert_eq!(json::parse_plain_texts::<3>(&written).is_some(), texts.len() == 3);
    }

    #[test]
    fn no_bytes_make_it_panic_and_what_it_accepts_serde_json_accepts_alike(
        bytes in prop::collection::vec(prop::sample::select(b"{}[]\",:0123.eE-\\untrfalse \xc3\xa9".to_vec()), 0..60),
    ) {
        if let Ok(value) = json::parse(&bytes) {
            prop_assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), value);
        }
    }
}
