//! A write and a read of full size.

use mapae_sql::SqlError;
use mapae_types::Timestamp;

use crate::store::{
    StoreError,
    sql::{Arg, Backend, Kind, Query, Reader, Transaction},
};

const WRITE: &str = "INSERT INTO probe (one, written_at, bytes) VALUES (1, $1, $2)
    ON CONFLICT (one) DO UPDATE SET written_at = excluded.written_at, bytes = excluded.bytes";
const READ: &str = "SELECT bytes FROM probe WHERE one = 1";

pub(in crate::store) async fn probe(backend: &impl Backend, bytes: u32, at: Timestamp) -> Result<(), StoreError> {
    let length = usize::try_from(bytes).unwrap_or_default();
    let time = at.unix().to_be_bytes();
    let written: Vec<u8> = time.iter().copied().cycle().take(length).collect();
    let mut transaction = backend.begin().await?;
    let args = vec![Arg::Int(at.unix()), Arg::Blob(written)];
    transaction.execute(Query::new(WRITE, args)).await?;
    transaction.commit().await?;
    let read = backend.select(Query::giving(&[Kind::Blob], READ, Vec::new())).await?;
    let read = read.into_iter().next().unwrap_or_default();
    // Another process may have written meanwhile, as much as this one.
    let whole = Reader::new("probe", read).bytes()?.len() == length;
    if whole { Ok(()) } else { Err(SqlError::Damaged { what: "probe" }.into()) }
}
