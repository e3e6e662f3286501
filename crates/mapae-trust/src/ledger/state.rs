//! What is true after the entries so far.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use mapae_ledger::{MajorityPolicy, Origin};
use mapae_types::{AgencyId, RelyingPartyId, Timestamp};
use mapae_x509::{Certificate, TrustAnchor};

use super::{
    Admission, Agency, BundleStatement, Catalogue, CheckedEntry, Fingerprint, Issuer, Journal, Judged, OrderStatement,
    PolicyStatement, Release, RuleError, SignedEntry, StateDigest, WalletProvider, WalletProviderId, judge, who,
};
use crate::{Classes, Distrust, OrderSigners, Registration, Withdrawn};

/// What the agencies have decided so far. It changes by [`LedgerState::enter`] alone, which takes what
/// [`LedgerState::judge`] admitted; the same entries in the same order make the same state everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LedgerState {
    pub(super) size: u64,
    pub(super) digest: StateDigest,
    /// Hashes of all statements, of which none is entered twice.
    pub(super) stated: HashSet<[u8; 32]>,
    pub(super) agencies: BTreeMap<AgencyId, Agency>,
    pub(super) policy: Option<PolicyStatement>,
    pub(super) order_signers: Option<OrderSigners>,
    pub(super) issuers: BTreeMap<Fingerprint, EnteredIssuer>,
    pub(super) distrusted: BTreeMap<Fingerprint, Distrust>,
    /// When it was stated of each compromised signer.
    pub(super) compromised: BTreeMap<Fingerprint, Timestamp>,
    pub(super) catalogue: Option<Catalogue>,
    pub(super) registrars: BTreeMap<Fingerprint, TrustAnchor>,
    pub(super) relying_parties: BTreeMap<RelyingPartyId, EnteredRelyingParty>,
    /// Whose each access certificate and each reader's certificate is.
    pub(super) certificates: HashMap<Fingerprint, RelyingPartyId>,
    /// Access certificates that stand for nobody any more.
    pub(super) withdrawn: BTreeMap<Fingerprint, LeftParty>,
    pub(super) status: BTreeMap<String, Fingerprint>,
    pub(super) wallet_providers: BTreeMap<WalletProviderId, WalletProvider>,
    pub(super) releases: BTreeMap<Fingerprint, EnteredRelease>,
    pub(super) classes: Option<Classes>,
    /// The last day of each issuer, also of one that was withdrawn.
    pub(super) journals: BTreeMap<Fingerprint, Journal>,
    pub(super) bundle: Option<BundleStatement>,
    pub(super) orders: Vec<OrderStatement>,
}

/// An issuer, whose it is, and its signers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnteredIssuer {
    /// What was entered.
    pub issuer: Issuer,
    /// The agency that entered it.
    pub by: AgencyId,
    /// The signers that were entered below it.
    pub signers: BTreeSet<Fingerprint>,
}

/// A relying party and its readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnteredRelyingParty {
    /// What it may ask for.
    pub registration: Registration,
    /// The root above its access certificate.
    pub registrar: Fingerprint,
    /// Its reader devices, by their certificates.
    pub readers: BTreeMap<Fingerprint, EnteredReader>,
}

/// A registration that was withdrawn, or has another access certificate now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftParty {
    /// What a bundle says of it.
    pub withdrawn: Withdrawn,
    /// When its access certificate expires, after which nobody need be told.
    pub until: Timestamp,
}

/// A release, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnteredRelease {
    /// What was entered.
    pub release: Release,
    /// The agency that entered it.
    pub by: AgencyId,
}

/// A reader device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnteredReader {
    /// Its certificate.
    pub certificate: Certificate,
    /// The root above it.
    pub registrar: Fingerprint,
}

impl LedgerState {
    /// Before the first entry.
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks the signatures of an entry, which takes most of the time of [`LedgerState::judge`].
    pub fn check<'e>(&self, entry: &'e SignedEntry) -> Result<CheckedEntry<'e>, RuleError> {
        who::check(self, entry)
    }

    /// Whether the entry may stand next, at index [`LedgerState::size`]. Nothing in it may be dated later than `latest`:
    /// the clock plus one hour at the log, plus four at its cosigners and monitors, so that clocks two hours apart never
    /// let the one admit what the other refuses.
    pub fn judge(&self, entry: &SignedEntry, latest: Timestamp) -> Result<Judged, RuleError> {
        self.judge_checked(&self.check(entry)?, latest)
    }

    /// The same for an entry whose signatures were checked, also by an earlier state.
    pub fn judge_checked(&self, checked: &CheckedEntry<'_>, latest: Timestamp) -> Result<Judged, RuleError> {
        judge::judge(self, checked, latest)
    }

    /// Enters what was admitted, and gives its index. A log enters it once its store has it; if another was faster
    /// there, it reads the entries anew.
    pub fn enter(&mut self, admission: Admission) -> Result<u64, RuleError> {
        admission.enter(self)
    }

    /// How many entries there are.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// All entries so far, as one hash.
    pub const fn digest(&self) -> StateDigest {
        self.digest
    }

    /// The agencies in force.
    pub const fn agencies(&self) -> &BTreeMap<AgencyId, Agency> {
        &self.agencies
    }

    /// The policy's text; none before the founding.
    pub fn policy(&self) -> Option<&str> {
        self.policy.as_ref().map(PolicyStatement::policy)
    }

    /// The policy in force.
    pub fn majority_policy(&self) -> Option<&MajorityPolicy> {
        self.policy.as_ref().map(PolicyStatement::majority)
    }

    /// How many policies there were before it.
    pub fn policy_generation(&self) -> u64 {
        self.policy.as_ref().map_or(0, PolicyStatement::generation)
    }

    /// The log.
    pub fn origin(&self) -> Option<Origin> {
        self.policy.as_ref().map(PolicyStatement::origin)
    }

    /// Who may sign continuity orders.
    pub const fn order_signers(&self) -> Option<&OrderSigners> {
        self.order_signers.as_ref()
    }

    /// The issuers, by their roots.
    pub const fn issuers(&self) -> &BTreeMap<Fingerprint, EnteredIssuer> {
        &self.issuers
    }

    /// The signers that are no longer trusted.
    pub const fn distrusted(&self) -> &BTreeMap<Fingerprint, Distrust> {
        &self.distrusted
    }

    /// The catalogue in force.
    pub const fn catalogue(&self) -> Option<&Catalogue> {
        self.catalogue.as_ref()
    }

    /// The roots of access certificates.
    pub const fn registrars(&self) -> &BTreeMap<Fingerprint, TrustAnchor> {
        &self.registrars
    }

    /// The relying parties with their readers.
    pub const fn relying_parties(&self) -> &BTreeMap<RelyingPartyId, EnteredRelyingParty> {
        &self.relying_parties
    }

    /// What each relying party may ask for.
    pub fn registrations(&self) -> impl ExactSizeIterator<Item = &Registration> {
        self.relying_parties.values().map(|party| &party.registration)
    }

    /// Registrations that were withdrawn, by their access certificates.
    pub const fn withdrawn(&self) -> &BTreeMap<Fingerprint, LeftParty> {
        &self.withdrawn
    }

    /// Prefixes of status lists, each with the root of the issuer whose they are.
    pub const fn status_locations(&self) -> &BTreeMap<String, Fingerprint> {
        &self.status
    }

    /// The wallet providers.
    pub const fn wallet_providers(&self) -> &BTreeMap<WalletProviderId, WalletProvider> {
        &self.wallet_providers
    }

    /// The releases of programs, by their hashes.
    pub const fn releases(&self) -> &BTreeMap<Fingerprint, EnteredRelease> {
        &self.releases
    }

    /// How old evidence may be.
    pub const fn classes(&self) -> Option<&Classes> {
        self.classes.as_ref()
    }

    /// The last day of each issuer's journal.
    pub const fn journals(&self) -> &BTreeMap<Fingerprint, Journal> {
        &self.journals
    }

    /// The last bundle.
    pub const fn bundle(&self) -> Option<&BundleStatement> {
        self.bundle.as_ref()
    }

    /// The continuity orders, the oldest first.
    pub fn orders(&self) -> &[OrderStatement] {
        &self.orders
    }
}
