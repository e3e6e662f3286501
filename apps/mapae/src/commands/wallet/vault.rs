//! The wallet's directory: everything in it is encrypted, and every write is whole and on the disk before it is relied on.
//!
//! ```text
//! instance.key        by which a wallet provider knows this wallet; sealed likewise
//! wallet.json         how the passphrase becomes a key, and the wallet's own key sealed by it
//! <id>.card           one card: its grant, its keys, its copies; sealed by the wallet's key, bound to its name
//! .lock               held while a command works here
//! ```
//!
//! Left out: protection against somebody who puts yesterday's files back, which a phone's secure element would give.

use std::{
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use mapae_crypto::{
    aead::{AeadAlgorithm, AeadKey, NONCE_LEN},
    hmac_sha256,
};
use mapae_types::{Entropy as _, hex};
use zeroize::Zeroizing;

use super::{
    card::{Card, DeviceKey},
    header::Header,
    passphrase::Passphrase,
};
use crate::{
    environment::SystemEntropy,
    failure::{Failure, OrUsage as _, Outcome},
    files::{self, Access},
};

const HEADER: &str = "wallet.json";
const CARD: &str = "card";
const INSTANCE: &str = "instance.key";

/// An open wallet, which no other process has open.
pub(super) struct Vault {
    dir: PathBuf,
    key: Zeroizing<[u8; 32]>,
    _lock: File,
}

/// The name of a card's file, without its ending.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CardId(String);

impl CardId {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Vault {
    /// Opens the wallet in `dir`, or makes one there.
    pub(super) fn open_or_create(dir: &Path) -> Outcome<Self> {
        if dir.join(HEADER).exists() { Self::open(dir) } else { Self::create(dir) }
    }

    /// Opens the wallet in `dir`.
    pub(super) fn open(dir: &Path) -> Outcome<Self> {
        let path = dir.join(HEADER);
        if !path.exists() {
            return Err(Failure::usage(format!("{} holds no wallet; `mapae wallet add` makes one", dir.display())));
        }
        let lock = lock(dir)?;
        let header = Header::parse(&files::read(&path)?).or_usage(|| format!("{} is damaged", path.display()))?;
        let key = header.open(&Passphrase::of_wallet()?)?;
        Ok(Self { dir: dir.to_owned(), key, _lock: lock })
    }

    fn create(dir: &Path) -> Outcome<Self> {
        files::create_dir(dir)?;
        close_to_others(dir)?;
        let lock = lock(dir)?;
        let (header, key) = Header::create(&Passphrase::for_new_wallet()?)?;
        write(&dir.join(HEADER), &header.to_bytes())?;
        Ok(Self { dir: dir.to_owned(), key, _lock: lock })
    }

    /// The card of an offer: the same offer, the same card, so that a command run again goes on where it stopped.
    pub(super) fn id_of(&self, offer: &str) -> CardId {
        let tag = hmac_sha256(&*self.key, &[b"card", offer.trim().as_bytes()]);
        CardId(hex::encode(&tag[..8]))
    }

    /// All cards, by their names.
    pub(super) fn ids(&self) -> anyhow::Result<Vec<CardId>> {
        let mut ids = Vec::new();
        for entry in fs::read_dir(&self.dir).with_context(|| format!("cannot read {}", self.dir.display()))? {
            let path = entry?.path();
            let is_card = path.extension().is_some_and(|ending| ending == CARD);
            ids.extend(
                path.file_stem().and_then(|stem| stem.to_str()).filter(|_| is_card).map(|id| CardId(id.to_owned())),
            );
        }
        ids.sort();
        Ok(ids)
    }

    /// Reads a card; nothing if there is none.
    pub(super) fn read(&self, id: &CardId) -> Outcome<Option<Card>> {
        let path = self.path(id);
        if !path.exists() {
            return Ok(None);
        }
        let damaged = || format!("{} is damaged, or of another wallet", path.display());
        let plain = self.unseal(&id.0, &files::read(&path)?).or_usage(damaged)?;
        Ok(Some(serde_json::from_slice(&plain).or_usage(damaged)?))
    }

    /// Writes a card: when this returns, it is on the disk.
    pub(super) fn write(&self, id: &CardId, card: &Card) -> anyhow::Result<()> {
        let plain = Zeroizing::new(serde_json::to_vec(card)?);
        write(&self.path(id), &self.seal(&id.0, &plain)?)
    }

    /// Takes away the card of an offer that led to nothing.
    pub(super) fn remove(&self, id: &CardId) -> anyhow::Result<()> {
        let path = self.path(id);
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))
    }

    /// The key by which a wallet provider knows this wallet; made when it is first needed.
    pub(super) fn instance_key(&self) -> Outcome<DeviceKey> {
        let path = self.dir.join(INSTANCE);
        if path.exists() {
            let damaged = || format!("{} is damaged, or of another wallet", path.display());
            let plain = self.unseal(INSTANCE, &files::read(&path)?).or_usage(damaged)?;
            return serde_json::from_slice(&plain).or_usage(damaged);
        }
        let key = DeviceKey::generate()?;
        write(&path, &self.seal(INSTANCE, &Zeroizing::new(serde_json::to_vec(&key)?))?)?;
        Ok(key)
    }

    fn path(&self, id: &CardId) -> PathBuf {
        self.dir.join(format!("{}.{CARD}", id.0))
    }

    /// Nonces are random under one key: a wallet makes far fewer than 2^32 writes (SP 800-38D §8.3).
    fn seal(&self, name: &str, plain: &[u8]) -> anyhow::Result<Vec<u8>> {
        let nonce: [u8; NONCE_LEN] = SystemEntropy.array()?;
        let sealed = self.aead()?.seal(&nonce, &bound_to(name), plain)?;
        Ok([&nonce[..], &sealed].concat())
    }

    fn unseal(&self, name: &str, file: &[u8]) -> anyhow::Result<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = file.split_first_chunk::<NONCE_LEN>().context("cut short")?;
        Ok(Zeroizing::new(self.aead()?.open(nonce, &bound_to(name), sealed)?))
    }

    fn aead(&self) -> anyhow::Result<AeadKey> {
        Ok(AeadKey::new(AeadAlgorithm::A256Gcm, &*self.key)?)
    }
}

/// A file does not open under another's name.
fn bound_to(name: &str) -> Vec<u8> {
    format!("mapae wallet 1 {name}").into_bytes()
}

fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    files::write(path, content, Access::Secret)?;
    files::sync_parent(path).with_context(|| format!("cannot bring {} to the disk", path.display()))
}

/// Two commands at once would each overwrite what the other received.
fn lock(dir: &Path) -> Outcome<File> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(dir.join(".lock"));
    let file = file.with_context(|| format!("cannot lock {}", dir.display()))?;
    file.try_lock().map_err(|_| Failure::usage(format!("another command is at work in {}", dir.display())))?;
    Ok(file)
}

#[cfg(unix)]
fn close_to_others(dir: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
        .with_context(|| format!("cannot close {} to others", dir.display()))
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) -> anyhow::Result<()> {
    Ok(())
}
