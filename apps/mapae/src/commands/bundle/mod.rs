//! `mapae bundle`.

mod build;
mod delta;
mod show;

pub(crate) use build::build;
pub(crate) use delta::{apply, delta};
pub(crate) use show::show;

use std::path::Path;

use anyhow::Context as _;
use mapae_crypto::PublicKey;
use mapae_reader::bundle::summary;
use mapae_trust::{Bundle, TrustStore};
use serde_json::{Value, json};

use crate::{
    authority::read_public_key,
    failure::{Failure, Outcome},
    files::{self, Access},
};

/// Reads a bundle that is signed by the key in a file, or else by the one that it names itself.
fn open(path: &Path, key: Option<&Path>) -> Outcome<TrustStore> {
    let bundle =
        Bundle::parse(files::read(path).map_err(Failure::Usage)?).with_context(|| path.display().to_string())?;
    let expected = expected_key(key, &bundle)?;
    Ok(bundle.verify(&expected).with_context(|| path.display().to_string())?)
}

/// The key that a bundle must be signed with: the one that the caller pins, else the one that it names itself.
pub(crate) fn expected_key(pinned: Option<&Path>, bundle: &Bundle) -> Outcome<PublicKey> {
    match pinned {
        Some(path) => read_public_key(path).map_err(Failure::Usage),
        None => Ok(bundle.claimed_key().clone()),
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
