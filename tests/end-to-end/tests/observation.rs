//! What can be seen of a country from outside at one moment, and what changed from one moment to the next.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::{
    country::{Central, Country},
    dump::{self, Tables},
    proxy::Traffic,
    relying_party::RelyingParty,
};

/// At one moment. Traffic is counted from the moment before.
pub(crate) struct Observation {
    pub(crate) at: Instant,
    /// By service and database.
    databases: BTreeMap<(String, PathBuf), Tables>,
    /// By service and path, databases' own files as well.
    files: BTreeMap<(String, PathBuf), Vec<u8>>,
    logs: BTreeMap<String, String>,
}

/// From one moment to the next.
#[derive(Default)]
pub(crate) struct Changes {
    pub(crate) lasted: Duration,
    pub(crate) rows: Vec<Row>,
    pub(crate) files: Vec<File>,
    /// New lines of logs, by service.
    pub(crate) lines: Vec<(String, String)>,
    pub(crate) traffic: Vec<(String, Traffic)>,
    /// Requests for the bundle.
    pub(crate) fetches: Vec<String>,
    /// Whom services and relying parties called, by name.
    pub(crate) calls: Vec<(String, String)>,
    /// Hosts that wallets asked.
    pub(crate) asked: BTreeSet<String>,
}

/// A row that is there in one of two moments alone.
pub(crate) struct Row {
    pub(crate) service: String,
    pub(crate) table: String,
    pub(crate) text: String,
    pub(crate) is_new: bool,
}

/// A file that is not what it was.
pub(crate) struct File {
    pub(crate) service: String,
    pub(crate) path: PathBuf,
    /// The database that it belongs to, which has several.
    pub(crate) database: Option<PathBuf>,
    /// All that the files of that database held before.
    pub(crate) before: Vec<u8>,
    /// Runs of bytes that were not there before.
    pub(crate) new: Vec<u8>,
}

impl Observation {
    /// Looks at everything central.
    pub(crate) fn of(country: &Country) -> Self {
        let mut seen =
            Self { at: Instant::now(), databases: BTreeMap::new(), files: BTreeMap::new(), logs: logs(country) };
        for central in country.centrals() {
            if let Some(database) = &central.database {
                seen.databases.insert((central.name.clone(), database.into()), dump::tables_on(database));
            }
            let mut paths = Vec::new();
            walk(&central.folder, &mut paths);
            for path in paths {
                if path.extension().is_some_and(|extension| extension == "db") {
                    seen.databases.insert((central.name.clone(), path.clone()), dump::tables_in(&path));
                }
                // One that goes away meanwhile is seen to have gone.
                let Ok(content) = fs::read(&path) else { continue };
                seen.files.insert((central.name.clone(), path), content);
            }
        }
        seen
    }

    /// How many databases, tables, rows, files and bytes it saw.
    pub(crate) fn size(&self) -> String {
        let tables = || self.databases.values().flat_map(BTreeMap::values);
        let rows: usize = tables().map(BTreeSet::len).sum();
        let bytes: usize = self.files.values().map(Vec::len).sum();
        format!(
            "{} databases with {} tables and {rows} rows, {} files of {bytes} bytes",
            self.databases.len(),
            tables().count(),
            self.files.len()
        )
    }
}

/// The whole of the logs, by service.
pub(crate) fn logs(country: &Country) -> BTreeMap<String, String> {
    let log = |central: &Central| Some((central.name.clone(), fs::read_to_string(central.log()?).unwrap()));
    country.centrals().filter_map(log).collect()
}

fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, into) } else { into.push(path) }
    }
}

/// Forgets the traffic so far.
pub(crate) fn reset(country: &Country, relying_parties: &[RelyingParty]) {
    drop((traffic(country), calls(country, relying_parties), country.mirror.take()));
}

/// What differs.
pub(crate) fn changes(
    before: &Observation,
    after: &Observation,
    country: &Country,
    relying_parties: &[RelyingParty],
) -> Changes {
    Changes {
        lasted: after.at - before.at,
        rows: rows(before, after),
        files: files(before, after),
        lines: lines(before, after),
        traffic: traffic(country),
        fetches: country.mirror.take(),
        calls: calls(country, relying_parties),
        asked: BTreeSet::new(),
    }
}

fn calls(country: &Country, relying_parties: &[RelyingParty]) -> Vec<(String, String)> {
    let services = country.centrals().map(|central| (central.name.clone(), central.take_calls()));
    let asking = relying_parties.iter().map(|one| (one.id.to_owned(), one.take_calls()));
    let named = |(name, calls): (String, Vec<String>)| calls.into_iter().map(move |call| (name.clone(), call));
    services.chain(asking).flat_map(named).collect()
}

fn traffic(country: &Country) -> Vec<(String, Traffic)> {
    let proxies = country.centrals().flat_map(|central| &central.proxies);
    proxies.map(|proxy| (proxy.name.clone(), proxy.take())).collect()
}

fn rows(before: &Observation, after: &Observation) -> Vec<Row> {
    let mut changed = Vec::new();
    let databases: BTreeSet<_> = before.databases.keys().chain(after.databases.keys()).collect();
    for database in databases {
        let of = |seen: &Observation| seen.databases.get(database).cloned().unwrap_or_default();
        let (then, now) = (of(before), of(after));
        let tables: BTreeSet<_> = then.keys().chain(now.keys()).collect();
        for table in tables {
            let (then, now) = (rows_of(&then, table), rows_of(&now, table));
            let row = |text: &String, is_new| Row {
                service: database.0.clone(),
                table: table.clone(),
                text: text.clone(),
                is_new,
            };
            changed.extend(then.difference(&now).map(|text| row(text, false)));
            changed.extend(now.difference(&then).map(|text| row(text, true)));
        }
    }
    changed
}

fn rows_of(tables: &Tables, table: &str) -> BTreeSet<String> {
    tables.get(table).cloned().unwrap_or_default()
}

fn files(before: &Observation, after: &Observation) -> Vec<File> {
    let changed = |key: &&(String, PathBuf)| before.files.get(key) != after.files.get(key);
    let of = |key: &(String, PathBuf)| {
        let bytes = |seen: &Observation| seen.files.get(key).cloned().unwrap_or_default();
        let database = database_of(&key.1);
        let together = |file: &(String, PathBuf)| database.is_some() && database_of(&file.1) == database;
        let before_all = before.files.iter().filter(|(file, _)| together(file)).flat_map(|(_, bytes)| bytes).copied();
        let (service, path) = key.clone();
        File { service, path, before: before_all.collect(), new: new_bytes(&bytes(before), &bytes(after)), database }
    };
    let keys: BTreeSet<_> = before.files.keys().chain(after.files.keys()).collect();
    keys.into_iter().filter(changed).map(of).collect()
}

/// `issuer` of `issuer.db`, `issuer.db-wal` and `issuer.db-shm`.
fn database_of(path: &Path) -> Option<PathBuf> {
    path.to_string_lossy().split_once(".db").map(|(database, _)| database.into())
}

/// The bytes at places where there were others or none, with some around them: text that stands across the border is found.
fn new_bytes(then: &[u8], now: &[u8]) -> Vec<u8> {
    const AROUND: usize = 64;
    let differs = |place: usize| then.get(place) != now.get(place);
    let mut kept = Vec::new();
    let mut until = 0;
    for place in (0..now.len()).filter(|place| differs(*place)) {
        let (from, to) = (place.saturating_sub(AROUND).max(until), (place + AROUND).min(now.len()));
        if to > until {
            kept.extend_from_slice(&now[from..to]);
            until = to;
        }
    }
    kept
}

fn lines(before: &Observation, after: &Observation) -> Vec<(String, String)> {
    let new = |(service, now): (&String, &String)| {
        let then = before.logs.get(service).map_or(0, String::len);
        now[then.min(now.len())..].lines().map(|line| (service.clone(), line.to_owned())).collect::<Vec<_>>()
    };
    after.logs.iter().flat_map(new).collect()
}
