//! Credential set queries (OpenID4VP 1.0 §6.2).

use serde_json::{Map, Value};

use crate::{QueryError, QueryId, wire};

/// Combinations of credentials of which one serves a use case of the verifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialSetQuery {
    options: Vec<Vec<QueryId>>,
    required: bool,
}

impl CredentialSetQuery {
    /// A set that must be answered by one of `options`: at least one, none of them empty.
    pub fn new(options: Vec<Vec<QueryId>>) -> Result<Self, QueryError> {
        if options.is_empty() || options.iter().any(Vec::is_empty) {
            return Err(QueryError::Empty { member: "options" });
        }
        Ok(Self { options, required: true })
    }

    /// The same set, which may stay unanswered.
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// The combinations.
    pub fn options(&self) -> &[Vec<QueryId>] {
        &self.options
    }

    /// Whether the set must be answered.
    pub fn required(&self) -> bool {
        self.required
    }

    pub(crate) fn from_json(value: &Value) -> Result<Self, QueryError> {
        let object = wire::object(value, "credential_sets")?;
        let options = wire::id_lists(wire::required_non_empty(object, "options")?, "options")?;
        let required = wire::boolean(object, "required")?.unwrap_or(true);
        Self::new(options).map(|set| Self { required, ..set })
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut object = Map::new();
        if !self.required {
            object.insert("required".into(), false.into());
        }
        object.insert("options".into(), wire::id_lists_to_json(&self.options));
        Value::Object(object)
    }
}
