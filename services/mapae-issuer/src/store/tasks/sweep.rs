//! Forgetting what has expired, a few rows at a time.

use mapae_types::Timestamp;

use crate::{
    ids::DocumentId,
    store::{
        StoreError, Sweep,
        sql::{Arg, Backend, Kind, Query, Reader, Transaction},
    },
};

const NONCES: &str = "DELETE FROM used_nonces WHERE mark IN
    (SELECT mark FROM used_nonces WHERE mark < $1 ORDER BY mark LIMIT $2)";
const GRANTS: &str = "DELETE FROM grants WHERE id IN
    (SELECT id FROM grants WHERE keep_until < $1 ORDER BY keep_until LIMIT $2)";
const SIGN_INS: &str = "DELETE FROM sign_ins WHERE id IN
    (SELECT id FROM sign_ins WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)";
const KEYS: &str = "UPDATE batches SET keys = NULL, thumbprints = NULL, seed = NULL WHERE id IN
    (SELECT id FROM batches WHERE seed IS NOT NULL AND made_at < $1 ORDER BY made_at LIMIT $2)";
const DEFERRED: &str = "DELETE FROM deferred WHERE id IN
    (SELECT id FROM deferred WHERE made_at < $1 AND state <> 0 ORDER BY made_at LIMIT $2)";
const REMOVED: &str = "DELETE FROM register WHERE owner IN
    (SELECT owner FROM register WHERE removed = 1 AND changed_at < $1 ORDER BY changed_at LIMIT $2)";
const BEFORE: &str = "UPDATE register SET before = NULL WHERE owner IN
    (SELECT owner FROM register WHERE before IS NOT NULL AND changed_at < $1 ORDER BY changed_at LIMIT $2)";

const ENDING: &str = "SELECT id FROM documents WHERE slot = 1 AND expires_at < $1 ORDER BY expires_at LIMIT $2";

/// Rows of all kinds, and whether there may be more.
pub(in crate::store) async fn sweep(backend: &impl Backend, sweep: Sweep) -> Result<(u64, bool), StoreError> {
    let mark = Arg::Blob(sweep.now.unix().to_be_bytes().to_vec());
    let (now, keys) = (Arg::Int(sweep.now.unix()), Arg::Int(sweep.keys_before.unix()));
    let steps = [
        (NONCES, mark),
        (GRANTS, now.clone()),
        (SIGN_INS, now),
        (KEYS, keys.clone()),
        (DEFERRED, keys.clone()),
        (REMOVED, keys.clone()),
        (BEFORE, keys),
    ];
    let (mut rows, mut more) = (0, false);
    for (sql, until) in steps {
        let mut transaction = backend.begin().await?;
        let swept = transaction.execute(Query::new(sql, vec![until, Arg::Int(sweep.limit.into())])).await?;
        transaction.commit().await?;
        rows += swept;
        more |= swept >= sweep.limit.into();
    }
    Ok((rows, more))
}

/// Documents whose last day is over.
pub(in crate::store) async fn ending(
    backend: &impl Backend,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<DocumentId>, StoreError> {
    let args = vec![Arg::Int(now.unix()), Arg::Int(limit.into())];
    let rows = backend.select(Query::giving(&[Kind::Blob], ENDING, args)).await?;
    rows.into_iter().map(|row| Reader::new("documents", row).id()).collect()
}
