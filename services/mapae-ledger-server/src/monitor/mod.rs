//! A monitor: reads the same log at several places, replays its rules, and says aloud what is wrong.
//!
//! It believes no place: of each it takes a checkpoint that the log signed, and reads one history whole. Every other
//! checkpoint, also the one that it remembers, must be of that history; if not, the log has signed two, and the evidence
//! convicts it before anybody who knows its key.
//!
//! Left out: telling anybody but its caller.

mod history;

use std::path::PathBuf;

use mapae_crypto::sha256;
use mapae_http::{Bounds, Clock};
use mapae_ledger::{Entry, ForkEvidence, MajorityPolicy, SignedCheckpoint, TreeHead};
use mapae_types::hex;

use self::history::History;
use crate::{
    RuleBroken, ServeError,
    client::{AHEAD, LedgerClient, LedgerError},
    disk,
    rules::{Draft, Ledger, Readable},
};

/// What it remembers: the newest checkpoint that it has read up to.
const SEEN: &str = "seen.checkpoint";

/// What to watch.
#[derive(Debug, Clone)]
pub struct MonitorConfig {
    /// Where the log is served, each perhaps differently.
    pub urls: Vec<String>,
    /// The policy that the log was founded with.
    pub policy: Vec<u8>,
    /// Where it remembers what it saw and puts evidence; without it, it remembers while it runs.
    pub dir: Option<PathBuf>,
    /// Bounds on every exchange.
    pub bounds: Bounds,
}

/// Watches one log.
#[derive(Debug)]
pub struct Monitor {
    places: Vec<LedgerClient>,
    policy: MajorityPolicy,
    dir: Option<PathBuf>,
    clock: Clock,
    history: History,
    ledger: Ledger,
    /// The first entry that broke a rule; what follows it is not judged.
    broken: Option<(u64, RuleBroken)>,
    /// From an earlier run.
    remembered: Option<SignedCheckpoint>,
}

/// What a round found.
#[derive(Debug)]
pub struct Report {
    /// The newest head that the policy accepts and whose entries were read.
    pub head: TreeHead,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// Something wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum Finding {
    /// A place does not answer, or serves what cannot be accepted.
    Place {
        /// Its URL.
        url: String,
        /// Why.
        error: LedgerError,
    },
    /// The log forked. Anybody who knows its key can check the evidence.
    Fork {
        /// Where the second history was seen; nothing if it was remembered.
        url: Option<String>,
        /// The evidence.
        evidence: Box<ForkEvidence>,
        /// Where it was written, if there is a directory.
        file: Option<PathBuf>,
    },
    /// The log has an entry that breaks a rule.
    RuleBroken {
        /// Its index.
        index: u64,
        /// Which rule.
        broken: RuleBroken,
    },
    /// No place shows as much of the log as was seen before.
    Behind {
        /// The size that was seen before.
        seen: u64,
        /// The largest that is shown now.
        shown: u64,
    },
}

/// A checkpoint that the log signed, and where it was seen.
#[derive(Debug)]
struct Sighting {
    place: usize,
    checkpoint: SignedCheckpoint,
}

impl Monitor {
    /// Takes up what it remembers.
    pub fn open(config: MonitorConfig, clock: Clock) -> Result<Self, ServeError> {
        let place = |url: &String| LedgerClient::new(url, config.bounds);
        let remembered = config.dir.as_deref().map(remembered).transpose()?.flatten();
        Ok(Self {
            places: config.urls.iter().map(place).collect::<Result<_, _>>()?,
            policy: MajorityPolicy::parse(&config.policy)?,
            dir: config.dir,
            clock,
            history: History::default(),
            ledger: Ledger::new(None),
            broken: None,
            remembered,
        })
    }

    /// Asks every place once, and judges.
    pub async fn round(&mut self) -> Result<Report, ServeError> {
        let mut findings = Vec::new();
        let (mut accepted, others) = self.look(&mut findings).await;
        // The largest first: all others are then within it, if there is one history only.
        accepted.sort_by_key(|sighting| std::cmp::Reverse(sighting.checkpoint.unverified().size()));
        for sighting in &accepted {
            self.read_on(sighting, &mut findings).await?;
        }
        for sighting in &others {
            self.compare(sighting, &mut findings).await?;
        }
        self.recall(&mut findings)?;
        findings.extend(self.broken.clone().map(|(index, broken)| Finding::RuleBroken { index, broken }));
        self.remember()?;
        Ok(Report { head: self.history.head(), findings })
    }

    /// What each place shows: checkpoints that the policy accepts, and those that the log signed for itself alone.
    async fn look(&mut self, findings: &mut Vec<Finding>) -> (Vec<Sighting>, Vec<Sighting>) {
        let (mut accepted, mut others) = (Vec::new(), Vec::new());
        for place in 0..self.places.len() {
            match self.look_at(place).await {
                Ok((checkpoint, Ok(()))) => accepted.push(Sighting { place, checkpoint }),
                Ok((checkpoint, Err(error))) => {
                    findings.push(self.at(place, error));
                    others.push(Sighting { place, checkpoint });
                }
                Err(error) => findings.push(self.at(place, error)),
            }
        }
        (accepted, others)
    }

    async fn look_at(&mut self, place: usize) -> Result<(SignedCheckpoint, Result<(), LedgerError>), LedgerError> {
        let client = self.places.get(place).ok_or(LedgerError::Empty)?;
        let checkpoint = client.checkpoint().await?.ok_or(LedgerError::Empty)?;
        checkpoint.signed_by_log(std::slice::from_ref(self.policy.log().key()))?;
        if self.policy.accept(&checkpoint).is_ok() {
            return Ok((checkpoint, Ok(())));
        }
        // Perhaps under a newer policy, which is proven by the one that we know, whoever serves it.
        let newer = client.policies(&self.policy).await;
        let judged = newer.and_then(|policies| {
            self.policy = policies.newest().clone();
            Ok(self.policy.accept(&checkpoint).map(drop)?)
        });
        Ok((checkpoint, judged))
    }

    /// Reads on from what is known up to an accepted checkpoint, and judges the entries.
    async fn read_on(&mut self, sighting: &Sighting, findings: &mut Vec<Finding>) -> Result<(), ServeError> {
        if sighting.checkpoint.unverified().size() <= self.history.head().size() {
            return self.compare(sighting, findings).await;
        }
        let Some(place) = self.places.get(sighting.place).cloned() else { return Ok(()) };
        match self.history.grown(&place, &sighting.checkpoint).await {
            Ok((grown, entries)) => {
                self.history = grown;
                self.judge(&place, &entries, findings).await
            }
            Err(LedgerError::RootDiffers { .. }) => self.compare(sighting, findings).await,
            Err(error) => {
                findings.push(self.at(sighting.place, error));
                Ok(())
            }
        }
    }

    /// Judges new entries by the rules. A bundle's draft is asked for; that of an old bundle may be gone.
    async fn judge(
        &mut self,
        place: &LedgerClient,
        entries: &[Entry],
        findings: &mut Vec<Finding>,
    ) -> Result<(), ServeError> {
        let latest = self.clock.now()? + AHEAD;
        for entry in entries {
            if self.broken.is_some() {
                return Ok(());
            }
            let draft = match Readable::parse(entry).ok().and_then(|entry| entry.manifest()) {
                Some(manifest) => place.draft(manifest).await.unwrap_or_else(|error| {
                    findings.push(Finding::Place { url: place.url().to_owned(), error });
                    None
                }),
                None => None,
            };
            let draft = draft.map_or(Draft::Unseen, |draft| Draft::Asked(Some(draft)));
            let index = self.ledger.size();
            self.broken = self.ledger.take(entry, latest, draft).err().map(|broken| (index, broken));
        }
        Ok(())
    }

    /// Whether a checkpoint is of the history that we have read.
    async fn compare(&self, sighting: &Sighting, findings: &mut Vec<Finding>) -> Result<(), ServeError> {
        let url = || self.places.get(sighting.place).map(|place| place.url().to_owned());
        if sighting.checkpoint.unverified().size() <= self.history.head().size() {
            return self.hold_against(&self.history, &sighting.checkpoint, url(), findings);
        }
        // A larger one that does not grow out of our history: its own history is read whole, and ours held against it.
        let Some(place) = self.places.get(sighting.place) else { return Ok(()) };
        if self.history.grown(place, &sighting.checkpoint).await.is_ok() {
            return Ok(());
        }
        match History::default().grown(place, &sighting.checkpoint).await {
            Ok((other, _)) => match self.history.checkpoint() {
                Some(ours) => self.hold_against(&other, ours, url(), findings),
                None => Ok(()),
            },
            Err(error) => {
                findings.push(self.at(sighting.place, error));
                Ok(())
            }
        }
    }

    /// Whether what an earlier run saw is of the history that is shown now.
    fn recall(&mut self, findings: &mut Vec<Finding>) -> Result<(), ServeError> {
        let Some(remembered) = self.remembered.take() else { return Ok(()) };
        let (seen, shown) = (remembered.unverified().size(), self.history.head().size());
        if seen > shown {
            findings.push(Finding::Behind { seen, shown });
            self.remembered = Some(remembered);
            return Ok(());
        }
        self.hold_against(&self.history, &remembered, None, findings)
    }

    fn hold_against(
        &self,
        history: &History,
        older: &SignedCheckpoint,
        url: Option<String>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), ServeError> {
        let evidence = history.contradicts(older).map_err(|error| ServeError::OwnTiles(error.to_string()))?;
        let Some(evidence) = evidence else { return Ok(()) };
        let file = self.dir.as_ref().map(|dir| dir.join(evidence_name(&evidence)));
        if let Some(file) = &file {
            let written = disk::replace(file, evidence.to_string().as_bytes());
            written.map_err(|error| ServeError::Disk { path: file.clone(), error })?;
        }
        findings.push(Finding::Fork { url, evidence: Box::new(evidence), file });
        Ok(())
    }

    /// What was seen larger before is kept until somebody shows as much again.
    fn remember(&self) -> Result<(), ServeError> {
        let (Some(dir), Some(checkpoint), None) = (&self.dir, self.history.checkpoint(), &self.remembered) else {
            return Ok(());
        };
        let path = dir.join(SEEN);
        disk::replace(&path, checkpoint.to_string().as_bytes()).map_err(|error| ServeError::Disk { path, error })
    }

    fn at(&self, place: usize, error: LedgerError) -> Finding {
        let url = self.places.get(place).map(|place| place.url().to_owned()).unwrap_or_default();
        Finding::Place { url, error }
    }
}

/// Named by its content: the same fork seen again is the same file.
fn evidence_name(evidence: &ForkEvidence) -> String {
    let hash = hex::encode(&sha256(evidence.to_string().as_bytes()));
    format!("fork-{}.txt", hash.get(..16).unwrap_or(&hash))
}

fn remembered(dir: &std::path::Path) -> Result<Option<SignedCheckpoint>, ServeError> {
    let path = dir.join(SEEN);
    let read = disk::create_dir(dir).and_then(|()| disk::read(&path));
    let text = read.map_err(|error| ServeError::Disk { path, error })?;
    Ok(text.map(|text| SignedCheckpoint::parse(&text)).transpose()?)
}
