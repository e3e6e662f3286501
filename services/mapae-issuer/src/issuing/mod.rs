//! From a grant and proven keys to signed copies, in the order of design D10: numbers reserved, copies made, their record
//! committed, then signed, then released.
//!
//! All randomness in the copies comes from a seed that stands with their record, so that a wallet which repeats its
//! request gets the very same copies, also from another replica after a crash.

mod fault;
mod numbers;

use mapae_crypto::{PublicKey, SeededEntropy, sha256};
use mapae_document::DocumentType;
use mapae_issue::{Blank, Format, UnsignedCopy};
use mapae_jose::{Jwk, base64url};
use mapae_oid4vci::CredentialResponse;
use mapae_types::{Date, Duration, Entropy as _, Timestamp};
use zeroize::Zeroizing;

pub(crate) use fault::IssueFault;
pub(crate) use numbers::Numbers;

use crate::{
    crash::Point,
    desk::Configuration,
    ids::{BatchId, DeferredId},
    seal::NOTIFICATION_ID,
    service::Service,
    store::{Cells, Committed, GrantView, IssuerStore, NewBatch, StoredBatch, UsedNonce},
};

/// A request of copies, as far as it does not follow from the grant.
pub(crate) struct Wanted<'a> {
    /// What is asked for.
    pub(crate) configuration: &'a Configuration,
    /// Its id.
    pub(crate) id: &'a str,
    /// The devices' keys, proven.
    pub(crate) keys: &'a [Jwk],
    /// Their thumbprints.
    pub(crate) thumbprints: &'a [[u8; 32]],
    /// One hash over the set of these.
    pub(crate) keys_hash: [u8; 32],
    /// The nonce that is used up; none if a deferral used it up.
    pub(crate) nonce: Option<UsedNonce>,
    /// The deferred request that this settles.
    pub(crate) deferred: Option<DeferredId>,
    /// When.
    pub(crate) now: Timestamp,
}

/// Copies that wait for their signatures.
struct Made {
    copies: Vec<UnsignedCopy>,
    hashes: Vec<[u8; 32]>,
    valid_until: Timestamp,
    document_expires_at: Timestamp,
}

/// What copies are made of, apart from the facts.
struct Making<'a> {
    configuration: &'a Configuration,
    keys: Vec<&'a PublicKey>,
    seed: &'a [u8; 32],
    numbers: core::ops::Range<u64>,
    at: Timestamp,
    issue_date: Option<Date>,
}

impl<S: IssuerStore> Service<S> {
    /// Makes, records, signs and hands out as many copies as there are keys, or as the grant is good for.
    pub(crate) async fn issue(&self, view: &GrantView, wanted: &Wanted<'_>) -> Result<CredentialResponse, IssueFault> {
        let row = view.row.as_ref().ok_or(IssueFault::NotInRegister)?;
        let left = view.left(wanted.id);
        let count = u32::try_from(wanted.keys.len()).unwrap_or(u32::MAX).min(left);
        if count == 0 {
            return Err(IssueFault::LimitReached { left });
        }
        let numbers = self.numbers.take(&self.store, count).await?;
        self.crash.reach(Point::AfterReserve);
        let mut seed = Zeroizing::new([0; 32]);
        (&self.dice).fill(seed.as_mut())?;
        let making = Making {
            configuration: wanted.configuration,
            keys: wanted.keys.iter().take(count as usize).map(Jwk::public_key).collect(),
            seed: &seed,
            numbers: numbers.clone(),
            at: wanted.now,
            issue_date: self.issue_date(view),
        };
        let made = self.make(&row.cells, &making)?;
        let batch = NewBatch {
            id: BatchId::new(wanted.now, &mut &self.dice)?,
            grant: view.grant.id,
            configuration: wanted.id.to_owned(),
            keys: wanted.keys_hash,
            thumbprints: wanted.thumbprints.iter().take(count as usize).copied().collect(),
            seed: *seed,
            numbers,
            hashes: made.hashes.clone(),
            revision: row.revision,
            memo: memo(making.issue_date),
            valid_until: made.valid_until,
            document_expires_at: made.document_expires_at,
            refill_from: self.refill_from(view, wanted),
            nonce: wanted.nonce,
            deferred: wanted.deferred,
            at: wanted.now,
        };
        self.crash.reach(Point::BeforeCommit);
        let id = batch.id;
        match self.store.commit(batch).await? {
            Committed::Done { replaced } => {
                self.crash.reach(Point::AfterCommit);
                if replaced.is_some() {
                    self.metrics.replaced.inc();
                }
                self.sign(wanted.configuration, id, made).await
            }
            Committed::Same(stored) => self.repeat(view, wanted, &stored).await,
            Committed::NonceUsed => Err(IssueFault::NonceUsed),
            Committed::NotAllowed(state) => Err(IssueFault::State(state)),
            Committed::Held => Err(IssueFault::Held),
            Committed::LimitReached { left } => Err(IssueFault::LimitReached { left }),
            Committed::Superseded | Committed::Unknown => Err(IssueFault::GrantOver),
            Committed::Settled(_) => Err(IssueFault::Settled),
        }
    }

    /// The same copies once more, of a batch that is on record.
    pub(crate) async fn again(
        &self,
        view: &GrantView,
        wanted: &Wanted<'_>,
        batch: BatchId,
    ) -> Result<CredentialResponse, IssueFault> {
        let stored = self.store.batch(batch).await?.ok_or(IssueFault::Gone)?;
        self.repeat(view, wanted, &stored).await
    }

    async fn repeat(
        &self,
        view: &GrantView,
        wanted: &Wanted<'_>,
        stored: &StoredBatch,
    ) -> Result<CredentialResponse, IssueFault> {
        // What is no longer good is not handed out a second time.
        if stored.revoked {
            return Err(IssueFault::State(view.document.state));
        }
        let seed = Zeroizing::new(stored.seed.ok_or(IssueFault::Gone)?);
        let key_of = |thumbprint: &[u8; 32]| {
            let place = wanted.thumbprints.iter().position(|known| known == thumbprint)?;
            wanted.keys.get(place).map(Jwk::public_key)
        };
        let keys: Option<Vec<&PublicKey>> = stored.thumbprints.iter().map(key_of).collect();
        let (name, person) = (&view.grant.name, &view.grant.person);
        let row = self.store.row_at(name, person, stored.revision).await?.ok_or(IssueFault::Gone)?;
        let making = Making {
            configuration: wanted.configuration,
            keys: keys.ok_or(IssueFault::Gone)?,
            seed: &seed,
            numbers: stored.numbers.clone(),
            at: stored.at,
            issue_date: remembered(&stored.memo),
        };
        let made = self.make(&row.cells, &making)?;
        // What is on record is what gets signed, or nothing (design D10).
        if made.hashes != stored.hashes {
            return Err(IssueFault::Gone);
        }
        self.sign(wanted.configuration, stored.id, made).await
    }

    fn make(&self, cells: &Cells, making: &Making<'_>) -> Result<Made, IssueFault> {
        let document = self.document(&making.configuration.document)?;
        let cell = |column: &str| cells.get(column).map(String::as_str);
        let facts = self.desk.facts(document, cell, making.at, making.issue_date)?;
        let blank = self.desk.blank(&facts, making.configuration, making.at)?;
        let copies = self.copies(&blank, making)?;
        let after_expiry = facts.expiry_date().plus_days(1);
        Ok(Made {
            hashes: copies.iter().map(|copy| sha256(copy.to_be_signed())).collect(),
            valid_until: blank.valid_until(),
            document_expires_at: after_expiry.map_or(blank.valid_until(), |day| document.start_of(day)),
            copies,
        })
    }

    fn copies(&self, blank: &Blank, making: &Making<'_>) -> Result<Vec<UnsignedCopy>, IssueFault> {
        let mut entropy = SeededEntropy::new(making.seed);
        let entries = self.numbers.entries(making.numbers.clone());
        let copy = |(key, status): (&&PublicKey, _)| blank.copy(key, status, &mut entropy);
        let copies: Result<Vec<_>, _> = making.keys.iter().zip(&entries).map(copy).collect();
        Ok(copies.map_err(crate::desk::Denied::from)?)
    }

    async fn sign(
        &self,
        configuration: &Configuration,
        batch: BatchId,
        made: Made,
    ) -> Result<CredentialResponse, IssueFault> {
        let signer = &self.desk.signer(configuration)?.signer;
        let to_be_signed = made.copies.iter().map(|copy| copy.to_be_signed().to_vec()).collect();
        let signatures = signer.sign(to_be_signed).await?;
        self.crash.reach(Point::AfterSign);
        let text = |copy: UnsignedCopy, signature| match copy.format() {
            // OpenID4VCI §A.2.4: base64url of the `IssuerSigned`.
            Format::Mdoc => base64url::encode(copy.attach(signature)),
            // An SD-JWT is ASCII.
            Format::SdJwt => String::from_utf8(copy.attach(signature)).unwrap_or_default(),
        };
        let copies = made.copies.into_iter().zip(&signatures);
        let credentials: Vec<String> = copies.map(|(copy, signature)| text(copy, signature)).collect();
        self.metrics.copies.inc_by(credentials.len() as u64);
        Ok(CredentialResponse::Issued { credentials, notification_id: Some(self.seal.seal(NOTIFICATION_ID, batch)) })
    }

    /// A document keeps the day of its first issue (design D8).
    fn issue_date(&self, view: &GrantView) -> Option<Date> {
        let document = self.document(&view.grant.name).ok()?;
        view.document.activated_at.map(|at| document.local_date(at))
    }

    /// From when on a wallet may ask for more: at once, if this is fewer than a full batch.
    fn refill_from(&self, view: &GrantView, wanted: &Wanted<'_>) -> Timestamp {
        let days = self.document(&view.grant.name).map_or(0, |document| document.validity().refill_from_day);
        let is_full = view.grant.copies >= u32::from(self.config.batch_size);
        if is_full { wanted.now + Duration::days(days.into()) } else { wanted.now }
    }

    pub(crate) fn document(&self, name: &mapae_types::DocumentName) -> Result<&DocumentType, IssueFault> {
        self.desk.document(name).ok_or(IssueFault::NotInRegister)
    }
}

/// What a batch needs to be made again, beyond what the store asks for: the document's day of issue.
fn memo(issue_date: Option<Date>) -> Vec<u8> {
    issue_date.map_or_else(Vec::new, |day| day.midnight().unix().to_be_bytes().to_vec())
}

fn remembered(memo: &[u8]) -> Option<Date> {
    let seconds = i64::from_be_bytes(memo.try_into().ok()?);
    Timestamp::from_unix(seconds).ok().map(Timestamp::date)
}
