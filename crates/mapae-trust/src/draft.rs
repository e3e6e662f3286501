//! A bundle before it is in the log: what an agency hands to the ledger, and what auditors compute anew before they
//! cosign (design D13).

use core::ops::Range;

use mapae_cose::cbor::{Reader, Writer};
use mapae_crypto::sha256;
use mapae_ledger::TlogProof;
use mapae_types::Timestamp;

use crate::{
    BundleError, StatusEntry, TrustStore,
    bundle::{check_parts, read_pair},
    format::{ListEntry, Manifest},
    seal::{Logged, Seal, Vouched, read_bytes},
};

/// A manifest and its parts, for which nobody vouches yet.
#[derive(Debug, Clone)]
pub struct DraftBundle {
    file: Vec<u8>,
    manifest: Range<usize>,
    claimed: Manifest,
    parts: Vec<Range<usize>>,
}

impl DraftBundle {
    pub(crate) fn new(claimed: Manifest, parts: &[Vec<u8>]) -> Self {
        let bytes = claimed.write();
        let mut writer =
            Writer::with_capacity(bytes.len() + parts.iter().map(|part| part.len() + 9).sum::<usize>() + 32);
        writer.array(2).bytes(&bytes);
        let manifest = writer.len() - bytes.len()..writer.len();
        writer.array(parts.len());
        let place = |part: &Vec<u8>| {
            writer.bytes(part);
            writer.len() - part.len()..writer.len()
        };
        let parts = parts.iter().map(place).collect();
        Self { file: writer.into_bytes(), manifest, claimed, parts }
    }

    /// Reads a draft; its parts are those whose hashes the manifest states.
    pub fn parse(file: impl Into<Vec<u8>>) -> Result<Self, BundleError> {
        let file = file.into();
        let (manifest, parts) = Reader::read_all(&file, |reader| read_pair(reader, read_bytes))?;
        let claimed = Manifest::read(&file[manifest.clone()])?;
        if claimed.sealed_by.log().is_none() {
            return Err(BundleError::OtherAnchor);
        }
        check_parts(&claimed, &file, &parts)?;
        Ok(Self { file, manifest, claimed, parts })
    }

    /// The draft as a file.
    pub fn as_bytes(&self) -> &[u8] {
        &self.file
    }

    /// The manifest's bytes, which must be those that follow from the ledger's entries.
    pub fn manifest(&self) -> &[u8] {
        &self.file[self.manifest.clone()]
    }

    /// SHA-256 of the manifest: what the entry of kind `bundle` states.
    pub fn manifest_hash(&self) -> [u8; 32] {
        sha256(self.manifest())
    }

    /// The time of which it speaks.
    pub const fn as_of(&self) -> Timestamp {
        self.claimed.as_of
    }

    /// The status lists with their tokens.
    pub fn status_lists(&self) -> Vec<StatusEntry> {
        let lists = self.claimed.status_lists.iter().zip(self.parts.iter().skip(1));
        let entry = |(list, part): (&ListEntry, &Range<usize>)| StatusEntry {
            uri: list.uri.clone(),
            token: self.file[part.clone()].to_vec(),
        };
        lists.map(entry).collect()
    }

    /// Checks every status list token as a reader would at the draft's own time.
    pub fn check_lists(&self) -> Result<(), BundleError> {
        let nobody = Seal::Logged { manifest: self.manifest.clone(), entry: 0..0, proof: 0..0, rotations: Vec::new() };
        let vouched = Vouched { policies: None, proven: None };
        let store = TrustStore::new(self.file.clone(), nobody, vouched, self.claimed.clone(), self.parts.clone())?;
        store.check_lists(self.claimed.as_of).map_err(|error| BundleError::StatusList(Box::new(error)))
    }

    /// The finished file, once the entry is in the log: `rotations` are all entries of kind `policy` with their proofs,
    /// the oldest first, each proven under the policy before it. The reader judges all of it; nothing is checked here.
    pub fn seal(&self, entry: &[u8], proof: &TlogProof, rotations: &[(Vec<u8>, TlogProof)]) -> Vec<u8> {
        let rotations =
            rotations.iter().map(|(entry, proof)| (entry.clone(), proof.to_string().into_bytes())).collect();
        let logged = Logged { entry: entry.to_vec(), proof: proof.to_string().into_bytes(), rotations };
        let mut writer = Writer::with_capacity(self.file.len() + (16 << 10));
        writer.array(2);
        logged.write(self.manifest(), &mut writer);
        writer.raw(&self.file[self.manifest.end..]);
        writer.into_bytes()
    }
}
