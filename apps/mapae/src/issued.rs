//! The directory of issued documents.
//!
//! ```text
//! <person>/<document>/copy-01.mdoc        IssuerSigned in CBOR        copy-01.mdoc.key     its holder's key
//! <person>/<document>/copy-01.sd-jwt      SD-JWT VC                   copy-01.sd-jwt.key   its holder's key
//! journal.jsonl                           a line for each copy, on the disk before the copy is signed (design D10)
//! refused.csv                             who got none, and by which rule
//! ```

use std::path::{Path, PathBuf};

use mapae_crypto::PublicKey;
use mapae_jose::{Jwk, base64url};
use serde::{Deserialize, Serialize};

use crate::lines;

/// A line of `journal.jsonl`: what was going to be issued, to which key, with which status.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JournalLine {
    pub(crate) person: String,
    pub(crate) document: String,
    pub(crate) format: String,
    pub(crate) copy: u16,
    /// JWK thumbprint (RFC 7638) of the holder's key, base64url.
    pub(crate) key_thumbprint: String,
    /// The status list.
    pub(crate) uri: String,
    /// The index in it.
    pub(crate) idx: u64,
    /// SHA-256 of what the issuer signs, base64url.
    pub(crate) hash: String,
    pub(crate) issued_at: String,
    pub(crate) valid_until: String,
}

/// A copy's two files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum CopyFormat {
    Mdoc,
    SdJwt,
}

impl CopyFormat {
    /// The end of its file name.
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Mdoc => "mdoc",
            Self::SdJwt => "sd-jwt",
        }
    }

    /// The name of a copy's file.
    pub(crate) fn file(self, copy: u16) -> String {
        format!("copy-{copy:02}.{}", self.extension())
    }

    /// The name of the file of its holder's key.
    pub(crate) fn key_file(self, copy: u16) -> String {
        format!("{}.key", self.file(copy))
    }
}

/// The journal's path.
pub(crate) fn journal_path(issued: &Path) -> PathBuf {
    issued.join("journal.jsonl")
}

/// Reads the journal.
pub(crate) fn read_journal(issued: &Path) -> anyhow::Result<Vec<JournalLine>> {
    lines::read(&journal_path(issued))
}

/// The thumbprint by which the journal names a key.
pub(crate) fn thumbprint(key: &PublicKey) -> String {
    base64url::encode(Jwk::from(key.clone()).thumbprint())
}
