//! The wallet's directory: everything in it is encrypted, and every write is whole and on the disk before it is relied on.
//!
//! ```text
//! wallet.json         how the passphrase becomes a key, and the wallet's own key sealed by it
//! wallet.sealed       all records and keys, sealed by the wallet's key
//! .lock               held while a command works here
//! ```
//!
//! One file, so that changes which belong together come to the disk together. A wallet has a few hundred kilobytes.
//!
//! Left out: protection against somebody who puts yesterday's files back, which a phone's secure element would give.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use mapae_crypto::{
    Signature, SigningKey,
    aead::{AeadAlgorithm, AeadKey, NONCE_LEN},
};
use mapae_jose::base64url;
use mapae_types::{Entropy as _, hex};
use mapae_wallet::{Change, KeyHandle, NewKey, RecordName, ToSign};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{header::Header, passphrase::Passphrase};
use crate::{
    environment::SystemEntropy,
    failure::{Failure, OrUsage as _, Outcome},
    files::{self, Access},
};

const HEADER: &str = "wallet.json";
const SEALED: &str = "wallet.sealed";
/// A file does not open as another's.
const BOUND_TO: &[u8] = b"mapae wallet 2";

/// An open wallet, which no other process has open.
pub(super) struct Vault {
    dir: PathBuf,
    key: Zeroizing<[u8; 32]>,
    content: Content,
    _lock: File,
}

/// What is sealed.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    /// Base64url by name.
    records: BTreeMap<RecordName, String>,
    /// PKCS #8 by handle.
    keys: BTreeMap<String, Zeroizing<String>>,
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
        let header = Header::parse(&files::read(&path)?).or_usage(|| format!("{} cannot be used", path.display()))?;
        let mut vault = Self {
            dir: dir.to_owned(),
            key: header.open(&Passphrase::of_wallet()?)?,
            content: Content::default(),
            _lock: lock,
        };
        vault.content = vault.unseal()?;
        Ok(vault)
    }

    fn create(dir: &Path) -> Outcome<Self> {
        files::create_dir(dir)?;
        close_to_others(dir)?;
        let lock = lock(dir)?;
        let (header, key) = Header::create(&Passphrase::for_new_wallet()?)?;
        let vault = Self { dir: dir.to_owned(), key, content: Content::default(), _lock: lock };
        vault.seal(&vault.content)?;
        write(&dir.join(HEADER), &header.to_bytes())?;
        Ok(vault)
    }

    /// All records.
    pub(super) fn records(&self) -> Outcome<Vec<(RecordName, Vec<u8>)>> {
        let records = self.content.records.iter();
        Ok(records.map(|(name, text)| Ok((name.clone(), base64url::decode(text)?))).collect::<anyhow::Result<_>>()?)
    }

    /// Makes changes, all or none: when this returns, they are on the disk.
    pub(super) fn change(&mut self, changes: &[Change]) -> anyhow::Result<()> {
        let mut content = self.content.clone();
        for change in changes {
            match change {
                Change::Put(name, record) => drop(content.records.insert(name.clone(), base64url::encode(record))),
                Change::Remove(name) => drop(content.records.remove(name)),
                Change::ForgetKey(handle) => drop(content.keys.remove(handle.as_str())),
            }
        }
        self.keep(content)
    }

    /// Makes keys, which are on the disk when this returns.
    pub(super) fn make_keys(&mut self, count: usize) -> anyhow::Result<Vec<NewKey>> {
        let (mut content, mut made) = (self.content.clone(), Vec::new());
        for _ in 0..count {
            let (name, key) = (hex::encode(&SystemEntropy.array::<8>()?), SigningKey::generate(&mut SystemEntropy)?);
            content.keys.insert(name.clone(), key.to_pkcs8_pem());
            made.push(NewKey { handle: KeyHandle::new(name), public: key.public().clone() });
        }
        self.keep(content).map(|()| made)
    }

    /// Signs each message with its key.
    pub(super) fn sign(&self, messages: &[ToSign]) -> anyhow::Result<Vec<Signature>> {
        let sign = |message: &ToSign| Ok(self.key(&message.key)?.sign(&message.message)?);
        messages.iter().map(sign).collect()
    }

    fn key(&self, handle: &KeyHandle) -> anyhow::Result<SigningKey> {
        let pem = self.content.keys.get(handle.as_str()).context("a key is gone")?;
        Ok(SigningKey::from_pkcs8_pem(pem)?)
    }

    fn keep(&mut self, content: Content) -> anyhow::Result<()> {
        self.seal(&content)?;
        self.content = content;
        Ok(())
    }

    /// Nonces are random under one key: a wallet makes far fewer than 2^32 writes (SP 800-38D §8.3).
    fn seal(&self, content: &Content) -> anyhow::Result<()> {
        let plain = Zeroizing::new(serde_json::to_vec(content)?);
        let nonce: [u8; NONCE_LEN] = SystemEntropy.array()?;
        let sealed = self.aead()?.seal(&nonce, BOUND_TO, &plain)?;
        write(&self.dir.join(SEALED), &[&nonce[..], &sealed].concat())
    }

    fn unseal(&self) -> Outcome<Content> {
        let path = self.dir.join(SEALED);
        let damaged = || format!("{} is damaged, or of another wallet", path.display());
        let file = files::read(&path).map_err(Failure::Usage)?;
        let (nonce, sealed) = file.split_first_chunk::<NONCE_LEN>().context("cut short").or_usage(damaged)?;
        let plain = Zeroizing::new(self.aead()?.open(nonce, BOUND_TO, sealed).or_usage(damaged)?);
        serde_json::from_slice(&plain).or_usage(damaged)
    }

    fn aead(&self) -> anyhow::Result<AeadKey> {
        Ok(AeadKey::new(AeadAlgorithm::A256Gcm, &*self.key)?)
    }
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
