//! What a verifier knows: the contents of an authentic bundle, ready for questions.
//!
//! Chains and status lists are verified when they are first asked for and remembered, so that a store with a
//! thousand lists opens at once and a second document of the same signer costs no third signature.

mod sound;

use core::ops::Range;
use std::sync::{OnceLock, PoisonError, RwLock};

use mapae_cose::cbor::Reader;
use mapae_crypto::sha256;
use mapae_ledger::Proven;
use mapae_status_list::{Expected, StatusTokenCwt, TokenError, VerifiedStatusToken};
use mapae_types::{StatusReference, Timestamp, UseClass};
use mapae_x509::{Certificate, Role, TrustAnchor, VerifiedSigner, X509Error, verify_chain};

use crate::{
    BundleError, Classes, ContinuityOrder, Distrust, Freshness, IssuerEntry, OrderSigners, Policies, Registration,
    SealedBy, SignerRule, Software, StatusRule, TrustError, Withdrawn,
    format::Manifest,
    seal::{LooseSeal, Seal, Vouched},
};

/// More signers than a nation has are not remembered, lest somebody fill the memory with certificates.
const SIGNERS_REMEMBERED: usize = 1024;
/// Certificates in a chain beyond which none is read.
const CHAIN_LIMIT: usize = 4;

/// The contents of an authentic bundle.
pub struct TrustStore {
    file: Vec<u8>,
    seal: Seal,
    vouched: Vouched,
    sealed_by: SealedBy,
    as_of: Timestamp,
    classes: Classes,
    issuers: Vec<IssuerEntry>,
    anchors: Vec<TrustAnchor>,
    software: Vec<Software>,
    withdrawn: Vec<Withdrawn>,
    /// Ordered by signer, none twice.
    distrusted: Vec<([u8; 32], Distrust)>,
    registrars: Vec<TrustAnchor>,
    registrations: Range<usize>,
    order_signers: Option<OrderSigners>,
    order: Option<ContinuityOrder>,
    status_lists: Vec<StatusList>,
    /// Ordered by their ends and roles.
    known_signers: RwLock<Vec<KnownSigner>>,
}

/// A status list as the bundle carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusPart<'s> {
    /// The URI, equal to the token's `sub`.
    pub uri: &'s str,
    /// The token as a CWT.
    pub token: &'s [u8],
}

/// A status list, verified when first needed.
struct StatusList {
    uri: String,
    token: Range<usize>,
    verified: OnceLock<VerifiedStatusList>,
}

/// A token whose signature verified once. Its signer is asked for anew each time: it may expire.
struct VerifiedStatusList {
    token: VerifiedStatusToken,
    chain: Vec<Vec<u8>>,
}

/// The last bytes of a certificate, those of its signature: as good as a hash, and at hand. Where two certificates
/// end alike, only one is remembered.
type Ending = [u8; 16];

/// A chain that verified.
struct KnownSigner {
    ending: Ending,
    role: Role,
    /// The certificates above the leaf: whoever sends others has not shown this chain.
    above: Vec<Vec<u8>>,
    signer: TrustedSigner,
    /// When every certificate of the chain is valid.
    from: Timestamp,
    until: Timestamp,
}

/// A signer below a root of the bundle, for one role, not compromised.
#[derive(Debug, Clone)]
pub struct TrustedSigner {
    verified: VerifiedSigner,
    /// Older roots of the bundle to which links in its chain lead.
    linked: Vec<TrustAnchor>,
    status_rule: StatusRule,
    ceased_at: Option<Timestamp>,
}

impl TrustedSigner {
    /// Its certificate: the one by whose key the signature is checked, and nobody else's (hole 6 of the peers).
    pub const fn certificate(&self) -> &Certificate {
        self.verified.certificate()
    }

    /// Its root.
    pub const fn anchor(&self) -> &TrustAnchor {
        self.verified.anchor()
    }

    /// Whether one authority stands behind both: links, each by an old root for the new one, lead them to one root of
    /// the bundle. A name that two roots share proves nothing.
    pub fn shares_authority(&self, other: &Self) -> bool {
        self.roots().any(|root| other.roots().any(|theirs| theirs == root))
    }

    fn roots(&self) -> impl Iterator<Item = &TrustAnchor> {
        core::iter::once(self.anchor()).chain(&self.linked)
    }

    /// Whether what it signs must carry a status.
    pub const fn status_rule(&self) -> StatusRule {
        self.status_rule
    }

    /// Refuses what is dated after the signer ceased (D11). What has no date cannot be known to be older.
    pub fn check_signed_at(&self, signed_at: Option<Timestamp>) -> Result<(), TrustError> {
        match self.ceased_at {
            Some(ceased_at) if signed_at.is_none_or(|signed_at| signed_at > ceased_at) => {
                Err(TrustError::Ceased { subject: self.certificate().subject().to_owned(), ceased_at })
            }
            _ => Ok(()),
        }
    }
}

impl TrustStore {
    pub(crate) fn new(
        file: Vec<u8>,
        seal: Seal,
        vouched: Vouched,
        manifest: Manifest,
        parts: Vec<Range<usize>>,
    ) -> Result<Self, BundleError> {
        sound::refuse_root_twice(&manifest.issuers)?;
        sound::refuse_disorder(&manifest.status_lists)?;
        let mut parts = parts.into_iter();
        let registrations = parts.next().ok_or(BundleError::Forged)?;
        let lists = manifest.status_lists.into_iter().zip(parts);
        Ok(Self {
            file,
            seal,
            vouched,
            sealed_by: manifest.sealed_by,
            as_of: manifest.as_of,
            classes: manifest.classes,
            anchors: manifest.issuers.iter().map(|issuer| issuer.root.clone()).collect(),
            issuers: manifest.issuers,
            software: manifest.software,
            withdrawn: manifest.withdrawn,
            distrusted: sound::merge_distrust(manifest.distrusted),
            registrars: manifest.registrars,
            registrations,
            order_signers: manifest.order_signers,
            order: None,
            status_lists: lists.map(|(entry, token)| StatusList::new(entry.uri, token)).collect(),
            known_signers: RwLock::default(),
        })
    }

    /// The file from which the store was read.
    pub fn file(&self) -> &[u8] {
        &self.file
    }

    /// SHA-256 of the manifest, by which a delta names the bundle that it starts from, and a ledger the bundle itself.
    pub fn manifest_hash(&self) -> Result<[u8; 32], BundleError> {
        Ok(sha256(self.seal.manifest(&self.file)?))
    }

    /// The manifest without its status lists, and the seal over the whole one.
    pub(crate) fn head(&self) -> Result<(Manifest, LooseSeal), BundleError> {
        let mut manifest = Manifest::read(self.seal.manifest(&self.file)?)?;
        manifest.status_lists.clear();
        Ok((manifest, self.seal.loose(&self.file)?))
    }

    /// The part of registrations as it travels.
    pub(crate) fn registrations_part(&self) -> &[u8] {
        &self.file[self.registrations.clone()]
    }

    /// Who vouches for the bundle.
    pub const fn sealed_by(&self) -> &SealedBy {
        &self.sealed_by
    }

    /// Its place in the ledger and who cosigned; nothing where a key vouches.
    pub const fn proven(&self) -> Option<&Proven> {
        self.vouched.proven.as_ref()
    }

    /// How often the ledger's policy had changed when the bundle was proven.
    pub fn policy_generation(&self) -> u64 {
        self.vouched.policies.as_ref().map_or(0, Policies::generation)
    }

    /// The ledger's policies up to the one that accepts the bundle's proof; nothing where a key vouches.
    pub const fn policies(&self) -> Option<&Policies> {
        self.vouched.policies.as_ref()
    }

    /// Roots of relying parties' access certificates.
    pub fn registrars(&self) -> &[TrustAnchor] {
        &self.registrars
    }

    /// Who may ask for what, ordered by id.
    pub fn registrations(&self) -> Result<Vec<Registration>, BundleError> {
        let part = self.registrations_part();
        Reader::read_all(part, |reader| reader.list(Registration::read)).map_err(BundleError::Registrations)
    }

    /// Registrations that were withdrawn, ordered by certificate. Whoever is here is not among the registrations with
    /// that certificate.
    pub fn withdrawn(&self) -> &[Withdrawn] {
        &self.withdrawn
    }

    /// Releases of programs that are in force, ordered by name and hash; empty in bundles of before there were any.
    pub fn software(&self) -> &[Software] {
        &self.software
    }

    /// Who may sign continuity orders.
    pub const fn order_signers(&self) -> Option<&OrderSigners> {
        self.order_signers.as_ref()
    }

    /// The order under which the store judges.
    pub const fn order(&self) -> Option<&ContinuityOrder> {
        self.order.as_ref()
    }

    /// The same store under a continuity order: ages stretch for the classes and days that it names, and what it knows
    /// as compromised is refused (design D14: a compromise always wins).
    pub fn under(mut self, order: ContinuityOrder) -> Self {
        self.distrusted.extend(order.compromised().iter().map(|signer| (*signer, Distrust::Compromised)));
        self.distrusted = sound::merge_distrust(self.distrusted);
        self.known_signers = RwLock::default();
        self.order = Some(order);
        self
    }

    /// Verifies every status list as of a time, for who publishes or audits a bundle; readers verify those that they need.
    pub fn check_lists(&self, now: Timestamp) -> Result<(), TrustError> {
        self.status_lists.iter().try_for_each(|list| list.verify(self, now).map(drop))
    }

    /// The time of which the bundle speaks.
    pub const fn as_of(&self) -> Timestamp {
        self.as_of
    }

    /// How old evidence may be, for each class of use.
    pub const fn classes(&self) -> &Classes {
        &self.classes
    }

    /// How old evidence may be for a use of that class, or one that names none; nothing for a class that the bundle
    /// does not know. An order that is in force at `now` may stretch them.
    pub fn freshness(&self, class: Option<&UseClass>, now: Timestamp) -> Option<Freshness> {
        let freshness = self.classes.freshness(class)?;
        let class = class.or_else(|| self.classes.iter().next().map(|(name, _)| name))?;
        let stretched = self.order.as_ref().and_then(|order| order.usable_for(class, now));
        Some(stretched.map_or(freshness, |usable_for| freshness.stretched(usable_for)))
    }

    /// The roots.
    pub fn issuers(&self) -> &[IssuerEntry] {
        &self.issuers
    }

    /// Signers that are no longer trusted, by the SHA-256 of their certificate.
    pub fn distrusted(&self) -> impl Iterator<Item = (&[u8; 32], &Distrust)> {
        self.distrusted.iter().map(|(signer, distrust)| (signer, distrust))
    }

    /// The status lists, ordered by URI.
    pub fn status_lists(&self) -> impl ExactSizeIterator<Item = StatusPart<'_>> {
        self.status_lists.iter().map(|list| StatusPart { uri: &list.uri, token: &self.file[list.token.clone()] })
    }

    /// The signer to whom a chain (DER, leaf first, root absent) belongs, if a root of the bundle vouches
    /// for it in this role at this time and it is not compromised.
    pub fn signer<C: AsRef<[u8]>>(&self, chain: &[C], role: Role, now: Timestamp) -> Result<TrustedSigner, TrustError> {
        self.signer_of(&chain.iter().map(AsRef::as_ref).collect::<Vec<_>>(), role, now)
    }

    fn signer_of(&self, chain: &[&[u8]], role: Role, now: Timestamp) -> Result<TrustedSigner, TrustError> {
        let (leaf, above) = chain.split_first().ok_or(X509Error::ChainEmpty)?;
        match self.known_signer(leaf, above, role, now) {
            Some(known) => Ok(known),
            None => self.verify_signer(chain, role, now),
        }
    }

    fn known_signer(&self, leaf: &[u8], above: &[&[u8]], role: Role, now: Timestamp) -> Option<TrustedSigner> {
        let known = self.known_signers.read().unwrap_or_else(PoisonError::into_inner);
        let ending = ending(leaf);
        let known = known.get(place(&known, &ending, role).ok()?)?;
        let same = known.signer.certificate().der() == leaf && known.above == above;
        (same && known.from <= now && now <= known.until).then(|| known.signer.clone())
    }

    fn verify_signer(&self, chain: &[&[u8]], role: Role, now: Timestamp) -> Result<TrustedSigner, TrustError> {
        if chain.len() > CHAIN_LIMIT {
            return Err(X509Error::ChainTooLong { intermediates: chain.len() - 1, limit: CHAIN_LIMIT - 1 }.into());
        }
        let mut certificates = Vec::with_capacity(chain.len());
        for der in chain {
            certificates.push(Certificate::from_der(der)?);
        }
        let verified = verify_chain(&certificates, &self.anchors, role, now)?;
        // A link that was not needed takes nothing away: an authority may distrust its old root's word for the new one.
        let ceased_at = self.distrust(&certificates[..verified.path()])?;
        self.check_listed(&verified)?;
        let (linked, status_rule) = (self.linked(&certificates, &verified), self.status_rule(verified.anchor()));
        let signer = TrustedSigner { verified, linked, status_rule, ceased_at };
        self.remember(role, &certificates, &signer);
        Ok(signer)
    }

    /// The roots to which the links lead that the chain has left, as far as none of them is distrusted.
    fn linked(&self, chain: &[Certificate], verified: &VerifiedSigner) -> Vec<TrustAnchor> {
        let trusted = |link: &&Certificate| self.distrust_of(link).is_none();
        let path = verified.path();
        let chain = &chain[..path + chain[path..].iter().take_while(trusted).count()];
        let name = verified.anchor().certificate().subject_der();
        let leads = |root: &&TrustAnchor| {
            let one = core::slice::from_ref(*root);
            let (role, at) = (verified.role(), verified.valid_at());
            chain.len() > path
                && *root != verified.anchor()
                && root.certificate().subject_der() == name
                && verify_chain(chain, one, role, at).is_ok()
        };
        self.anchors.iter().filter(leads).cloned().collect()
    }

    /// Compromised anywhere in the chain refuses; the earliest cessation counts.
    fn distrust(&self, chain: &[Certificate]) -> Result<Option<Timestamp>, TrustError> {
        let mut ceased: Option<Timestamp> = None;
        for certificate in chain {
            match self.distrust_of(certificate) {
                Some(Distrust::Compromised) => {
                    return Err(TrustError::Compromised { subject: certificate.subject().to_owned() });
                }
                Some(Distrust::CeasedAt(at)) => ceased = Some(ceased.map_or(at, |earlier| earlier.min(at))),
                None => {}
            }
        }
        Ok(ceased)
    }

    fn distrust_of(&self, certificate: &Certificate) -> Option<Distrust> {
        let fingerprint = certificate.fingerprint();
        let found = self.distrusted.binary_search_by(|(signer, _)| signer.cmp(&fingerprint));
        found.ok().map(|at| self.distrusted[at].1)
    }

    fn issuer(&self, anchor: &TrustAnchor) -> Option<&IssuerEntry> {
        self.issuers.iter().find(|issuer| issuer.root == *anchor)
    }

    fn status_rule(&self, anchor: &TrustAnchor) -> StatusRule {
        self.issuer(anchor).map_or(StatusRule::Required, |issuer| issuer.status)
    }

    /// Design §6: a signer that an insider made, and that no agency entered in the ledger, is not trusted.
    fn check_listed(&self, signer: &VerifiedSigner) -> Result<(), TrustError> {
        match self.issuer(signer.anchor()).map(|issuer| &issuer.signers) {
            Some(SignerRule::Listed(listed)) if !listed.contains(&signer.certificate().fingerprint()) => {
                Err(TrustError::SignerNotListed { subject: signer.certificate().subject().to_owned() })
            }
            _ => Ok(()),
        }
    }

    fn remember(&self, role: Role, chain: &[Certificate], signer: &TrustedSigner) {
        let certificates = || chain.iter().chain(signer.roots().map(TrustAnchor::certificate));
        let (Some(from), Some(until)) =
            (certificates().map(Certificate::not_before).max(), certificates().map(Certificate::not_after).min())
        else {
            return;
        };
        let above = chain.iter().skip(1).map(|certificate| certificate.der().to_vec()).collect();
        let ending = ending(signer.certificate().der());
        let new = KnownSigner { ending, role, above, signer: signer.clone(), from, until };
        let mut known = self.known_signers.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < SIGNERS_REMEMBERED {
            match place(&known, &ending, role) {
                Ok(same) => known[same] = new,
                Err(place) => known.insert(place, new),
            }
        }
    }

    /// The status list that a document refers to, verified, and signed by the authority of the document's signer.
    pub fn status(
        &self,
        reference: &StatusReference,
        document: &TrustedSigner,
        now: Timestamp,
    ) -> Result<&VerifiedStatusToken, TrustError> {
        let uri = reference.uri.as_str();
        let found = self.status_lists.binary_search_by(|list| list.uri.as_str().cmp(uri));
        let list = found.map(|at| &self.status_lists[at]);
        let list = list.map_err(|_| TrustError::StatusListMissing { uri: uri.to_owned() })?;
        let list = match list.verified.get() {
            Some(verified) => verified,
            None => list.verify(self, now)?,
        };
        self.check_usable(list, document, now)?;
        Ok(&list.token)
    }

    fn check_usable(
        &self,
        list: &VerifiedStatusList,
        document: &TrustedSigner,
        now: Timestamp,
    ) -> Result<(), TrustError> {
        let uri = || list.token.uri().to_owned();
        let signer = self.status_signer(&list.chain, list.token.uri(), now)?;
        let issued_at = list.token.issued_at();
        signer.check_signed_at(Some(issued_at)).map_err(|error| signer_refused(list.token.uri(), error))?;
        if !signer.shares_authority(document) {
            return Err(TrustError::StatusListForeign { uri: uri() });
        }
        if issued_at > now {
            return Err(TrustError::StatusListFromFuture { uri: uri(), issued_at });
        }
        match list.token.expires_at() {
            Some(expires_at) if expires_at <= now => Err(TrustError::StatusListExpired { uri: uri(), expires_at }),
            _ => Ok(()),
        }
    }

    fn status_signer(&self, chain: &[Vec<u8>], uri: &str, now: Timestamp) -> Result<TrustedSigner, TrustError> {
        self.signer(chain, Role::StatusSigner, now).map_err(|error| signer_refused(uri, error))
    }
}

/// A document's signer may be sound while that of its status list is not: the refusal says which.
fn signer_refused(uri: &str, error: TrustError) -> TrustError {
    TrustError::StatusListSigner { uri: uri.to_owned(), error: Box::new(error) }
}

/// Where a signer is among those known, or would be.
fn place(known: &[KnownSigner], ending: &Ending, role: Role) -> Result<usize, usize> {
    known.binary_search_by(|known| known.ending.cmp(ending).then((known.role as u8).cmp(&(role as u8))))
}

fn ending(certificate: &[u8]) -> Ending {
    certificate.last_chunk().copied().unwrap_or_default()
}

impl StatusList {
    const fn new(uri: String, token: Range<usize>) -> Self {
        Self { uri, token, verified: OnceLock::new() }
    }

    /// Verifies the token and remembers it. A failure is not remembered: it may be the clock's.
    fn verify(&self, store: &TrustStore, now: Timestamp) -> Result<&VerifiedStatusList, TrustError> {
        let token = StatusTokenCwt::parse(&store.file[self.token.clone()]).map_err(|error| self.refused(error))?;
        let chain = token.x5chain();
        let signer = store.status_signer(&chain, &self.uri, now)?;
        let token = token.verify(signer.certificate().public_key(), &Expected::new(&self.uri, now));
        let token = token.map_err(|error| self.refused(error))?;
        Ok(self.verified.get_or_init(|| VerifiedStatusList { token, chain }))
    }

    /// The same answer whether the list was asked for before or not.
    fn refused(&self, error: TokenError) -> TrustError {
        let uri = self.uri.clone();
        match error {
            TokenError::Expired { expired_at } => TrustError::StatusListExpired { uri, expires_at: expired_at },
            TokenError::IssuedInFuture { issued_at } => TrustError::StatusListFromFuture { uri, issued_at },
            error => TrustError::StatusListInvalid { uri, error },
        }
    }
}

impl core::fmt::Debug for TrustStore {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "TrustStore(as of {}, {} issuers, {} lists)", self.as_of, self.issuers.len(), self.status_lists.len())
    }
}
