//! Who looks at what a run has left, with code of its own: entries, trees, tiles and proofs by the specifications' text.

use std::{net::SocketAddr, path::Path, time::Duration};

use mapae_ledger::{SignedCheckpoint, TileKind, TilePath, TlogProof, TreeHash, TreeHead, TreeQuery};
use mapae_ledger_server::store::{Address, LOG, LogStore, PostgresLogStore, SqliteLogStore};
use mapae_sql::Database;
use mapae_trust::ledger::{Judged, LedgerState, SignedEntry};

use crate::{
    country::{ORIGIN, now},
    http,
    merkle::{self, Hash},
    program,
    watch::Board,
};

/// What is looked at.
pub(crate) struct Audit<'a> {
    pub(crate) board: &'a Board,
    pub(crate) log: SocketAddr,
    /// The log's store, as the command takes it.
    pub(crate) store: &'a str,
    pub(crate) dir: &'a Path,
}

impl Audit<'_> {
    /// Everything; findings go to the board.
    pub(crate) fn run(&self) {
        let Some(published) = self.checkpoint() else { return };
        let head = published.unverified().head();
        let entries = self.entries(head.size());
        let leaves: Vec<Hash> = entries.iter().map(|entry| merkle::leaf(entry)).collect();
        self.agree("the served entries and the published root", head.root(), &leaves, head.size());
        let stored = entries_of(self.store);
        self.expect(stored.starts_with(&entries), "the store's entries are others than those that are served");
        let leaves: Vec<Hash> = stored.iter().map(|entry| merkle::leaf(entry)).collect();
        self.checkpoints(&leaves);
        self.tiles(&leaves, head.size());
        self.consistency(head.size());
        self.acknowledged(&stored, head.size());
        self.rules(&stored);
        self.monitor(head.size());
    }

    fn expect(&self, holds: bool, what: impl Into<String>) {
        if !holds {
            self.board.find(what);
        }
    }

    fn agree(&self, what: &str, root: TreeHash, leaves: &[Hash], size: u64) {
        let ours = usize::try_from(size).ok().and_then(|size| leaves.get(..size)).map(merkle::root);
        self.expect(ours == Some(*root.as_bytes()), format!("{what} differ at size {size}"));
    }

    fn get(&self, path: &str) -> Vec<u8> {
        match http::get(self.log, path) {
            Ok(answer) if answer.status == 200 => answer.body,
            Ok(answer) => {
                self.board.find(format!("{path}: status {}", answer.status));
                Vec::new()
            }
            Err(error) => {
                self.board.find(format!("{path}: {error}"));
                Vec::new()
            }
        }
    }

    fn checkpoint(&self) -> Option<SignedCheckpoint> {
        let text = self.get("checkpoint");
        self.board.publish(&text, "the log at last");
        SignedCheckpoint::parse(&text).ok()
    }

    /// tlog-tiles, "Log Entries": "each entry prefixed by its length as a big-endian uint16".
    fn entries(&self, size: u64) -> Vec<Vec<u8>> {
        let mut entries = Vec::new();
        for path in tile_paths(TileKind::Entries, size) {
            let bundle = self.get(&path.to_string());
            let mut rest = &bundle[..];
            while let Some((length, more)) = rest.split_first_chunk() {
                let (entry, more) = more.split_at(usize::from(u16::from_be_bytes(*length)).min(more.len()));
                entries.push(entry.to_vec());
                rest = more;
            }
        }
        entries
    }

    /// Every checkpoint that anybody was shown is of the one history: no fork, nothing taken back.
    fn checkpoints(&self, leaves: &[Hash]) {
        let seen = [("a published checkpoint", &self.board.published), ("a cosigned checkpoint", &self.board.cosigned)];
        for (what, texts) in seen {
            for text in texts.lock().unwrap().iter() {
                let head = SignedCheckpoint::parse(text.as_bytes()).unwrap().unverified().head();
                self.agree(&format!("{what} and the log's entries"), head.root(), leaves, head.size());
            }
        }
    }

    /// tlog-tiles, "Merkle Tree": a tile of level L has the roots of complete trees of 256^L leaves.
    fn tiles(&self, leaves: &[Hash], size: u64) {
        let (mut below, mut level) = (leaves[..usize::try_from(size).unwrap()].to_vec(), 0);
        while !below.is_empty() {
            let kind = TileKind::Hashes { level };
            let paths = (0..).map_while(|index| TilePath::in_tree(kind, index, size));
            for (path, tile) in paths.zip(below.chunks(256)) {
                self.expect(self.get(&path.to_string()) == tile.concat(), format!("{path} differs from the entries"));
            }
            below = below.chunks_exact(256).map(merkle::root).collect();
            level += 1;
        }
    }

    /// From each published checkpoint to the last, by proofs out of the tiles that are served.
    fn consistency(&self, size: u64) {
        let mut heads: Vec<TreeHead> = Vec::new();
        for text in self.board.published.lock().unwrap().iter() {
            heads.push(SignedCheckpoint::parse(text.as_bytes()).unwrap().unverified().head());
        }
        heads.sort_by_key(|head| head.size());
        for pair in heads.windows(2).filter(|pair| pair[0].size() < pair[1].size()) {
            let query = TreeQuery::consistency(pair[0].size(), pair[1].size()).unwrap();
            let wanted = |path: TilePath| if path.is_full() { path } else { whole(path, size) };
            let tiles: Vec<_> =
                query.needed().into_iter().map(|path| (path, self.get(&wanted(path).to_string()))).collect();
            let tile = |path: TilePath| {
                let (_, bytes) = tiles.iter().find(|(name, _)| *name == path)?;
                bytes.get(..32 * usize::from(path.width()))
            };
            let extends = query.answer(tile).is_ok_and(|proof| pair[1].extends(pair[0], &proof).is_ok());
            self.expect(extends, format!("{} does not extend {} by the tiles", pair[1].size(), pair[0].size()));
        }
    }

    /// What was promised is there, at its place, with a proof.
    fn acknowledged(&self, entries: &[Vec<u8>], size: u64) {
        for promised in self.board.acknowledged.lock().unwrap().iter() {
            let index = promised.index;
            let place = usize::try_from(index).unwrap();
            self.expect(
                entries.get(place) == Some(&promised.bytes),
                format!("LOST: entry {index} is not at its place"),
            );
            self.expect(index < size, format!("entry {index} is not published"));
            let leaf = TreeHash::from_bytes(merkle::leaf(&promised.bytes));
            let proven = TlogProof::parse(&self.get(&format!("proof/{index}")))
                .and_then(|proof| proof.verify(&self.board.country.policy, leaf));
            let right = proven.as_ref().is_ok_and(|proven| proven.index() == index);
            self.expect(right, format!("the proof of entry {index} does not hold: {:?}", proven.err()));
        }
    }

    /// Nothing is in the log that may not be there.
    fn rules(&self, entries: &[Vec<u8>]) {
        let latest = now(mapae_types::Duration::hours(4));
        let mut state = LedgerState::new();
        for (index, bytes) in entries.iter().enumerate() {
            let entry = SignedEntry::parse(bytes).unwrap();
            let admission = match state.judge(&entry, latest) {
                Ok(Judged::Admitted(admission)) => admission,
                Ok(Judged::NeedsBundle(pending)) => pending.unseen(),
                Err(error) => return self.board.find(format!("entry {index} breaks a rule: {error}")),
            };
            state.enter(admission).unwrap();
        }
    }

    /// Our monitor has nothing to say, either.
    fn monitor(&self, size: u64) {
        let ran = program::run(self.dir, &format!("ledger monitor http://{} --policy policy.txt --once", self.log));
        let agrees = ran.code == Some(0) && ran.json["size"] == size;
        self.expect(agrees, format!("the monitor says {:?}: {} {}", ran.code, ran.json, ran.stderr));
    }
}

fn tile_paths(kind: TileKind, size: u64) -> Vec<TilePath> {
    (0..).map_while(|index| TilePath::in_tree(kind, index, size)).collect()
}

/// The tile of the tree of this size, of which an older one is the beginning.
fn whole(path: TilePath, size: u64) -> TilePath {
    TilePath::in_tree(path.kind(), path.index(), size).unwrap_or(path)
}

/// The entries as they lie in the store.
pub(crate) fn entries_of(store: &str) -> Vec<Vec<u8>> {
    let address: Address = store.parse().unwrap();
    let origin = ORIGIN.parse().unwrap();
    let entries = block_on(async {
        match Database::open(&address, &LOG).await.unwrap() {
            Database::Sqlite(database) => {
                let entries = SqliteLogStore::new(database.clone()).entries(&origin, 0..u64::MAX).await;
                // The last one who closes removes files, by their names: others may stand there a moment later.
                database.close().await;
                entries
            }
            Database::Postgres(database) => PostgresLogStore::new(database).entries(&origin, 0..u64::MAX).await,
        }
    });
    entries.unwrap().iter().map(|entry| entry.as_bytes().to_vec()).collect()
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Until it holds; what did not is a finding, and no short wait decides.
pub(crate) fn wait_for(board: &Board, what: &str, mut holds: impl FnMut() -> bool) -> bool {
    let end = std::time::Instant::now() + crate::party::PATIENCE;
    while !holds() {
        if std::time::Instant::now() > end {
            board.find(format!("in vain waited: {what}"));
            return false;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    true
}
