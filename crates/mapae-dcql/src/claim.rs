//! Claims queries (OpenID4VP 1.0 §6.3, and B.2.4 for `intent_to_retain`).

use serde_json::{Map, Value};

use crate::{ClaimPath, ExpectedValue, QueryError, QueryId, wire};

/// One claim that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimQuery {
    id: Option<QueryId>,
    path: ClaimPath,
    values: Vec<ExpectedValue>,
    intent_to_retain: Option<bool>,
}

impl ClaimQuery {
    /// Asks for the claim at `path`, whatever its value.
    pub fn new(path: ClaimPath) -> Self {
        Self { id: None, path, values: Vec::new(), intent_to_retain: None }
    }

    /// Names the claim, so that claim sets can refer to it.
    pub fn with_id(mut self, id: QueryId) -> Self {
        self.id = Some(id);
        self
    }

    /// Wants one of these values; at least one is given.
    pub fn with_values(mut self, values: Vec<ExpectedValue>) -> Result<Self, QueryError> {
        if values.is_empty() {
            return Err(QueryError::Empty { member: "values" });
        }
        self.values = values;
        Ok(self)
    }

    /// Says whether the verifier will keep the element (mdoc only, B.2.4).
    pub fn with_intent_to_retain(mut self, retain: bool) -> Self {
        self.intent_to_retain = Some(retain);
        self
    }

    /// The name, if it has one.
    pub fn id(&self) -> Option<&QueryId> {
        self.id.as_ref()
    }

    /// Where the claim is.
    pub fn path(&self) -> &ClaimPath {
        &self.path
    }

    /// Whether the verifier says that it will keep the element; `None` if it makes no statement.
    pub fn intent_to_retain(&self) -> Option<bool> {
        self.intent_to_retain
    }

    /// Whether any value is wanted, rather than one of a list.
    pub(crate) fn takes_any_value(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether the value is one that the query wants.
    pub(crate) fn accepts(&self, value: &Value) -> bool {
        self.takes_any_value() || self.values.iter().any(|expected| expected.matches(value))
    }

    pub(crate) fn from_json(value: &Value) -> Result<Self, QueryError> {
        let object = wire::object(value, "claims")?;
        let mut claim = Self::new(ClaimPath::from_json(wire::required(object, "path")?)?);
        claim.id = object.get("id").map(|id| wire::id(id, "id")).transpose()?;
        claim.intent_to_retain = wire::boolean(object, "intent_to_retain")?;
        match wire::non_empty(object, "values")? {
            Some(values) => claim.with_values(wire::all(values, |value| ExpectedValue::new(value.clone()))?),
            None => Ok(claim),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut object = Map::new();
        if let Some(id) = &self.id {
            object.insert("id".into(), id.as_str().into());
        }
        object.insert("path".into(), self.path.to_json());
        if !self.values.is_empty() {
            object.insert("values".into(), self.values.iter().map(ExpectedValue::to_json).collect());
        }
        if let Some(retain) = self.intent_to_retain {
            object.insert("intent_to_retain".into(), retain.into());
        }
        Value::Object(object)
    }
}
