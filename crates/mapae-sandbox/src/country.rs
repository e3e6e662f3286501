//! A country that issues documents to people who do not exist.

use std::sync::Arc;

use mapae_crypto::{PublicKey, SeededEntropy, SigningKey, sha256_of};
use mapae_document::{Catalogue, DocumentType, Facts};
use mapae_issue::Format;
use mapae_sample::{SamplePeople, SamplePerson};
use mapae_trust::{BundleContents, Classes, Distrust, IssuerEntry, SignerRule, StatusRule};
use mapae_types::{Entropy, Timestamp};
use mapae_x509::TrustAnchor;

use crate::{
    Pocket, SandboxError,
    card::Card,
    cast::CAST,
    pki::{Pki, Signer},
    register, status,
};

/// The people of every sandbox, so that documents can speak of person 3 and mean the same one.
const PEOPLE: u64 = 2026;
/// ISO 3166-1 alpha-2.
const CODE: &str = "KR";

/// A sample authority: a root, signers, status lists, a registrar and a bundle. Everything comes from the seed but
/// ECDSA's own randomness. A clone is the same country and costs nothing.
#[derive(Clone)]
pub struct Country {
    inner: Arc<Inner>,
    now: Timestamp,
    faces: bool,
}

struct Inner {
    seed: [u8; 32],
    catalogue: Catalogue,
    people: SamplePeople,
    pki: Pki,
    /// Another country, which nobody trusts.
    stranger: Pki,
    bundle_key: SigningKey,
    base_url: String,
}

impl Country {
    /// The country of a seed, at work since 60 days before `now`. Its status lists are named `{base_url}/status/0` and so
    /// on, and are nowhere to be fetched but in the [bundle](Self::bundle).
    pub fn new(seed: &[u8; 32], now: Timestamp, base_url: &str) -> Result<Self, SandboxError> {
        let of = |label: &[u8]| SeededEntropy::new(&sha256_of(&[b"mapae sandbox\0", label, seed]));
        let inner = Inner {
            seed: *seed,
            catalogue: Catalogue::builtin()?,
            people: SamplePeople::new(PEOPLE),
            pki: Pki::new(CODE, now, &mut of(b"country"))?,
            stranger: Pki::new(CODE, now, &mut of(b"stranger"))?,
            bundle_key: SigningKey::generate(&mut of(b"bundle"))?,
            base_url: base_url.to_owned(),
        };
        Ok(Self { inner: Arc::new(inner), now, faces: true })
    }

    /// The same with portraits of ten bytes: drawing thousands of faces takes minutes.
    #[must_use]
    pub fn without_faces(self) -> Self {
        Self { faces: false, ..self }
    }

    /// The same at another time: who may have what, and from when on copies hold.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Self {
        Self { now, ..self.clone() }
    }

    /// The root of its issuers, and of the registrar that vouches for relying parties.
    pub fn root(&self) -> &TrustAnchor {
        &self.inner.pki.root
    }

    /// By which its bundles are believed.
    pub fn bundle_key(&self) -> &PublicKey {
        self.inner.bundle_key.public()
    }

    /// What its documents say.
    pub fn catalogue(&self) -> &Catalogue {
        &self.inner.catalogue
    }

    /// A bundle as a file: the root with its lists, as of that time, the signers whose keys are lost, and the registrar.
    pub fn bundle(&self, as_of: Timestamp) -> Result<Vec<u8>, SandboxError> {
        let pki = &self.inner.pki;
        let root = pki.root.clone();
        let lost = |signer: &Signer| (signer.certificate.fingerprint(), Distrust::Compromised);
        let contents = BundleContents {
            issuers: vec![IssuerEntry { root: root.clone(), status: StatusRule::Required, signers: SignerRule::Any }],
            distrusted: vec![lost(&pki.lost.0), lost(&pki.lost.1)],
            status_lists: status::lists(&self.inner.base_url, &pki.status, as_of)?,
            registrars: vec![root],
            ..BundleContents::new(as_of, Classes::standard()?)
        };
        let unsigned = contents.prepare(self.bundle_key());
        let signature = self.inner.bundle_key.sign(unsigned.to_be_signed())?;
        Ok(unsigned.attach(&signature))
    }

    /// A person, of whom there is one for every number.
    pub fn person(&self, number: u64) -> SamplePerson {
        self.inner.people.person(number)
    }

    /// A few people, between them with every document, for a page to show.
    pub const fn cast(&self) -> &'static [u64] {
        &CAST
    }

    /// The numbers of those who may have a document today, without end. Nobody, if there is no such document.
    pub fn people(&self, document: &str) -> impl Iterator<Item = u64> + use<> {
        let (country, known) = (self.clone().without_faces(), self.document(document).is_ok());
        let name = document.to_owned();
        (0..).take_while(move |_| known).filter(move |number| country.facts(*number, &name).is_ok())
    }

    /// The documents that a person may have today.
    pub fn documents(&self, number: u64) -> Vec<&str> {
        let names = self.catalogue().documents().iter().map(|document| document.name().as_str());
        let plain = self.clone().without_faces();
        names.filter(|name| plain.facts(number, name).is_ok()).collect()
    }

    /// A person's wallet with these documents, one copy of each in both formats.
    pub fn issue(&self, person: u64, documents: &[&str], entropy: &mut dyn Entropy) -> Result<Pocket, SandboxError> {
        self.issue_ahead(person, documents, &Format::ALL, 1, entropy)
    }

    /// The same with as many copies, which answers take in turn, in these formats.
    pub fn issue_ahead(
        &self,
        person: u64,
        documents: &[&str],
        formats: &[Format],
        copies: usize,
        entropy: &mut dyn Entropy,
    ) -> Result<Pocket, SandboxError> {
        let card = |name: &&str| Card::issue(self, &self.facts(person, name)?, formats, copies, entropy);
        let cards = documents.iter().map(card).collect::<Result<_, _>>()?;
        Ok(Pocket::new(self.clone(), person, cards))
    }

    pub(crate) fn facts(&self, person: u64, name: &str) -> Result<Facts<'_>, SandboxError> {
        let facts = register::facts(self.document(name)?, &self.person(person), self.now, self.faces);
        facts.ok_or_else(|| SandboxError::NotEligible { person, document: name.to_owned() })
    }

    pub(crate) fn document(&self, name: &str) -> Result<&DocumentType, SandboxError> {
        let mut all = self.catalogue().documents().iter();
        let unknown = || SandboxError::DocumentUnknown { name: name.to_owned() };
        all.find(|document| document.name().as_str() == name).ok_or_else(unknown)
    }

    pub(crate) const fn now(&self) -> Timestamp {
        self.now
    }

    pub(crate) fn seed(&self) -> &[u8; 32] {
        &self.inner.seed
    }

    pub(crate) fn pki(&self) -> &Pki {
        &self.inner.pki
    }

    pub(crate) fn stranger(&self) -> &Pki {
        &self.inner.stranger
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.inner.base_url
    }
}

impl core::fmt::Debug for Country {
    /// Keys are none of it.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Country").field("base_url", &self.inner.base_url).finish_non_exhaustive()
    }
}
