//! Somebody who submits entries, and who reads what the log serves without believing it.

mod reading;

use std::time::Duration;

use mapae_http::{Answer, Bounds, Client, ClientError, Problem};
use mapae_ledger::{
    CheckpointError, Entry, EntryBundle, LogProofError, MAX_ENTRY, SignedCheckpoint, TileError, TilePath, TlogProof,
    TreeHash, Unaccepted,
};
use mapae_trust::BundleError;
use mapae_types::hex;

use crate::{
    RuleBroken,
    log::{MAX_DRAFT, Receipt},
};

pub(crate) use reading::AHEAD;
pub use reading::ReadLedger;

/// A ledger at one URL.
#[derive(Debug, Clone)]
pub struct LedgerClient {
    http: Client,
    base: String,
}

/// What became of an entry.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// Where it stands, for ever.
    pub index: u64,
    /// Its leaf.
    pub leaf: TreeHash,
    /// The proof that a quorum has seen it; nothing if the quorum is not there yet.
    pub proof: Option<TlogProof>,
}

/// Why the ledger did not do, or did not give, what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// No answer.
    #[error(transparent)]
    Silent(#[from] ClientError),
    /// The log refused; the problem says why.
    #[error("the ledger refused: {0}")]
    Refused(Problem),
    /// The log answered with another status, and no problem document.
    #[error("the ledger answered {status}")]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// An answer that cannot be read.
    #[error("the ledger's answer is malformed")]
    Malformed,
    /// A checkpoint that cannot be read.
    #[error("the ledger's checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// A checkpoint that the policy does not accept.
    #[error("the ledger's checkpoint: {0}")]
    Unaccepted(#[from] Unaccepted),
    /// A proof that cannot be read, or does not hold.
    #[error("the ledger's proof: {0}")]
    Proof(#[from] LogProofError),
    /// Policies that do not follow each other.
    #[error("the ledger's policies: {0}")]
    Policies(#[source] BundleError),
    /// Nothing is published yet.
    #[error("the ledger has published nothing yet")]
    Empty,
    /// Tiles or entries that cannot be read.
    #[error("the ledger's tiles: {0}")]
    Tiles(#[from] TileError),
    /// The entries served are not those of the checkpoint.
    #[error("the ledger's entries are not those of its checkpoint of {size} leaves")]
    RootDiffers {
        /// The checkpoint's size.
        size: u64,
    },
    /// An entry breaks a rule, and the log has it all the same.
    #[error("entry {index} breaks a rule: {broken}")]
    RuleBroken {
        /// Its index.
        index: u64,
        /// Which rule.
        broken: RuleBroken,
    },
}

/// Bytes of an answer that is a text.
const MAX_TEXT: usize = 256 << 10;

/// Bytes of a full bundle of the longest entries.
const MAX_TILE: usize = 256 * (2 + MAX_ENTRY);

/// Bytes of a draft with its seal.
const MAX_BUNDLE: usize = MAX_DRAFT + (8 << 20);

impl LedgerClient {
    /// A ledger at `url`.
    pub fn new(url: &str, bounds: Bounds) -> Result<Self, LedgerError> {
        Ok(Self { http: Client::new(bounds)?, base: url.trim_end_matches('/').to_owned() })
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.base
    }

    /// Submits an entry, and lets the log wait so long for its publication. The same entry again gets the same index.
    ///
    /// The proof that comes back is not judged: only who has the policy can.
    pub async fn submit(&self, entry: &Entry, wait: Duration) -> Result<Submitted, LedgerError> {
        let path = format!("add-entry?wait={}", wait.as_secs());
        let body = self.post(&path, entry.as_bytes().to_vec(), wait).await?;
        let receipt: Receipt = serde_json::from_slice(&body).map_err(|_| LedgerError::Malformed)?;
        let leaf = entry.leaf();
        if receipt.leaf != leaf.to_string() {
            return Err(LedgerError::Malformed);
        }
        let proof = receipt.proof.map(|proof| TlogProof::parse(proof.as_bytes())).transpose()?;
        Ok(Submitted { index: receipt.index, leaf, proof })
    }

    /// The checkpoint that the log serves; nobody has checked it yet. Nothing if nothing is published.
    pub async fn checkpoint(&self) -> Result<Option<SignedCheckpoint>, LedgerError> {
        let text = self.get("checkpoint", MAX_TEXT).await?;
        Ok(text.map(|text| SignedCheckpoint::parse(&text)).transpose()?)
    }

    /// The proof that the entry with that index is published; nothing if it is not yet.
    pub async fn proof(&self, index: u64) -> Result<Option<TlogProof>, LedgerError> {
        let text = self.get(&format!("proof/{index}"), MAX_TEXT).await?;
        Ok(text.map(|text| TlogProof::parse(&text)).transpose()?)
    }

    /// The text of the policy in force, as the log says; see [`LedgerClient::policies`] for who believes nobody.
    pub async fn policy(&self) -> Result<Option<Vec<u8>>, LedgerError> {
        self.get("policy", MAX_TEXT).await
    }

    /// Hands over the draft of a bundle; gets the hash of its manifest back.
    pub async fn put_draft(&self, draft: &[u8]) -> Result<[u8; 32], LedgerError> {
        let answer = self.post("drafts", draft.to_vec(), Duration::ZERO).await?;
        let hash = str::from_utf8(&answer).ok().and_then(|text| hex::decode(text.trim_end()));
        hash.and_then(|hash| hash.try_into().ok()).ok_or(LedgerError::Malformed)
    }

    /// The draft with that manifest, if the log has it; nobody has checked it yet.
    pub async fn draft(&self, manifest: [u8; 32]) -> Result<Option<Vec<u8>>, LedgerError> {
        self.get(&format!("drafts/{}", hex::encode(&manifest)), MAX_DRAFT).await
    }

    /// The newest sealed bundle, if there is one; nobody has checked it yet.
    pub async fn bundle(&self) -> Result<Option<Vec<u8>>, LedgerError> {
        self.get("bundle", MAX_BUNDLE).await
    }

    /// The nth change of the policy, from 1: the entry, and the proof of it. Nobody has checked it yet.
    pub async fn rotation(&self, nth: usize) -> Result<Option<(Entry, TlogProof)>, LedgerError> {
        let Some(file) = self.get(&format!("rotations/{nth}"), MAX_TEXT).await? else { return Ok(None) };
        let proof = TlogProof::parse(&file)?;
        let entry = proof.unauthenticated_extra().ok_or(LedgerError::Malformed)?.to_vec();
        Ok(Some((Entry::new(entry)?, proof)))
    }

    /// The entries of a bundle in a tree of some size; nobody has checked them yet.
    async fn entry_bundle(&self, path: TilePath) -> Result<Vec<Entry>, LedgerError> {
        let partial = self.get(&path.to_string(), MAX_TILE).await?;
        let bytes = match partial {
            // "Clients MAY fetch the full tile … as a fallback" for a partial one that is gone.
            None if !path.is_full() => self.get(&path.full().to_string(), MAX_TILE).await?,
            bytes => bytes,
        };
        let bytes = bytes.ok_or(TileError::Missing { path })?;
        Ok(EntryBundle::parse(path, &bytes)?.into_entries())
    }

    /// What is there; nothing for 404.
    async fn get(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, LedgerError> {
        let answer = self.http.get(&format!("{}/{path}", self.base), limit).await?;
        if answer.status == 404 { Ok(None) } else { accepted(answer).map(Some) }
    }

    async fn post(&self, path: &str, body: Vec<u8>, longer: Duration) -> Result<Vec<u8>, LedgerError> {
        let (url, kind) = (format!("{}/{path}", self.base), "application/octet-stream");
        accepted(self.http.post_and_wait(&url, kind, body, MAX_TEXT, longer).await?)
    }
}

fn accepted(answer: Answer) -> Result<Vec<u8>, LedgerError> {
    if answer.status == 200 {
        return Ok(answer.body);
    }
    let status = answer.status;
    Err(Problem::parse(&answer.body).map_or(LedgerError::Status { status }, LedgerError::Refused))
}
