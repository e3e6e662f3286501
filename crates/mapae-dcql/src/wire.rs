//! Reading members of a query's JSON. A member that is present must have its type: `null` is not absence.

use serde_json::{Map, Value};

use crate::{QueryError, QueryId};

type Object = Map<String, Value>;

pub(crate) fn object<'v>(value: &'v Value, member: &'static str) -> Result<&'v Object, QueryError> {
    value.as_object().ok_or(QueryError::WrongType { member })
}

pub(crate) fn required<'v>(object: &'v Object, member: &'static str) -> Result<&'v Value, QueryError> {
    object.get(member).ok_or(QueryError::Missing { member })
}

pub(crate) fn text(value: &Value, member: &'static str) -> Result<String, QueryError> {
    value.as_str().map(str::to_owned).ok_or(QueryError::WrongType { member })
}

pub(crate) fn id(value: &Value, member: &'static str) -> Result<QueryId, QueryError> {
    text(value, member)?.parse()
}

pub(crate) fn array<'v>(value: &'v Value, member: &'static str) -> Result<&'v [Value], QueryError> {
    value.as_array().map(Vec::as_slice).ok_or(QueryError::WrongType { member })
}

/// An optional array, not empty if present.
pub(crate) fn non_empty<'v>(object: &'v Object, member: &'static str) -> Result<Option<&'v [Value]>, QueryError> {
    match object.get(member).map(|value| array(value, member)).transpose()? {
        Some([]) => Err(QueryError::Empty { member }),
        found => Ok(found),
    }
}

/// A required array that is not empty.
pub(crate) fn required_non_empty<'v>(object: &'v Object, member: &'static str) -> Result<&'v [Value], QueryError> {
    non_empty(object, member)?.ok_or(QueryError::Missing { member })
}

pub(crate) fn boolean(object: &Object, member: &'static str) -> Result<Option<bool>, QueryError> {
    let read = |value: &Value| value.as_bool().ok_or(QueryError::WrongType { member });
    object.get(member).map(read).transpose()
}

pub(crate) fn texts(values: &[Value], member: &'static str) -> Result<Vec<String>, QueryError> {
    all(values, |value| text(value, member))
}

pub(crate) fn id_lists(values: &[Value], member: &'static str) -> Result<Vec<Vec<QueryId>>, QueryError> {
    all(values, |value| all(array(value, member)?, |entry| id(entry, member)))
}

/// What they are read as, or what the first fault is. A loop: `collect` into a `Result` takes twice the code.
pub(crate) fn all<T>(values: &[Value], read: impl Fn(&Value) -> Result<T, QueryError>) -> Result<Vec<T>, QueryError> {
    let mut all = Vec::with_capacity(values.len());
    for value in values {
        all.push(read(value)?);
    }
    Ok(all)
}

pub(crate) fn id_lists_to_json(lists: &[Vec<QueryId>]) -> Value {
    lists.iter().map(|list| list.iter().map(QueryId::as_str).collect::<Value>()).collect()
}
