//! Transaction data (OpenID4VP 1.0 §5.1, §8.4, Annex B.3.3): what a holder authorises by presenting.
//!
//! They are authorised as Annex B.3.3.1 has it: the key binding of an SD-JWT carries the hash of each, over the text as it
//! travels. Left out: other hashes than SHA-256, and mdocs, for which B.2.1 leaves element and form to each type, and
//! wants the issuer's leave, which none of ours gives.

use core::fmt;

use mapae_crypto::sha256;
use mapae_dcql::{CredentialQuery, DcqlQuery, QueryId, Wanted};
use mapae_jose::{Object, Value, base64url, json};

use crate::{RequestFault, members, members::MAX_ID};

/// Transactions of one request at most.
pub(crate) const MAX: usize = 16;
/// The hash that is always understood (Annex B.3.3.1).
pub(crate) const SHA256: &str = "sha-256";
/// Members that every type has (§5.1, B.3.3.1).
const COMMON: [&str; 3] = ["type", "credential_ids", "transaction_data_hashes_alg"];

/// One transaction.
#[derive(Clone, PartialEq)]
pub struct TransactionData {
    text: String,
    kind: String,
    credentials: Vec<QueryId>,
    details: Object,
    names_hash: bool,
}

impl TransactionData {
    /// A transaction of that type, which one of these credentials authorises, with the members that its type defines.
    /// `None` if it names no type or no credential, or a member that is not its type's to define.
    pub fn new(kind: &str, credentials: Vec<QueryId>, details: Object) -> Option<Self> {
        let foreign = COMMON.iter().any(|name| details.contains_key(*name));
        if foreign || credentials.is_empty() || !(1..=MAX_ID).contains(&kind.len()) {
            return None;
        }
        let ids: Value = credentials.iter().map(QueryId::as_str).collect();
        let mut object = details.clone();
        object.insert("type".to_owned(), kind.into());
        object.insert("credential_ids".to_owned(), ids);
        let text = base64url::encode(json::to_vec(&object));
        Some(Self { text, kind: kind.to_owned(), credentials, details, names_hash: false })
    }

    /// One that came, as far as every type has it.
    pub(crate) fn read(text: &str, query: &DcqlQuery) -> Option<Self> {
        let mut details = json::parse_object(&base64url::decode(text).ok()?).ok()?;
        let kind = members::required(&details, "type", MAX_ID).ok()?.to_owned();
        let credentials = ids(details.get("credential_ids")?.as_array()?, query)?;
        let names_hash = match details.get("transaction_data_hashes_alg") {
            None => false,
            Some(Value::Array(names)) if names.iter().any(|name| name == SHA256) => true,
            Some(_) => return None,
        };
        for name in COMMON {
            details.remove(name);
        }
        Some(Self { text: text.to_owned(), kind, credentials, details, names_hash })
    }

    /// The text that travels, and is hashed.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its type, which says what the members mean and how they are shown.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The credential queries of which one authorises it.
    pub fn credentials(&self) -> &[QueryId] {
        &self.credentials
    }

    /// The members that its type defines.
    pub const fn details(&self) -> &Object {
        &self.details
    }

    /// The element of `transaction_data_hashes` in the key binding that authorises it (B.3.3.1).
    pub fn hash(&self) -> String {
        base64url::encode(sha256(self.text.as_bytes()))
    }

    /// Whether the request names hashes, so that the key binding has to say which it uses: `sha-256`.
    pub const fn names_hash(&self) -> bool {
        self.names_hash
    }

    /// What the key binding of the credential that authorises these says beside what binds it (§8.4, B.3.3.1). Which hash is used is
    /// said where a request names some. Nothing for no transactions.
    pub fn key_binding_claims(transactions: &[&Self]) -> Vec<(&'static str, Value)> {
        if transactions.is_empty() {
            return Vec::new();
        }
        let mut claims = vec![("transaction_data_hashes", transactions.iter().map(|one| one.hash()).collect())];
        if transactions.iter().any(|one| one.names_hash()) {
            claims.push(("transaction_data_hashes_alg", SHA256.into()));
        }
        claims
    }

    /// Whether every credential that it names can authorise it: an SD-JWT that is bound to its holder (B.3.3).
    pub(crate) fn is_usable(&self, query: &DcqlQuery) -> bool {
        let binds =
            |one: &CredentialQuery| one.requires_holder_binding() && matches!(one.wanted(), Wanted::SdJwtVc { .. });
        self.credentials.iter().all(|id| query.credential(id.as_str()).is_some_and(binds))
    }
}

impl fmt::Debug for TransactionData {
    /// What is paid to whom is between the two.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransactionData").field("type", &self.kind).finish_non_exhaustive()
    }
}

fn ids(ids: &[Value], query: &DcqlQuery) -> Option<Vec<QueryId>> {
    let known = |id: &Value| query.credential(id.as_str()?).map(|credential| credential.id().clone());
    if ids.is_empty() { None } else { ids.iter().map(known).collect() }
}

/// Those of a request that was made here.
pub(crate) fn restore(record: &Object, query: &DcqlQuery) -> Option<Vec<TransactionData>> {
    let all = members::list(record, "transaction_data", MAX).ok()?;
    all.unwrap_or_default().iter().map(|one| TransactionData::read(one.as_str()?, query)).collect()
}

/// The transactions of a request. §8.4: all are of the types that the wallet shows and signs, or the request is refused.
pub(crate) fn read(request: &Object, query: &DcqlQuery, kinds: &[&str]) -> Result<Vec<TransactionData>, RequestFault> {
    let all = members::list(request, "transaction_data", MAX).map_err(|_| RequestFault::TransactionData)?;
    let mut read = Vec::new();
    for one in all.unwrap_or_default() {
        let text = one.as_str().ok_or(RequestFault::TransactionData)?;
        read.push(TransactionData::read(text, query).ok_or(RequestFault::TransactionData)?);
    }
    if let Some(other) = read.iter().find(|one| !kinds.contains(&one.kind())) {
        return Err(RequestFault::TransactionType { kind: other.kind.chars().take(64).collect() });
    }
    if read.iter().all(|one| one.is_usable(query)) { Ok(read) } else { Err(RequestFault::TransactionData) }
}
