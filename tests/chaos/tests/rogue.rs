//! An operator who has the log's key and keeps no rules: serves what he likes at the log's address, and asks the witnesses
//! to cosign it.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use mapae_ledger::{
    AddCheckpoint, Checkpoint, Entry, Origin, Sequencer, SignedCheckpoint, TileTree, TlogProof, TreeHash, TreeHead,
    TreeQuery,
};

use crate::{
    country::Country,
    http::{self, Answer},
    server::{Server, respond},
};

type Files = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// The rogue's log.
pub(crate) struct Rogue {
    files: Files,
    checkpoint: SignedCheckpoint,
    _server: Server,
}

impl Rogue {
    /// Serves these entries, whatever they are, at the address of the log that was stopped.
    pub(crate) fn new(country: &Country, at: SocketAddr, entries: &[Entry]) -> Self {
        let sequencer = Sequencer::new(country.log.clone()).unwrap();
        let integrated = sequencer.integrate(entries).unwrap();
        let mut files: BTreeMap<String, Vec<u8>> =
            integrated.files().iter().map(|file| (format!("/{}", file.path), file.bytes.clone())).collect();
        let checkpoint = signed(country, integrated.after());
        files.insert("/checkpoint".to_owned(), checkpoint.to_string().into_bytes());
        let files = Files::new(Mutex::new(files));
        let served = Arc::clone(&files);
        let running = Server::start(at, move |path, stream| match served.lock().unwrap().get(path) {
            Some(file) => respond(stream, "200 OK", file),
            None => respond(stream, "404 Not Found", b""),
        });
        Self { files, checkpoint, _server: running }
    }

    /// Asks for a cosignature, with a proof from the size that the witness has seen.
    pub(crate) fn ask(&self, witness: SocketAddr, seen: u64) -> Answer {
        let proof = if seen == self.checkpoint.unverified().size() { Vec::new() } else { self.proof(seen) };
        let request = AddCheckpoint::new(seen, proof, self.checkpoint.clone()).to_string();
        http::post(witness, "add-checkpoint", request.as_bytes()).unwrap()
    }

    fn proof(&self, seen: u64) -> Vec<TreeHash> {
        let files = self.files.lock().unwrap();
        let query = TreeQuery::consistency(seen, self.checkpoint.unverified().size()).unwrap();
        query.answer(|path| files.get(&format!("/{path}")).map(Vec::as_slice)).unwrap()
    }

    /// Takes the cosignatures that there are.
    pub(crate) fn adorn(&mut self, lines: &[u8]) {
        let text = format!("{}{}", self.checkpoint, str::from_utf8(lines).unwrap());
        self.checkpoint = SignedCheckpoint::parse(text.as_bytes()).unwrap();
    }

    pub(crate) const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// A proof of the last entry, with whatever cosignatures there are.
    pub(crate) fn proof_of_last(&self) -> TlogProof {
        let index = self.checkpoint.unverified().size() - 1;
        let files = self.files.lock().unwrap();
        let query = TreeQuery::inclusion(index, index + 1).unwrap();
        let path = query.answer(|path| files.get(&format!("/{path}")).map(Vec::as_slice)).unwrap();
        TlogProof::new(index, path, self.checkpoint.clone())
    }
}

/// A head that the log's key signed, for nobody asked.
pub(crate) fn signed(country: &Country, head: TreeHead) -> SignedCheckpoint {
    let checkpoint = Checkpoint::new(Origin::from(country.log.name()), head);
    let unsigned = checkpoint.sign_with(&country.log).unwrap();
    let signature = country.log_key.sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature).unwrap()
}

/// The head of a tree of these.
pub(crate) fn head(entries: &[Entry]) -> TreeHead {
    let mut tree = TileTree::new();
    tree.append(entries.iter().map(Entry::leaf)).unwrap();
    tree.head()
}
