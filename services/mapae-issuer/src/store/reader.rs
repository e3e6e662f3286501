//! Groups of questions about grants: what every request of copies begins with.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use mapae_types::Timestamp;

use super::{
    BatchSummary, GrantView, StoreError, StoredRow,
    lane::Worker,
    rows::{DOCUMENT, Document, GRANT, GrantRow, SUMMARY, Stored, summary},
    sql::{Arg, Backend, Kind, Query, Reader, Row},
};
use crate::ids::GrantId;

/// Reads what is committed.
#[derive(Debug)]
pub(super) struct GrantReader<B>(pub(super) B);

/// Which grant, and now.
pub(super) type GrantAsked = (GrantId, Timestamp);

const VIEWS: &str = "SELECT g.id, g.root, g.document, g.jkt, g.client_id, g.copies, g.kind, g.made_at, g.expires_at,
        g.keep_until, d.id, d.owner, d.state, d.slot, d.held, d.channel, d.urgency, d.applied_at, d.changed_at, d.reason,
        d.offer, d.grant_id, d.root, d.device, d.activated_at, d.expires_at, d.refill_from, r.revision, r.cells
    FROM grants g JOIN documents d ON d.id = g.document
        LEFT JOIN register r ON r.owner = d.owner AND r.removed = 0
    WHERE g.id IN (@1)";

const MADE: &str = "SELECT grant_id, id, configuration, keys, copies FROM batches WHERE grant_id IN (@1) ORDER BY id";

/// The columns of [`VIEWS`]: a grant's, its document's, and the row's.
static KINDS: std::sync::LazyLock<Vec<Kind>> = std::sync::LazyLock::new(|| {
    let tables = GRANT.columns.iter().chain(DOCUMENT.columns);
    tables.map(|(_, kind)| *kind).chain([Kind::Int, Kind::Text]).collect()
});

impl<B: Backend> Worker<GrantAsked, Option<GrantView>> for GrantReader<B> {
    async fn work(&self, asked: Vec<GrantAsked>) -> Vec<Result<Option<GrantView>, StoreError>> {
        let answer = |views: &BTreeMap<GrantId, GrantView>, (grant, now): GrantAsked| {
            views.get(&grant).filter(|view| now <= view.grant.expires_at).cloned()
        };
        match self.views(&asked).await {
            Ok(views) => asked.into_iter().map(|asked| Ok(answer(&views, asked))).collect(),
            Err(error) => asked.iter().map(|_| Err(error.clone())).collect(),
        }
    }
}

impl<B: Backend> GrantReader<B> {
    async fn views(&self, asked: &[GrantAsked]) -> Result<BTreeMap<GrantId, GrantView>, StoreError> {
        let ids = || Arg::Blobs(asked.iter().map(|(grant, _)| grant.as_bytes().to_vec()).collect());
        let rows = self.0.select(Query::giving(&KINDS, VIEWS, vec![ids()])).await?;
        let made = self.0.select(Query::giving(SUMMARY, MADE, vec![ids()])).await?;
        let mut made_by: HashMap<GrantId, Vec<BatchSummary>> = HashMap::new();
        for (grant, batch) in made.into_iter().map(summary).collect::<Result<Vec<_>, _>>()? {
            made_by.entry(grant).or_default().push(batch);
        }
        let mut views = BTreeMap::new();
        for row in rows {
            let mut view = view(row)?;
            view.batches = made_by.remove(&view.grant.id).unwrap_or_default();
            views.insert(view.grant.id, view);
        }
        Ok(views)
    }
}

fn view(row: Row) -> Result<GrantView, StoreError> {
    let mut reader = Reader::new("grants", row);
    let grant = GrantRow::read(&mut reader)?;
    let document = Document::read(&mut reader)?.record;
    let row = row_of(&mut reader)?;
    Ok(GrantView { grant: grant.of(&document), document, row, batches: Vec::new() })
}

/// A row's revision and cells, if it has any.
pub(super) fn row_of(reader: &mut Reader) -> Result<Option<StoredRow>, StoreError> {
    let (revision, cells) = (reader.opt_int()?, reader.opt_text()?);
    let (Some(revision), Some(cells)) = (revision, cells) else { return Ok(None) };
    let revision = u64::try_from(revision).map_err(|_| reader.damaged())?;
    let cells = serde_json::from_str(&cells).map_err(|_| reader.damaged())?;
    Ok(Some(StoredRow { revision, cells: Arc::new(cells) }))
}
