//! What others say about a verifier (OpenID4VP 1.0 §5.11). It is kept as it came: whoever uses it checks its signature and
//! that it is about this verifier.

use core::fmt;

use mapae_dcql::{DcqlQuery, QueryId};
use mapae_jose::{Object, Value, base64url, json};

use crate::{RequestFault, members, members::MAX_ID};

/// Statements of one request at most.
const MAX: usize = 16;

/// The format of a registration as the ledger has it: CBOR in base64url.
const REGISTRATION: &str = "mapae_registration";

/// A statement about a verifier.
#[derive(Clone, PartialEq)]
pub struct VerifierInfo {
    /// What kind of statement it is.
    pub format: String,
    /// The statement: a text or an object.
    pub data: Value,
    /// The credential queries that it is about; empty for all.
    pub credentials: Vec<QueryId>,
}

impl VerifierInfo {
    /// The verifier's registration, as it stands in the ledger, about every credential that is asked for.
    pub fn registration(entry: &[u8]) -> Self {
        let data = base64url::encode(entry).into();
        Self { format: REGISTRATION.to_owned(), data, credentials: Vec::new() }
    }

    /// The bytes of a registration, if it is one. They are what the verifier says: whether the ledger has them, and whether
    /// they name the certificate that signed the request, is for the wallet to find (§5.1).
    pub fn as_registration(&self) -> Option<Vec<u8>> {
        let data = self.data.as_str().filter(|_| self.format == REGISTRATION)?;
        base64url::decode(data).ok()
    }

    pub(crate) fn all(request: &Object, query: &DcqlQuery) -> Result<Vec<Self>, RequestFault> {
        let malformed = || RequestFault::Malformed { parameter: "verifier_info" };
        let all = members::list(request, "verifier_info", MAX)?.unwrap_or_default();
        all.iter().map(|one| Self::of(one, query).ok_or_else(malformed)).collect()
    }

    /// As it travels.
    pub(crate) fn to_value(&self) -> Value {
        let mut object = json::object([("format", self.format.as_str().into()), ("data", self.data.clone())]);
        if !self.credentials.is_empty() {
            object.insert("credential_ids".to_owned(), self.credentials.iter().map(QueryId::as_str).collect());
        }
        object.into()
    }

    fn of(value: &Value, query: &DcqlQuery) -> Option<Self> {
        let object = value.as_object()?;
        let format = members::required(object, "format", MAX_ID).ok()?.to_owned();
        let data = object.get("data").filter(|data| data.is_string() || data.is_object())?.clone();
        let credentials = match object.get("credential_ids") {
            None => Vec::new(),
            Some(ids) => credentials(ids.as_array().filter(|ids| !ids.is_empty())?, query)?,
        };
        Some(Self { format, data, credentials })
    }
}

fn credentials(ids: &[Value], query: &DcqlQuery) -> Option<Vec<QueryId>> {
    ids.iter().map(|id| query.credential(id.as_str()?).map(|credential| credential.id().clone())).collect()
}

impl fmt::Debug for VerifierInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifierInfo").field("format", &self.format).finish_non_exhaustive()
    }
}
