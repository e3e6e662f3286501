//! A catalogue as a program carries it: what was packed is what is unpacked, and nothing else is read.

use mapae_document::{Catalogue, NotPacked};
use serde_json::Value;

use crate::sixth::LIBRARY;

/// Has everything that a catalogue can say and the builtin one does not.
#[expect(clippy::unwrap_used, reason = "tests")]
fn library() -> Catalogue {
    Catalogue::from_toml(&[("library.toml", LIBRARY)]).unwrap()
}

#[test]
fn a_packed_catalogue_is_the_catalogue() {
    for catalogue in [Catalogue::builtin().unwrap(), library()] {
        assert_eq!(Catalogue::unpack(&catalogue.pack()), Ok(catalogue));
    }
}

#[test]
fn a_packed_catalogue_with_less_or_more_or_other_things_is_not_read() {
    let items: Vec<Value> = serde_json::from_str(&library().pack()).unwrap();
    let unpack = |items: &[Value]| Catalogue::unpack(&Value::from(items).to_string());
    assert!(unpack(&items).is_ok());
    for length in 0..items.len() {
        assert_eq!(unpack(&items[..length]), Err(NotPacked), "{length}");
    }
    assert_eq!(unpack(&[&*items, &[Value::Null]].concat()), Err(NotPacked));
    for place in 0..items.len() {
        let mut other = items.clone();
        other[place] = Value::Null;
        assert_eq!(unpack(&other), Err(NotPacked), "{place}");
    }
    assert_eq!(Catalogue::unpack("no JSON"), Err(NotPacked));
}
