//! Registers. Rows go in by pages, so that a whole nation's do not keep others from writing.

use std::{collections::BTreeMap, mem};

use mapae_types::{DocumentName, PersonId, Timestamp};

use crate::store::{
    Cells, Imported, RegisterRow, RowChange, StoreError, StoredRow,
    reader::row_of,
    rows::{Owner, Stored},
    sql::{Arg, Backend, Kind, Query, Reader, Row, Table, Transaction, int, number, opt_text, text},
};

/// Rows of one transaction.
const PAGE: usize = 512;

static REGISTER: Table = Table {
    name: "register",
    columns: &[
        ("owner", Kind::Text),
        ("name", Kind::Text),
        ("revision", Kind::Int),
        ("cells", Kind::Text),
        ("before", Kind::Text),
        ("removed", Kind::Int),
        ("changed_at", Kind::Int),
    ],
};

const THESE: &str = "SELECT {columns} FROM register WHERE owner IN (@1) ORDER BY owner {lock}";
const ROW: &str = "SELECT revision, cells FROM register WHERE owner = $1 AND removed = 0";
const ROW_AT: &str = "SELECT $2, CASE WHEN revision = $2 THEN cells ELSE before END FROM register
    WHERE owner = $1 AND (revision = $2 OR revision = $2 + 1)";
const REMOVE: &str = "UPDATE register SET removed = 1, changed_at = $2 WHERE owner IN (@1) AND removed = 0";
const PEOPLE: &str =
    "SELECT owner FROM register WHERE name = $1 AND owner > $2 AND removed = 0 ORDER BY owner LIMIT $3";

/// A row with its history.
struct Entry {
    owner: String,
    name: String,
    revision: u64,
    cells: String,
    before: Option<String>,
    removed: bool,
    changed_at: Timestamp,
}

impl Stored for Entry {
    const TABLE: &'static Table = &REGISTER;

    fn to_row(&self) -> Result<Row, StoreError> {
        Ok(vec![
            text(&self.owner),
            text(&self.name),
            int(number(self.revision)?),
            text(&self.cells),
            opt_text(self.before.as_deref()),
            int(self.removed.into()),
            int(self.changed_at.unix()),
        ])
    }

    fn read(reader: &mut Reader) -> Result<Self, StoreError> {
        Ok(Self {
            owner: reader.text()?,
            name: reader.text()?,
            revision: reader.count()?,
            cells: reader.text()?,
            before: reader.opt_text()?,
            removed: reader.flag()?,
            changed_at: reader.time()?,
        })
    }
}

pub(in crate::store) async fn import(
    backend: &impl Backend,
    name: &DocumentName,
    rows: Vec<RegisterRow>,
    at: Timestamp,
) -> Result<Imported, StoreError> {
    let mut imported = Imported::default();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        // Of two rows of one person the later counts.
        let page = rows.by_ref().take(PAGE).map(|row| (Owner::new(&row.person, name), row)).collect();
        import_page(backend, name, page, at, &mut imported).await?;
    }
    Ok(imported)
}

async fn import_page(
    backend: &impl Backend,
    name: &DocumentName,
    page: BTreeMap<Owner, RegisterRow>,
    at: Timestamp,
    imported: &mut Imported,
) -> Result<(), StoreError> {
    let mut transaction = backend.begin().await?;
    let owners = Arg::Texts(page.keys().map(|owner| owner.as_str().to_owned()).collect());
    let found = transaction.select(Query::of(&REGISTER, THESE, vec![owners])).await?;
    let found = found.into_iter().map(Entry::of_row).collect::<Result<Vec<_>, _>>()?;
    let mut found: BTreeMap<String, Entry> = found.into_iter().map(|entry| (entry.owner.clone(), entry)).collect();
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for (owner, row) in page {
        let Some(mut entry) = found.remove(owner.as_str()) else {
            imported.added += 1;
            new.push(begun(&owner, name, &row.cells, at).to_row()?);
            continue;
        };
        if entry.take(row, at, imported)? {
            changed.push(entry.to_row()?);
        }
    }
    transaction.update(&REGISTER, changed).await?;
    transaction.insert(&REGISTER, new).await?;
    transaction.commit().await
}

fn begun(owner: &Owner, name: &DocumentName, cells: &Cells, at: Timestamp) -> Entry {
    let (owner, name) = (owner.as_str().to_owned(), name.as_str().to_owned());
    Entry { owner, name, revision: 1, cells: written(cells), before: None, removed: false, changed_at: at }
}

fn written(cells: &Cells) -> String {
    let cells = cells.iter().map(|(column, cell)| (column.clone(), cell.as_str().into()));
    serde_json::Value::Object(cells.collect()).to_string()
}

impl Entry {
    /// Whether the row changes it.
    fn take(&mut self, row: RegisterRow, at: Timestamp, imported: &mut Imported) -> Result<bool, StoreError> {
        let damaged = || mapae_sql::SqlError::Damaged { what: "register" };
        let before: Cells = serde_json::from_str(&self.cells).map_err(|_| damaged())?;
        let (same, returns) = (before == row.cells, mem::take(&mut self.removed));
        if same && !returns {
            imported.unchanged += 1;
            return Ok(false);
        }
        if !same {
            self.revision += 1;
            self.before = Some(mem::replace(&mut self.cells, written(&row.cells)));
        }
        self.changed_at = at;
        if returns {
            imported.added += 1;
        } else {
            imported.changed.push(RowChange { person: row.person, columns: differing(&before, &row.cells) });
        }
        Ok(true)
    }
}

fn differing(before: &Cells, after: &Cells) -> Vec<String> {
    let mut columns: Vec<&String> = before.keys().chain(after.keys()).collect();
    columns.sort();
    columns.dedup();
    columns.into_iter().filter(|column| before.get(*column) != after.get(*column)).cloned().collect()
}

pub(in crate::store) async fn remove(
    backend: &impl Backend,
    name: &DocumentName,
    people: &[PersonId],
    at: Timestamp,
) -> Result<u64, StoreError> {
    let mut removed = 0;
    for page in people.chunks(PAGE) {
        let owners = page.iter().map(|person| Owner::new(person, name).as_str().to_owned()).collect();
        let mut transaction = backend.begin().await?;
        let args = vec![Arg::Texts(owners), Arg::Int(at.unix())];
        removed += transaction.execute(Query::new(REMOVE, args)).await?;
        transaction.commit().await?;
    }
    Ok(removed)
}

pub(in crate::store) async fn row(
    backend: &impl Backend,
    name: &DocumentName,
    person: &PersonId,
) -> Result<Option<StoredRow>, StoreError> {
    one(backend, ROW, vec![owner(name, person)]).await
}

pub(in crate::store) async fn row_at(
    backend: &impl Backend,
    name: &DocumentName,
    person: &PersonId,
    revision: u64,
) -> Result<Option<StoredRow>, StoreError> {
    one(backend, ROW_AT, vec![owner(name, person), Arg::Int(number(revision)?)]).await
}

fn owner(name: &DocumentName, person: &PersonId) -> Arg {
    Arg::Text(Owner::new(person, name).as_str().to_owned())
}

async fn one(backend: &impl Backend, sql: &'static str, args: Vec<Arg>) -> Result<Option<StoredRow>, StoreError> {
    let rows = backend.select(Query::giving(&[Kind::Int, Kind::Text], sql, args)).await?;
    let row = rows.into_iter().next();
    row.map_or(Ok(None), |row| row_of(&mut Reader::new("register", row)))
}

pub(in crate::store) async fn people(
    backend: &impl Backend,
    name: &DocumentName,
    after: Option<&PersonId>,
    limit: u32,
) -> Result<Vec<PersonId>, StoreError> {
    let after = after.map_or(Arg::Text(String::new()), |person| owner(name, person));
    let args = vec![Arg::Text(name.as_str().to_owned()), after, Arg::Int(limit.into())];
    let rows = backend.select(Query::giving(&[Kind::Text], PEOPLE, args)).await?;
    rows.into_iter().map(|row| person(&mut Reader::new("register", row))).collect()
}

fn person(reader: &mut Reader) -> Result<PersonId, StoreError> {
    let owner = reader.text()?;
    let person = owner.split_once('/').and_then(|(person, _)| person.parse().ok());
    person.ok_or_else(|| reader.damaged())
}
