//! The keys that sign tokens: drawn here, kept in the store under the vault's seal, and changed without a restart.
//!
//! A pair of keys, one for each algorithm, has a number and a time from which it signs. The next number is drawn and published
//! long before; since the store takes a number once, all replicas have the same keys, and since each looks again within a
//! minute, all of them change at the same time. A key that signed is published until the last token by it has expired, and
//! is known as a hint's for longer.

use std::sync::Arc;

use mapae_crypto::SigningKey;
use mapae_http::Dice;
use mapae_jose::base64url;
use mapae_oidc::{KeyRing, Lifetimes};
use mapae_types::{Duration, Timestamp};
use zeroize::Zeroizing;

use super::{
    OpenIdConfig, OpenIdFault,
    fault::KeyBroken,
    rsa::{Rsa, RsaFailed},
};
use crate::{
    store::{Kept, Named, OpenIdStore, Thing},
    vault::{Kind, Vault},
};

/// How long what was read of the store is believed, and so how far replicas may be apart.
const LOOK_EVERY: Duration = Duration::seconds(60);
/// How much longer than its last token a key is published: clocks and replicas are apart.
const LAG: Duration = Duration::seconds(300);

/// What signs.
pub(super) struct Signers {
    pub(super) es256: SigningKey,
    pub(super) rs256: Arc<Rsa>,
}

/// The keys as of some moment.
pub(super) struct Keys {
    pub(super) ring: KeyRing,
    pub(super) signs: Signers,
    /// When to look again.
    pub(super) until: Timestamp,
}

struct Numbered {
    number: u32,
    signers: Signers,
    from: Timestamp,
}

/// Where keys are, and when they change.
pub(super) struct KeyStore<'a, S> {
    pub(super) store: &'a S,
    pub(super) vault: &'a Vault,
    pub(super) dice: &'a Dice,
    pub(super) config: &'a OpenIdConfig,
}

impl<S: OpenIdStore> KeyStore<'_, S> {
    /// The keys as of now; draws those that are missing.
    pub(super) async fn keys(&self, now: Timestamp) -> Result<Keys, OpenIdFault> {
        let mut keys = self.read().await?;
        while let Some((number, from)) = self.missing(&keys, now) {
            self.draw(number, from).await?;
            keys = self.read().await?;
        }
        ring(keys, now)
    }

    /// The number that has to be drawn now, and from when it signs: announced for its whole time, even if that makes it late.
    fn missing(&self, keys: &[Numbered], now: Timestamp) -> Option<(u32, Timestamp)> {
        let Some(last) = keys.last() else { return Some((0, now)) };
        let (due, announced) = (last.from + self.config.rotate, now + self.config.announce);
        (due <= announced).then_some((last.number + 1, announced))
    }

    /// Draws keys, unless another replica has drawn that number.
    async fn draw(&self, number: u32, from: Timestamp) -> Result<(), OpenIdFault> {
        let rsa = tokio::task::spawn_blocking(Rsa::generate).await;
        let signers = Signers {
            es256: SigningKey::generate(&mut &*self.dice)?,
            rs256: Arc::new(rsa.unwrap_or(Err(RsaFailed)).map_err(|_| KeyBroken)?),
        };
        let name = number.to_be_bytes();
        let record = to_record(&signers, from)?;
        let record = self.vault.seal(Kind::OpenId(Thing::Key), &name, record.as_bytes())?;
        let keep_until = from + self.config.rotate + self.config.rotate;
        let new = Named { thing: Thing::Key, name: name.to_vec(), login: None, record: Some(record), keep_until };
        // Who lost the race reads what the other drew.
        let _either = self.store.keep(&new).await?;
        Ok(())
    }

    async fn read(&self) -> Result<Vec<Numbered>, OpenIdFault> {
        self.store.all(Thing::Key).await?.iter().map(|kept| self.open(kept)).collect()
    }

    fn open(&self, kept: &Kept) -> Result<Numbered, OpenIdFault> {
        let number = kept.name.as_slice().try_into().map(u32::from_be_bytes).map_err(|_| KeyBroken)?;
        let sealed = kept.record.as_deref().ok_or(KeyBroken)?;
        let record = self.vault.open(Kind::OpenId(Thing::Key), &kept.name, sealed)?;
        let (signers, from) = from_record(&record).ok_or(KeyBroken)?;
        Ok(Numbered { number, signers, from })
    }
}

/// As it is sealed: the time, and PKCS#8 of both.
fn to_record(signers: &Signers, from: Timestamp) -> Result<Zeroizing<String>, KeyBroken> {
    let rs256 = Zeroizing::new(base64url::encode(signers.rs256.to_pkcs8().map_err(|_| KeyBroken)?));
    Ok(Zeroizing::new(format!("{} {} {}", from.unix(), *rs256, *signers.es256.to_pkcs8_pem())))
}

fn from_record(record: &[u8]) -> Option<(Signers, Timestamp)> {
    let mut parts = core::str::from_utf8(record).ok()?.splitn(3, ' ');
    let from = Timestamp::from_unix(parts.next()?.parse().ok()?).ok()?;
    let rs256 = Zeroizing::new(base64url::decode(parts.next()?).ok()?);
    let rs256 = Arc::new(Rsa::from_pkcs8(&rs256).ok()?);
    Some((Signers { es256: SigningKey::from_pkcs8_pem(parts.next()?).ok()?, rs256 }, from))
}

/// The last number whose time has come signs.
fn ring(mut keys: Vec<Numbered>, now: Timestamp) -> Result<Keys, OpenIdFault> {
    let begun = keys.iter().rposition(|key| key.from <= now).unwrap_or_default();
    let coming = keys.split_off(begun + 1);
    let signs = keys.pop().ok_or(KeyBroken)?;
    let mut ring = KeyRing::new(signs.signers.es256.public().clone())?.with_rsa(signs.signers.rs256.clone());
    for Numbered { signers, .. } in &coming {
        ring = ring.with_next(signers.es256.public().clone())?.with_next_rsa(signers.rs256.clone());
    }
    let ends = keys.iter().skip(1).map(|key| key.from).chain([signs.from]);
    for (Numbered { signers, .. }, end) in keys.iter().zip(ends) {
        let until = end + Lifetimes::default().tokens + LAG;
        ring = ring.with_retired(signers.es256.public().clone(), until)?;
        ring = ring.with_retired_rsa(signers.rs256.clone(), until);
    }
    let change = coming.first().map(|key| key.from).filter(|change| *change < now + LOOK_EVERY);
    Ok(Keys { ring, signs: signs.signers, until: change.unwrap_or(now + LOOK_EVERY) })
}
