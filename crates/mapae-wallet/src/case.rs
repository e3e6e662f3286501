//! One case of several as JSON, `{tag: name, …}`: derived, each type of cases would be a kilobyte of the wallet page.

use mapae_jose::{Object, Value};

/// A case by its name, with what belongs to it.
pub(crate) fn case<const N: usize>(tag: &str, name: &str, members: [(&str, Value); N]) -> Value {
    let mut object = Object::new();
    object.insert(tag.to_owned(), name.into());
    for (name, value) in members {
        object.insert(name.to_owned(), value);
    }
    object.into()
}
