//! Expected values of a claim (OpenID4VP 1.0 §6.3 `values`).

use core::fmt;

use mapae_types::Pii;
use serde_json::Value;

use crate::QueryError;

/// A string, an integer or a boolean that a claim is expected to have. `Debug` hides it: whoever asks
/// for the family name `Hong` says something about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct ExpectedValue(Pii<Value>);

impl ExpectedValue {
    /// Takes a JSON string, integer or boolean. A number with a fraction or an exponent is none.
    pub fn new(value: Value) -> Result<Self, QueryError> {
        let allowed = value.is_string() || value.is_boolean() || value.is_i64() || value.is_u64();
        if allowed { Ok(Self(Pii::new(value))) } else { Err(QueryError::WrongType { member: "values" }) }
    }

    /// §6.3: type and value match exactly.
    pub(crate) fn matches(&self, value: &Value) -> bool {
        self.0.expose() == value
    }

    pub(crate) fn to_json(&self) -> Value {
        self.0.expose().clone()
    }
}

impl fmt::Debug for ExpectedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
