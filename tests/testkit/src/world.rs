//! One issuing country, and the bundle that a relying party holds of it.

use core::cell::Cell;

use mapae_crypto::SigningKey;
use mapae_trust::{
    Bundle, BundleContents, Classes, Distrust, Freshness, IssuerEntry, SignerRule, StatusEntry, StatusRule, TrustStore,
};
use mapae_types::{Duration, StatusReference, Timestamp};
use mapae_verify::{NotVerified, Policy, Verified, verify};

use crate::{Format, IssuedCopy, List, Pki, Request, Seeded, Signer, Terms, facts, issue, now};

/// Both formats, for a rule that holds in either.
pub const BOTH: [Format; 2] = [Format::Mdoc, Format::SdJwt];

/// A country that issues documents, and what a relying party knows of it an hour later.
pub struct World {
    /// Its root and signers.
    pub pki: Pki,
    /// The request that holders answer and [`World::verify`] checks.
    pub request: Request,
    /// The time of which the bundle speaks: an hour ago.
    pub as_of: Timestamp,
    /// How old evidence may be for the class `low`, the first: fresh for a day, usable for 35. The others are standard.
    pub freshness: Freshness,
    /// The roots in the bundle: its own, whose documents must carry a status.
    pub issuers: Vec<IssuerEntry>,
    /// Signers that are no longer trusted.
    pub distrusted: Vec<([u8; 32], Distrust)>,
    /// Its status list, as of the bundle's time.
    pub list: List,
    /// The status list tokens in the bundle; `None` is a token of [`World::list`], and no other.
    pub tokens: Option<Vec<StatusEntry>>,
    /// The key that signs the bundle.
    pub bundle_key: SigningKey,
    copies: Cell<u64>,
}

impl World {
    /// Korea.
    pub fn new() -> Self {
        Self::of(1, "KR")
    }

    /// A country by its code; two seeds share no key.
    pub fn of(seed: u64, country: &str) -> Self {
        let pki = Pki::new(seed, country);
        let as_of = now() - Duration::hours(1);
        let uri = format!("https://{}.example/status/0", country.to_lowercase());
        Self {
            request: Request::default(),
            as_of,
            freshness: Freshness::new(Duration::hours(24), Duration::days(35)).unwrap(),
            issuers: vec![IssuerEntry {
                root: pki.root.clone(),
                status: StatusRule::Required,
                signers: SignerRule::Any,
            }],
            distrusted: Vec::new(),
            list: List::new(&uri, as_of),
            tokens: None,
            bundle_key: SigningKey::generate(&mut Seeded::new(seed ^ 0xb0)).unwrap(),
            copies: Cell::new(seed * List::ENTRIES as u64),
            pki,
        }
    }

    /// Signed ten days ago and usable for 300 more, with the next entry of the status list.
    pub fn terms(&self) -> Terms {
        let signed = now().start_of_day() - Duration::days(10);
        let idx = self.copies.get() % List::ENTRIES as u64;
        let status = Some(StatusReference { uri: self.list.uri.clone(), idx });
        Terms { signed, valid_from: signed, valid_until: now().start_of_day() + Duration::days(300), status }
    }

    /// A copy of person 0's resident card.
    pub fn issue(&self, format: Format) -> IssuedCopy {
        self.issue_document(format, "resident", 0, &self.terms())
    }

    /// The same on other terms.
    pub fn issue_on(&self, format: Format, change: impl FnOnce(&mut Terms)) -> IssuedCopy {
        let mut terms = self.terms();
        change(&mut terms);
        self.issue_document(format, "resident", 0, &terms)
    }

    /// A copy of any document.
    pub fn issue_document(&self, format: Format, document: &str, person: usize, terms: &Terms) -> IssuedCopy {
        self.issue_by(self.signer(format), format, document, person, terms)
    }

    /// A copy that another signer signs.
    pub fn issue_by(&self, by: &Signer, format: Format, document: &str, person: usize, terms: &Terms) -> IssuedCopy {
        let number = self.copies.replace(self.copies.get() + 1);
        issue(format, by, &facts(document, person), terms, &mut Seeded::new(number))
    }

    /// Who signs documents in that format.
    pub const fn signer(&self, format: Format) -> &Signer {
        match format {
            Format::Mdoc => &self.pki.document,
            Format::SdJwt => &self.pki.sd_jwt,
        }
    }

    /// A presentation of a new copy that discloses a name, in both scripts, and an age.
    pub fn show(&self, format: Format) -> Vec<u8> {
        self.answer(&self.issue(format))
    }

    /// The same of a copy that exists.
    pub fn answer(&self, copy: &IssuedCopy) -> Vec<u8> {
        self.request.answer(copy, &["family_name", "family_name_hangul", "age_over_19"])
    }

    /// Revokes a copy in the list that the next bundle carries.
    pub fn revoke(&mut self, copy: &IssuedCopy) {
        let idx = usize::try_from(copy.status.as_ref().unwrap().idx).unwrap();
        self.list.entries[idx] = 1;
    }

    /// Trusts another country's root.
    pub fn trust(&mut self, other: &Self, status: StatusRule) {
        self.issuers.push(IssuerEntry { root: other.pki.root.clone(), status, signers: SignerRule::Any });
    }

    /// What the bundle says.
    pub fn contents(&self) -> BundleContents {
        let classes = Classes::standard().unwrap().with("low".parse().unwrap(), self.freshness).unwrap();
        BundleContents {
            issuers: self.issuers.clone(),
            distrusted: self.distrusted.clone(),
            status_lists: self.tokens.clone().unwrap_or_else(|| vec![self.list.signed_by(&self.pki.status)]),
            ..BundleContents::new(self.as_of, classes)
        }
    }

    /// The bundle as a file.
    pub fn bundle(&self) -> Vec<u8> {
        let unsigned = self.contents().prepare(self.bundle_key.public());
        let signature = self.bundle_key.sign(unsigned.to_be_signed()).unwrap();
        unsigned.attach(&signature)
    }

    /// The bundle as a relying party reads it.
    pub fn store(&self) -> TrustStore {
        Bundle::parse(self.bundle()).unwrap().verify(self.bundle_key.public()).unwrap()
    }

    /// Judges an answer to [`World::request`] at [`now`].
    pub fn verify(&self, presentation: &[u8]) -> Result<Verified, NotVerified> {
        self.verify_at(presentation, now())
    }

    /// The same at another time.
    pub fn verify_at(&self, presentation: &[u8], now: Timestamp) -> Result<Verified, NotVerified> {
        self.verify_with(presentation, now, &Policy::default())
    }

    /// The same under a policy.
    pub fn verify_with(
        &self,
        presentation: &[u8],
        now: Timestamp,
        policy: &Policy<'_>,
    ) -> Result<Verified, NotVerified> {
        self.judge(presentation, &self.store(), now, policy)
    }

    /// The same by another bundle.
    pub fn judge(
        &self,
        presentation: &[u8],
        store: &TrustStore,
        now: Timestamp,
        policy: &Policy<'_>,
    ) -> Result<Verified, NotVerified> {
        verify(presentation, &self.request.binding(), store, now, policy)
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}
