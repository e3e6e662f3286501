//! Registers: files that are taken in once, and those of the settings, which are followed.

use std::{path::PathBuf, str::FromStr};

use anyhow::Context as _;
use csv::StringRecord;
use mapae_document::{Catalogue, DocumentType};
use mapae_http::Metrics;
use mapae_issuer::{
    register::{Follower, RegisterMeasures, RegisterSettings},
    store::{Cells, IssuerStore, RegisterRow},
};
use mapae_types::{DocumentName, Timestamp};

use super::IssuerDir;
use crate::{
    commands::request::find_document,
    failure::{OrUsage as _, Outcome},
};

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

/// Takes in a whole register, if the store has nobody of it yet. Later changes have consequences, and are for a follower.
pub(super) async fn take_in(
    store: &impl IssuerStore,
    register: &RegisterFile,
    catalogue: &Catalogue,
    at: Timestamp,
) -> Outcome<()> {
    let RegisterFile { document, path } = register;
    if !store.people(document, None, 1).await?.is_empty() {
        return Ok(());
    }
    let document = find_document(catalogue, document)?;
    let mut reader = csv::Reader::from_path(path).or_usage(|| path.display().to_string())?;
    let header = reader.headers()?.clone();
    let mut rows = Vec::with_capacity(AT_ONCE);
    for record in reader.records() {
        rows.push(row(document, &header, &record?).with_context(|| path.display().to_string())?);
        if rows.len() == AT_ONCE {
            store.import(document.name(), std::mem::take(&mut rows), at).await?;
        }
    }
    store.import(document.name(), rows, at).await?;
    Ok(())
}

/// Only what the document takes, as a follower reads it.
fn row(document: &DocumentType, header: &StringRecord, record: &StringRecord) -> anyhow::Result<RegisterRow> {
    let cells = header.iter().zip(record).filter(|(_, cell)| !cell.is_empty());
    let cells: Cells = cells.map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect();
    let taken = |column: &str| Some((column.to_owned(), cells.get(column)?.clone()));
    let cells: Cells = document.columns().filter_map(taken).collect();
    let person = cells.get(document.person_column()).context("a row without a person")?.parse()?;
    Ok(RegisterRow { person, cells })
}

/// Those of the settings.
pub(super) fn followers(dir: &IssuerDir, catalogue: &Catalogue, metrics: &Metrics) -> Outcome<Vec<Follower>> {
    let (settings, measures) = (&dir.settings, RegisterMeasures::declare(metrics));
    let follower = |register: &RegisterSettings| {
        let document = find_document(catalogue, &register.document)?.clone();
        Ok(Follower::new(document, register.source.clone(), settings.following.clone(), measures.clone()))
    };
    settings.registers.iter().map(follower).collect()
}
