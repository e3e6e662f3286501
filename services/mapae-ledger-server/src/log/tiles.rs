//! The log's tiles as files. They follow from the entries, and are written anew from the store where they are absent.

use std::{collections::BTreeMap, collections::BTreeSet, io, path::PathBuf};

use mapae_ledger::{LogFile, TileError, TilePath, TreeHash, TreeQuery};

use crate::{Crash, Point, disk};

/// A directory of tiles, as it is served.
#[derive(Debug, Clone)]
pub(super) struct Tiles {
    dir: PathBuf,
    crash: Crash,
}

/// No proof can be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProofFault {
    #[error("the tiles: {0}")]
    Disk(#[from] io::Error),
    #[error("the tiles: {0}")]
    Tiles(#[from] TileError),
}

impl Tiles {
    pub(super) const fn new(dir: PathBuf, crash: Crash) -> Self {
        Self { dir, crash }
    }

    /// Puts tiles where they are served; when it returns they survive.
    pub(super) async fn write(&self, files: Vec<LogFile>) -> io::Result<()> {
        let tiles = self.clone();
        disk::blocking(move || tiles.write_all(&files)).await
    }

    /// Writes those that are absent or other than they should be.
    pub(super) async fn restore(&self, files: Vec<LogFile>) -> io::Result<()> {
        let tiles = self.clone();
        disk::blocking(move || {
            let mut wrong = Vec::new();
            for file in files {
                if disk::read(&tiles.place(file.path))?.as_ref() != Some(&file.bytes) {
                    wrong.push(file);
                }
            }
            tiles.write_all(&wrong)
        })
        .await
    }

    /// All are written before the first is forced to the disk: what the file system notes of a new file goes there with
    /// the next force of any file, and the others have little to wait for.
    fn write_all(&self, files: &[LogFile]) -> io::Result<()> {
        let (mut dirs, mut pending) = (BTreeSet::new(), Vec::new());
        for file in files {
            let place = self.place(file.path);
            let dir = place.parent().map(PathBuf::from).unwrap_or_default();
            disk::create_dir(&dir)?;
            pending.push(disk::Pending::write(&place, &file.bytes)?);
            dirs.insert(dir);
        }
        pending.iter().try_for_each(disk::Pending::sync)?;
        for file in pending {
            file.put()?;
            self.crash.reach(Point::MidTiles);
        }
        // One for all names in a directory, rather than one for each.
        dirs.iter().try_for_each(|dir| disk::sync_dir(dir))
    }

    /// A tile, if it is there.
    pub(super) async fn read(&self, path: TilePath) -> io::Result<Option<Vec<u8>>> {
        let place = self.place(path);
        disk::blocking(move || disk::read(&place)).await
    }

    /// A proof out of the tiles.
    pub(super) async fn proof(&self, query: TreeQuery) -> Result<Vec<TreeHash>, ProofFault> {
        let mut tiles = BTreeMap::new();
        for path in query.needed() {
            tiles.extend(self.read(path).await?.map(|bytes| (path, bytes)));
        }
        Ok(query.answer(|path| tiles.get(&path).map(Vec::as_slice))?)
    }

    fn place(&self, path: TilePath) -> PathBuf {
        self.dir.join(path.to_string())
    }
}
