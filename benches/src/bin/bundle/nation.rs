//! The status lists of a nation, from a seed.

use std::{io::Write as _, num::NonZero, thread, time::Instant};

use anyhow::{Result, anyhow};
use flate2::{Compression, write::ZlibEncoder};
use mapae_benches::scene::{STATUS_INDEX, Scene, Seeded};
use mapae_crypto::Algorithm;
use mapae_status_list::{LIST_LEN, NewStatusToken, RevocationList, Status, TokenTimes};
use mapae_trust::{BundleContents, Classes, IssuerEntry, SignerRule, StatusEntry, StatusRule};
use mapae_types::{Duration, Timestamp};

/// One in a hundred.
const REVOKED: u32 = LIST_LEN / 100;

/// Design D6: 30 copies revoked and 30 entries of cover, in each list.
pub(crate) const NEW_A_DAY: u32 = 60;

/// All lists, and who signs them.
pub(crate) struct Nation<'s> {
    scene: &'s Scene,
    lists: Vec<RevocationList>,
    random: Seeded,
}

/// What an encoder made of all lists, and the middle of its times.
pub(crate) struct Encoded {
    pub(crate) bytes: usize,
    pub(crate) ms_a_list: f64,
}

impl<'s> Nation<'s> {
    pub(crate) fn new(scene: &'s Scene, lists: usize) -> Result<Self> {
        let lists = (0..lists).map(|_| RevocationList::new(LIST_LEN)).collect();
        let mut nation = Self { scene, lists, random: Seeded::new(5) };
        nation.revoke(REVOKED)?;
        Ok(nation)
    }

    pub(crate) fn revoke_a_days(&mut self) -> Result<()> {
        self.revoke(NEW_A_DAY)
    }

    /// Revokes `more` entries of each list, but not that of the copy which is presented later.
    fn revoke(&mut self, more: u32) -> Result<()> {
        for list in &mut self.lists {
            let mut left = more;
            while left > 0 {
                let index = self.random.below(LIST_LEN);
                if index != STATUS_INDEX && list.get(index)? == Status::Valid {
                    list.revoke(index)?;
                    left -= 1;
                }
            }
        }
        Ok(())
    }

    /// A token for each list, in the order of the lists.
    pub(crate) fn tokens(&self, issued_at: Timestamp) -> Result<Vec<Vec<u8>>> {
        let signer = &self.scene.authority.status;
        let times = TokenTimes { issued_at, expires_at: issued_at + Duration::days(70), ttl: Duration::seconds(900) };
        self.each(|number, list| {
            let token = NewStatusToken::new(&uri(number), list, times)?
                .unsigned_cwt(Algorithm::Es256, &[signer.certificate.der()])?;
            let signature = signer.key.sign(token.to_be_signed())?;
            Ok(token.attach(&signature))
        })
    }

    /// The bundle's file.
    pub(crate) fn bundle(&self, tokens: Vec<Vec<u8>>, as_of: Timestamp) -> Result<Vec<u8>> {
        let entry = |(number, token)| StatusEntry { uri: uri(number), token };
        let contents = BundleContents {
            issuers: vec![IssuerEntry {
                root: self.scene.authority.root.clone(),
                status: StatusRule::Required,
                signers: SignerRule::Any,
            }],
            status_lists: tokens.into_iter().enumerate().map(entry).collect(),
            ..BundleContents::new(as_of, Classes::standard()?)
        };
        let unsigned = contents.prepare(self.scene.bundle_key.public());
        let signature = self.scene.bundle_key.sign(unsigned.to_be_signed())?;
        Ok(unsigned.attach(&signature))
    }

    /// The least bytes for all lists: as much as it takes to say which entries are revoked if any may be.
    pub(crate) fn entropy(&self) -> f64 {
        let all = f64::from(LIST_LEN);
        let bits = |list: &RevocationList| {
            let p = f64::from(list.revoked()) / all;
            -all * (p * p.log2() + (1.0 - p) * (1.0 - p).log2())
        };
        self.lists.iter().map(bits).sum::<f64>() / 8.0
    }

    /// Compresses each list.
    pub(crate) fn encode(&self, compress: impl Fn(&[u8]) -> Result<Vec<u8>> + Sync) -> Result<Encoded> {
        let encoded = self.each(|_, list| {
            let list = list.to_list();
            let begun = Instant::now();
            let bytes = compress(list.as_bytes())?.len();
            Ok((bytes, begun.elapsed().as_secs_f64()))
        })?;
        let bytes = encoded.iter().map(|(bytes, _)| bytes).sum();
        let mut seconds: Vec<f64> = encoded.into_iter().map(|(_, seconds)| seconds).collect();
        seconds.sort_by(f64::total_cmp);
        Ok(Encoded { bytes, ms_a_list: 1000.0 * seconds[seconds.len() / 2] })
    }

    /// Does something with each list, on all cores.
    fn each<T: Send>(&self, work: impl Fn(usize, &RevocationList) -> Result<T> + Sync) -> Result<Vec<T>> {
        let workers = thread::available_parallelism().map_or(1, NonZero::get);
        let share = self.lists.len().div_ceil(workers).max(1);
        let part = |number: usize, lists: &[RevocationList]| -> Result<Vec<T>> {
            lists.iter().enumerate().map(|(at, list)| work(number * share + at, list)).collect()
        };
        thread::scope(|scope| {
            let shares = self.lists.chunks(share).enumerate();
            let threads: Vec<_> = shares.map(|(number, lists)| scope.spawn(move || part(number, lists))).collect();
            let parts = threads.into_iter().map(|thread| thread.join().map_err(|_| anyhow!("a thread panicked"))?);
            Ok(parts.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
        })
    }
}

/// The library's encoder at one of its levels.
pub(crate) fn zlib(list: &[u8], level: u32) -> Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(list)?;
    Ok(encoder.finish()?)
}

/// As the scene's copies name their list, which is the first.
fn uri(number: usize) -> String {
    format!("https://id.example/status/{number}")
}
