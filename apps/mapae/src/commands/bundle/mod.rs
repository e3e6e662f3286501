//! `mapae bundle`.

mod build;
mod delta;
mod fetch;
mod lists;
mod mirror;
#[cfg(feature = "services")]
mod publish;
mod show;

pub(crate) use build::build;
pub(crate) use delta::{apply, delta};
pub(crate) use fetch::{FetchArgs, fetch};
pub(crate) use lists::ListSource;
#[cfg(feature = "services")]
pub(crate) use publish::{PublishArgs, publish};
pub(crate) use show::show;

use std::path::Path;

use anyhow::Context as _;
use mapae_reader::bundle::summary;
use mapae_trust::{Anchor, Bundle, SealedBy, TrustStore};
use serde_json::{Value, json};

use crate::{
    failure::{Failure, Outcome},
    files::{self, Access},
    pinned::Pinned,
};

/// Reads a bundle for which the pinned key or ledger vouches, or else the key that it names itself.
fn open(path: &Path, pinned: Option<&Pinned>) -> Outcome<TrustStore> {
    let bundle =
        Bundle::parse(files::read(path).map_err(Failure::Usage)?).with_context(|| path.display().to_string())?;
    let claimed = bundle.sealed_by().clone();
    let anchor = anchor(pinned, &claimed)?;
    Ok(bundle.verify(anchor).with_context(|| path.display().to_string())?)
}

/// By what a bundle is known: what the caller pins, else the key that it names itself. A ledger cannot vouch for itself.
pub(crate) fn anchor<'a>(pinned: Option<&'a Pinned>, claimed: &'a SealedBy) -> Outcome<Anchor<'a>> {
    match (pinned, claimed) {
        (Some(pinned), _) => Ok(pinned.anchor()),
        (None, SealedBy::Key(key)) => Ok(Anchor::Key(key)),
        (None, SealedBy::Log(origin)) => Err(Failure::usage(format!(
            "the bundle stands in the ledger {origin}; --policy names the file to know it by"
        ))),
    }
}

/// Writes a bundle that was verified.
fn write(path: &Path, store: &TrustStore) -> Outcome<()> {
    Ok(files::write(path, store.file(), Access::Public)?)
}

/// What a file holds, for programs.
fn describe(path: &Path, store: &TrustStore) -> Value {
    let mut document = summary(store);
    document["file"] = json!(path.display().to_string());
    document["bytes"] = json!(store.file().len());
    document
}

/// The same for people.
fn describe_text(path: &Path, store: &TrustStore) -> String {
    let (as_of, issuers, lists) = (store.as_of(), store.issuers().len(), store.status_lists().len());
    let (path, bytes) = (path.display(), store.file().len());
    format!("Bundle {path} as of {as_of}: {issuers} issuers, {lists} status lists, {bytes} bytes")
}
