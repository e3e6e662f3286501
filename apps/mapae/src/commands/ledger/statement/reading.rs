//! Values of a statement file, each with its key in the error.

use std::{
    fmt::Display,
    path::{Path, PathBuf},
    str::FromStr,
};

use anyhow::Context as _;
use mapae_crypto::{PublicKey, sha256};
use mapae_trust::{Names, ledger::Fingerprint};
use mapae_types::hex;
use mapae_x509::{Certificate, TrustAnchor};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    authority::{read_certificate, read_public_key},
    failure::{Failure, OrUsage as _, Outcome},
    files,
};

/// A statement file, and the folder from which its paths start.
pub(super) struct Reading {
    path: PathBuf,
    text: String,
}

/// `{ ko = "…", en = "…" }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamesTable {
    ko: String,
    en: String,
}

impl Reading {
    pub(super) fn open(path: &Path) -> Outcome<Self> {
        Ok(Self { path: path.to_owned(), text: files::read_text(path).map_err(Failure::Usage)? })
    }

    /// Reads the file as a table; the error shows the line.
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Outcome<T> {
        toml::from_str(&self.text).or_usage(|| self.path.display().to_string())
    }

    /// The place of a key, for people.
    pub(super) fn at(&self, key: &str) -> String {
        format!("{}, `{key}`", self.path.display())
    }

    pub(super) fn fault(&self, key: &str, why: &str) -> Failure {
        Failure::usage(format!("{}: {why}", self.at(key)))
    }

    /// A value with a syntax of its own: an id, a time.
    pub(super) fn word<T: FromStr<Err: Display>>(&self, key: &str, text: &str) -> Outcome<T> {
        text.parse().map_err(|error: T::Err| self.fault(key, &format!("`{text}`: {error}")))
    }

    pub(super) fn names(&self, key: &str, names: NamesTable) -> Outcome<Names> {
        Names::new(names.ko, names.en).or_usage(|| self.at(key))
    }

    /// A path, from the folder of the statement.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(name)
    }

    pub(super) fn file(&self, key: &str, name: &str) -> Outcome<Vec<u8>> {
        files::read(&self.path(name)).or_usage(|| self.at(key))
    }

    pub(super) fn text(&self, key: &str, name: &str) -> Outcome<String> {
        files::read_text(&self.path(name)).or_usage(|| self.at(key))
    }

    pub(super) fn key(&self, key: &str, name: &str) -> Outcome<PublicKey> {
        read_public_key(&self.path(name)).or_usage(|| self.at(key))
    }

    pub(super) fn certificate(&self, key: &str, name: &str) -> Outcome<Certificate> {
        read_certificate(&self.path(name)).or_usage(|| self.at(key))
    }

    pub(super) fn root(&self, key: &str, name: &str) -> Outcome<TrustAnchor> {
        TrustAnchor::new(self.certificate(key, name)?).or_usage(|| format!("{}: {name}", self.at(key)))
    }

    /// A certificate by its SHA-256 in hexadecimal, or by its file.
    pub(super) fn fingerprint(&self, key: &str, value: &str) -> Outcome<Fingerprint> {
        match hash(value) {
            Some(hash) => Ok(Fingerprint(hash)),
            None => Ok(Fingerprint::from(&self.certificate(key, value)?)),
        }
    }

    /// What was released, by its SHA-256 in hexadecimal, or by its file.
    pub(super) fn released(&self, key: &str, value: &str) -> Outcome<Fingerprint> {
        match hash(value) {
            Some(hash) => Ok(Fingerprint(hash)),
            None => Ok(Fingerprint(sha256(&self.file(key, value)?))),
        }
    }

    /// 32 bytes in hexadecimal.
    pub(super) fn hash(&self, key: &str, value: &str) -> Outcome<[u8; 32]> {
        hash(value).context("not 32 bytes in hexadecimal").or_usage(|| self.at(key))
    }
}

fn hash(text: &str) -> Option<[u8; 32]> {
    hex::decode(text)?.try_into().ok()
}
