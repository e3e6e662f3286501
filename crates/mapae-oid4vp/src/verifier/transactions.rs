//! Whether the holder authorised what was to be authorised (OpenID4VP 1.0 §5.1, Annex B.3.3.1).
//!
//! The key binding is read here before anybody has checked its signature. What is found in it holds when the very
//! presentation does.

use std::collections::BTreeMap;

use mapae_dcql::QueryId;
use mapae_jose::{Object, Value, base64url, json};

use super::ResponseFault;
use crate::{TransactionData, transaction::SHA256};

/// A transaction, and the credential query under whose presentation its hash stands. Once that presentation is verified,
/// its holder authorised it.
#[derive(Debug, Clone, PartialEq)]
pub struct AnsweredTransaction {
    transaction: TransactionData,
    credential: QueryId,
}

impl AnsweredTransaction {
    /// What was to be authorised.
    pub const fn transaction(&self) -> &TransactionData {
        &self.transaction
    }

    /// Whose presentation has its hash.
    pub const fn credential(&self) -> &QueryId {
        &self.credential
    }
}

/// The presentations that have hashes, by their query.
type Signed<'a> = Vec<(&'a str, Vec<String>)>;

pub(super) fn check(
    asked: Vec<TransactionData>,
    presentations: &BTreeMap<String, Vec<Vec<u8>>>,
) -> Result<Vec<AnsweredTransaction>, ResponseFault> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let mut signed = Signed::new();
    for (id, presentation) in presentations.iter().flat_map(|(id, all)| all.iter().map(move |one| (id, one))) {
        let hashes = hashes(presentation)?;
        if !hashes.iter().all(|hash| asked.iter().any(|one| names(one, id) && one.hash() == *hash)) {
            return Err(ResponseFault::TransactionForeign);
        }
        signed.push((id, hashes));
    }
    asked.into_iter().map(|one| answered(one, &signed)).collect()
}

fn names(transaction: &TransactionData, id: &str) -> bool {
    transaction.credentials().iter().any(|credential| credential.as_str() == id)
}

/// §5.1: one credential authorises it, and no more than one.
fn answered(transaction: TransactionData, signed: &Signed<'_>) -> Result<AnsweredTransaction, ResponseFault> {
    let hash = transaction.hash();
    let mut by = signed.iter().filter(|(_, hashes)| hashes.contains(&hash)).map(|(id, _)| *id);
    let credential = match (by.next(), by.next()) {
        (Some(id), None) => transaction.credentials().iter().find(|credential| credential.as_str() == id).cloned(),
        _ => None,
    };
    match credential {
        Some(credential) => Ok(AnsweredTransaction { transaction, credential }),
        None => Err(ResponseFault::TransactionMissing { kind: transaction.kind().chars().take(64).collect() }),
    }
}

/// `transaction_data_hashes` of the key binding, if there is one.
fn hashes(presentation: &[u8]) -> Result<Vec<String>, ResponseFault> {
    let Some(payload) = key_binding(presentation) else { return Ok(Vec::new()) };
    let Some(hashes) = payload.get("transaction_data_hashes") else { return Ok(Vec::new()) };
    if payload.get("transaction_data_hashes_alg").is_some_and(|name| name != SHA256) {
        return Err(ResponseFault::TransactionForeign);
    }
    let texts = hashes.as_array().map(|all| all.iter().map(|one| one.as_str().map(str::to_owned)));
    texts.and_then(Iterator::collect).ok_or(ResponseFault::TransactionForeign)
}

/// What stands behind the last tilde.
fn key_binding(presentation: &[u8]) -> Option<Object> {
    let text = core::str::from_utf8(presentation).ok()?;
    let (_, jwt) = text.rsplit_once('~')?;
    let payload: Value = json::parse(&base64url::decode(jwt.split('.').nth(1)?).ok()?).ok()?;
    payload.as_object().cloned()
}
