//! Claims of every verifier in one form, so that they can be compared with what was issued.

use serde_json::{Map, Value};

/// What a credential says of itself and not of its subject (SD-JWT VC §3.2.2.2), and what key binding adds.
const REGISTERED: [&str; 8] = ["iss", "vct", "iat", "nbf", "exp", "cnf", "status", "_sd_alg"];

/// Values without the marks of `node/values.mjs`: a date and bytes are text.
pub fn plain(value: &Value) -> Value {
    match value {
        Value::Object(members) => match marked(members) {
            Some(text) => text.clone(),
            None => members.iter().map(|(name, member)| (name.clone(), plain(member))).collect(),
        },
        Value::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}

/// Claims about the subject alone, without what is left of an object of which nothing is disclosed.
pub fn of_subject(claims: &Value) -> Value {
    let all = claims.as_object().into_iter().flatten();
    let told = all.filter(|(name, value)| !REGISTERED.contains(&name.as_str()) && !is_empty(value));
    told.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn marked(members: &Map<String, Value>) -> Option<&Value> {
    let (name, value) = members.iter().next()?;
    (members.len() == 1 && name.starts_with('$')).then_some(value)
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty)
}
