//! The whole query (OpenID4VP 1.0 §6).

use serde_json::{Map, Value};

use crate::{CredentialQuery, CredentialSetQuery, QueryError, QueryId, id, wire};

/// A DCQL query: `dcql_query` of an authorization request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DcqlQuery {
    credentials: Vec<CredentialQuery>,
    credential_sets: Vec<CredentialSetQuery>,
}

impl DcqlQuery {
    /// A query for `credentials` (at least one): all of them, or the combinations in `credential_sets` if
    /// there are any.
    pub fn new(
        credentials: Vec<CredentialQuery>,
        credential_sets: Vec<CredentialSetQuery>,
    ) -> Result<Self, QueryError> {
        if credentials.is_empty() {
            return Err(QueryError::Empty { member: "credentials" });
        }
        id::all_distinct(credentials.iter().map(CredentialQuery::id))?;
        let query = Self { credentials, credential_sets };
        let mut referred = query.credential_sets.iter().flat_map(CredentialSetQuery::options).flatten();
        match referred.find(|id| query.credential(id.as_str()).is_none()) {
            Some(id) => Err(QueryError::IdUnknown { id: id.clone() }),
            None => Ok(query),
        }
    }

    /// Reads a query. Members that the specification does not define are ignored, as §6 demands; those
    /// that it defines must have its types.
    pub fn from_json(value: &Value) -> Result<Self, QueryError> {
        let object = wire::object(value, "dcql_query")?;
        let credentials = wire::required_non_empty(object, "credentials")?;
        let sets = wire::non_empty(object, "credential_sets")?.unwrap_or_default();
        Self::new(wire::all(credentials, CredentialQuery::from_json)?, wire::all(sets, CredentialSetQuery::from_json)?)
    }

    /// Writes the query; members with their default value are left out.
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("credentials".into(), self.credentials.iter().map(CredentialQuery::to_json).collect());
        if !self.credential_sets.is_empty() {
            let sets = self.credential_sets.iter().map(CredentialSetQuery::to_json);
            object.insert("credential_sets".into(), sets.collect());
        }
        Value::Object(object)
    }

    /// The credential queries.
    pub fn credentials(&self) -> &[CredentialQuery] {
        &self.credentials
    }

    /// The credential query of that id.
    pub fn credential(&self, id: &str) -> Option<&CredentialQuery> {
        self.credentials.iter().find(|query| query.id().as_str() == id)
    }

    /// The combinations; empty if every credential is asked for.
    pub fn credential_sets(&self) -> &[CredentialSetQuery] {
        &self.credential_sets
    }

    /// The ids of all credential queries.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &QueryId> {
        self.credentials.iter().map(CredentialQuery::id)
    }
}
