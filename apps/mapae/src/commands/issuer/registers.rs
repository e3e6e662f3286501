//! Registers as files: CSV with a header line.

use std::{path::PathBuf, str::FromStr};

use anyhow::Context as _;
use csv::StringRecord;
use mapae_issuer::store::{IssuerStore, RegisterRow};
use mapae_types::{DocumentName, Timestamp};

use crate::failure::{Failure, OrUsage as _, Outcome};

/// Rows that are taken in together.
const AT_ONCE: usize = 500;

/// `resident=R/resident.csv`.
#[derive(Debug, Clone)]
pub(crate) struct RegisterFile {
    pub(crate) document: DocumentName,
    pub(crate) path: PathBuf,
}

impl FromStr for RegisterFile {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = "expected DOCUMENT=FILE, such as resident=R/resident.csv";
        let (document, path) = text.split_once('=').ok_or(expected)?;
        Ok(Self { document: document.parse().map_err(|_| expected)?, path: path.into() })
    }
}

/// Takes in a whole register.
pub(super) async fn take_in(store: &impl IssuerStore, register: &RegisterFile, at: Timestamp) -> Outcome<()> {
    let path = &register.path;
    let mut reader = csv::Reader::from_path(path).or_usage(|| path.display().to_string())?;
    let header = reader.headers()?.clone();
    let person = header.iter().position(|name| name == "person_id");
    let person = person.ok_or_else(|| Failure::usage(format!("{} has no column person_id", path.display())))?;
    let mut rows = Vec::with_capacity(AT_ONCE);
    for record in reader.records() {
        rows.push(row(&header, &record?, person).with_context(|| path.display().to_string())?);
        if rows.len() == AT_ONCE {
            store.import(&register.document, std::mem::take(&mut rows), at).await?;
        }
    }
    store.import(&register.document, rows, at).await?;
    Ok(())
}

fn row(header: &StringRecord, record: &StringRecord, person: usize) -> anyhow::Result<RegisterRow> {
    let cells = header.iter().zip(record).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect();
    let person = record.get(person).unwrap_or_default().parse().context("a person's id")?;
    Ok(RegisterRow { person, cells })
}
