//! The directory of issued documents.
//!
//! ```text
//! <person>/<document>/copy-01.mdoc        IssuerSigned in CBOR        copy-01.mdoc.key     its holder's key
//! <person>/<document>/copy-01.sd-jwt      SD-JWT VC                   copy-01.sd-jwt.key   its holder's key
//! journal.jsonl                           a line for each copy, on the disk before the copy is signed (design D10)
//! journal.checkpoint                      up to which byte of it every copy is released or voided
//! refused.csv                             who got none, and by which rule
//! .issuing/                               what `mapae issue` is about to release; gone when it ends
//! ```
//!
//! A copy whose line is in the journal and that a crash kept from being released is voided by a later line. Its status
//! entry is never given to another; apart from that, nothing is to be known of it.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use mapae_crypto::PublicKey;
use mapae_issue::Format;
use mapae_jose::{Jwk, base64url};
use serde::{Deserialize, Serialize};

use crate::lines::Lines;

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

/// A line of `journal.jsonl` that takes back an earlier one: that copy was never released.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VoidLine {
    pub(crate) void: VoidedEntry,
    pub(crate) voided_at: String,
}

/// The status entry by which a line is voided; no two copies share one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VoidedEntry {
    pub(crate) uri: String,
    pub(crate) idx: u64,
}

/// How a void line begins, and no other.
const VOID: &[u8] = b"{\"void\"";

/// The name of a copy's file.
pub(crate) fn copy_file(format: Format, copy: u16) -> String {
    format!("copy-{copy:02}.{format}")
}

/// The name of the file of its holder's key.
pub(crate) fn key_file(format: Format, copy: u16) -> String {
    format!("{}.key", copy_file(format, copy))
}

/// The journal's path.
pub(crate) fn journal_path(issued: &Path) -> PathBuf {
    issued.join("journal.jsonl")
}

/// The checkpoint's path.
pub(crate) fn checkpoint_path(issued: &Path) -> PathBuf {
    issued.join("journal.checkpoint")
}

/// Where `mapae issue` prepares what it is about to release.
pub(crate) fn hidden_path(issued: &Path) -> PathBuf {
    issued.join(".issuing")
}

/// Reads the journal line by line, without voided lines; `bundle build` and `revoke` know no others.
pub(crate) fn stream_journal(
    issued: &Path,
) -> anyhow::Result<impl Iterator<Item = anyhow::Result<JournalLine>> + use<>> {
    stream_journal_from(issued, 0)
}

/// The same from the line that begins at a byte. A void line stands behind the line that it voids.
pub(crate) fn stream_journal_from(
    issued: &Path,
    from: u64,
) -> anyhow::Result<impl Iterator<Item = anyhow::Result<JournalLine>> + use<>> {
    let path = journal_path(issued);
    let voided = Voided::read(&path, from)?;
    let mut lines = Lines::open_at(&path, from)?;
    Ok(std::iter::from_fn(move || voided.next_other(&mut lines).transpose()))
}

/// The status entries of voided lines. There are as many as crashes left, so they are held in memory.
struct Voided(HashMap<String, HashSet<u64>>);

impl Voided {
    fn read(path: &Path, from: u64) -> anyhow::Result<Self> {
        let mut voided: HashMap<String, HashSet<u64>> = HashMap::new();
        let mut lines = Lines::open_at(path, from)?;
        while lines.advance()? {
            if lines.line().starts_with(VOID) {
                let VoidedEntry { uri, idx } = lines.parse::<VoidLine>()?.void;
                voided.entry(uri).or_default().insert(idx);
            }
        }
        Ok(Self(voided))
    }

    fn holds(&self, line: &JournalLine) -> bool {
        self.0.get(&line.uri).is_some_and(|indices| indices.contains(&line.idx))
    }

    /// The next line that is neither voided nor voids.
    fn next_other(&self, lines: &mut Lines) -> anyhow::Result<Option<JournalLine>> {
        while lines.advance()? {
            if lines.line().starts_with(VOID) {
                continue;
            }
            let line: JournalLine = lines.parse()?;
            if !self.holds(&line) {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }
}

/// The thumbprint by which the journal names a key.
pub(crate) fn thumbprint(key: &PublicKey) -> String {
    base64url::encode(Jwk::from(key.clone()).thumbprint())
}
