//! How a passphrase opens a wallet: Argon2id (RFC 9106) makes a key of it, and that key seals the wallet's own.

use anyhow::{Context as _, ensure};
use argon2::{Algorithm, Argon2, Params, Version};
use mapae_crypto::aead::{AeadAlgorithm, AeadKey, NONCE_LEN};
use mapae_jose::base64url;
use mapae_types::Entropy as _;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::passphrase::Passphrase;
use crate::{
    environment::SystemEntropy,
    failure::{Failure, Outcome},
};

/// RFC 9106 §4, the second recommended choice, for machines with little memory: 64 MiB and three passes.
const MEMORY_KIB: u32 = 64 << 10;
const PASSES: u32 = 3;
const LANES: u32 = 4;

/// Of the whole directory.
const FORMAT: u8 = 2;

/// More than a machine that opens wallets can be asked to spend because of a file.
const MAX_MEMORY_KIB: u32 = 1 << 20;
const MAX_PASSES: u32 = 16;

/// `wallet.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    format: u8,
    kdf: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    sealed_key: String,
}

impl Header {
    /// A new wallet's header and key.
    pub(super) fn create(passphrase: &Passphrase) -> anyhow::Result<(Self, Zeroizing<[u8; 32]>)> {
        let (salt, nonce): ([u8; 16], [u8; NONCE_LEN]) = (SystemEntropy.array()?, SystemEntropy.array()?);
        let key = Zeroizing::new(SystemEntropy.array::<32>()?);
        let mut header = Self {
            format: FORMAT,
            kdf: "argon2id".to_owned(),
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt: base64url::encode(salt),
            sealed_key: String::new(),
        };
        let sealed = header.key_of(passphrase)?.seal(&nonce, header.settings().as_bytes(), &*key)?;
        header.sealed_key = base64url::encode([&nonce[..], &sealed].concat());
        Ok((header, key))
    }

    pub(super) fn parse(file: &[u8]) -> anyhow::Result<Self> {
        let header: Self = serde_json::from_slice(file)?;
        ensure!(
            header.format != 1,
            "it is of an older program, which kept its cards otherwise; ask for your documents anew"
        );
        ensure!(header.format == FORMAT && header.kdf == "argon2id", "of a kind that this program does not know");
        let cheap = header.memory_kib <= MAX_MEMORY_KIB && header.passes <= MAX_PASSES && header.lanes <= LANES;
        ensure!(cheap, "its settings ask for more work than any wallet of this program");
        Ok(header)
    }

    /// The wallet's key. A wrong passphrase cannot be told from a damaged file.
    pub(super) fn open(&self, passphrase: &Passphrase) -> Outcome<Zeroizing<[u8; 32]>> {
        let sealed = base64url::decode(&self.sealed_key)?;
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>().context("the sealed key is cut short")?;
        let opened = self.key_of(passphrase)?.open(nonce, self.settings().as_bytes(), sealed).map(Zeroizing::new);
        let opened = opened.map_err(|_| Failure::usage("the passphrase does not open this wallet"))?;
        let key: [u8; 32] = opened.as_slice().try_into().context("the sealed key is of another length")?;
        Ok(Zeroizing::new(key))
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    fn key_of(&self, passphrase: &Passphrase) -> anyhow::Result<AeadKey> {
        let parameters = Params::new(self.memory_kib, self.passes, self.lanes, Some(32));
        let parameters = parameters.map_err(|error| anyhow::anyhow!("the settings of the passphrase: {error}"))?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
            .hash_password_into(passphrase.as_bytes(), &base64url::decode(&self.salt)?, &mut *key)
            .map_err(|error| anyhow::anyhow!("the passphrase: {error}"))?;
        Ok(AeadKey::new(AeadAlgorithm::A256Gcm, &*key)?)
    }

    /// What the sealed key is bound to.
    fn settings(&self) -> String {
        let Self { format, kdf, memory_kib, passes, lanes, salt, .. } = self;
        format!("mapae wallet {format} {kdf} {memory_kib} {passes} {lanes} {salt}")
    }
}
