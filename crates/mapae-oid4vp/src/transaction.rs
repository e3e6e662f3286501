//! Transaction data (OpenID4VP 1.0 §5.1, §8.4): what a holder would authorise by presenting.
//!
//! This wallet knows no type of them: it can neither show such a thing in words nor sign it, and §8.4 then has it refuse.

use mapae_dcql::DcqlQuery;
use mapae_jose::{Object, Value, base64url, json};

use crate::{RequestFault, members};

/// Transactions of one request at most.
const MAX: usize = 16;

/// Refuses transaction data: what is malformed as that, the rest for its type.
pub(crate) fn refuse(request: &Object, query: &DcqlQuery) -> Result<(), RequestFault> {
    let all = members::list(request, "transaction_data", MAX).map_err(|_| RequestFault::TransactionData)?;
    let Some(all) = all else { return Ok(()) };
    let kinds = all.iter().map(|one| kind(one, query).ok_or(RequestFault::TransactionData));
    match kinds.collect::<Result<Vec<_>, _>>()?.first() {
        Some(kind) => Err(RequestFault::TransactionType { kind: kind.chars().take(64).collect() }),
        None => Ok(()),
    }
}

/// The type of one that has its form.
fn kind(one: &Value, query: &DcqlQuery) -> Option<String> {
    let object = json::parse_object(&base64url::decode(one.as_str()?).ok()?).ok()?;
    let ids = object.get("credential_ids")?.as_array().filter(|ids| !ids.is_empty())?;
    let known = |id: &Value| id.as_str().is_some_and(|id| query.credential(id).is_some());
    let kind = object.get("type")?.as_str()?.to_owned();
    ids.iter().all(known).then_some(kind)
}
