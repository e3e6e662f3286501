//! A document in a pocket: what it says, and copies of it.

use core::sync::atomic::{AtomicUsize, Ordering};

use mapae_cose::cbor;
use mapae_crypto::SigningKey;
use mapae_dcql::{Candidate, CredentialQuery, Mismatch, Selection};
use mapae_document::{CopyValidity, Facts, copy_validity};
use mapae_issue::{Blank, Format};
use mapae_jose::base64url;
use mapae_types::Entropy;
use serde_json::{Map, Value};

use crate::{
    Country, SandboxError,
    pki::{Pki, Signer},
    status::Fate,
};

/// A person's document with its copies.
pub(crate) struct Card {
    pub(crate) name: String,
    doctype: String,
    vct: String,
    /// What it says as an mdoc: namespaces with their elements.
    elements: Value,
    /// What it says as an SD-JWT.
    claims: Value,
    /// The key identifier of its root (OpenID4VP 1.0 §6.1.1.1).
    authority: String,
    mdocs: Stock,
    sd_jwts: Stock,
}

/// Copies that are taken in turn.
#[derive(Default)]
struct Stock {
    copies: Vec<Copy>,
    next: AtomicUsize,
}

/// A copy in its holder's hands.
pub(crate) struct Copy {
    pub(crate) format: Format,
    /// `IssuerSigned` in CBOR, or an SD-JWT as text.
    pub(crate) bytes: Vec<u8>,
    pub(crate) holder: SigningKey,
}

/// How a copy differs from a good one.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'s> {
    pub(crate) mdoc: &'s Signer,
    pub(crate) sd_jwt: &'s Signer,
    pub(crate) validity: CopyValidity,
    pub(crate) fate: Fate,
}

impl Card {
    /// Issues copies on good terms.
    pub(crate) fn issue(
        country: &Country,
        facts: &Facts<'_>,
        formats: &[Format],
        copies: usize,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, SandboxError> {
        let document = facts.document();
        let authority = country.root().certificate().subject_key_id().map(base64url::encode);
        let mut card = Self {
            name: document.name().to_string(),
            doctype: document.doctype().to_owned(),
            vct: document.vct().to_owned(),
            elements: elements(facts),
            claims: Value::Object(facts.sd_jwt_claims()),
            authority: authority.unwrap_or_default(),
            mdocs: Stock::default(),
            sd_jwts: Stock::default(),
        };
        let terms = Terms::good(country, country.pki(), facts)?;
        for format in formats {
            let stock = issue(country, facts, (*format, copies), &terms, entropy)?;
            *card.stock_mut(*format) = Stock { copies: stock, next: AtomicUsize::new(0) };
        }
        Ok(card)
    }

    const fn stock_mut(&mut self, format: Format) -> &mut Stock {
        match format {
            Format::Mdoc => &mut self.mdocs,
            Format::SdJwt => &mut self.sd_jwts,
        }
    }

    const fn stock(&self, format: Format) -> &Stock {
        match format {
            Format::Mdoc => &self.mdocs,
            Format::SdJwt => &self.sd_jwts,
        }
    }

    pub(crate) fn has(&self, format: Format) -> bool {
        !self.stock(format).copies.is_empty()
    }

    /// The next copy in that format, if there is any.
    pub(crate) fn copy(&self, format: Format) -> Option<&Copy> {
        let stock = self.stock(format);
        let turn = stock.next.fetch_add(1, Ordering::Relaxed);
        stock.copies.get(turn.checked_rem(stock.copies.len())?)
    }

    /// What of it answers a query.
    pub(crate) fn select(&self, format: Format, query: &CredentialQuery) -> Result<Selection, Mismatch> {
        match format {
            Format::Mdoc => {
                let candidate = Candidate::mdoc(&self.doctype, &self.elements);
                query.select(&candidate.certified_by("aki", &self.authority))
            }
            Format::SdJwt => {
                let types = [self.vct.as_str()];
                let candidate = Candidate::sd_jwt_vc(&types, &self.claims);
                query.select(&candidate.certified_by("aki", &self.authority))
            }
        }
    }
}

/// As JSON, by which queries with expected values are compared.
fn elements(facts: &Facts<'_>) -> Value {
    let mut spaces = Map::new();
    for (namespace, element, value) in facts.mdoc_elements() {
        let space = spaces.entry(namespace).or_insert_with(|| Value::Object(Map::new()));
        // A portrait has no value that a query could name; its encoding would be thrown away.
        let value = if matches!(value, cbor::Value::Bytes(_)) { Value::Null } else { value.to_json() };
        if let Value::Object(space) = space {
            space.insert(element.to_owned(), value);
        }
    }
    Value::Object(spaces)
}

/// Copies in one format. What they have in common is encoded once.
pub(crate) fn issue(
    country: &Country,
    facts: &Facts<'_>,
    (format, count): (Format, usize),
    terms: &Terms<'_>,
    entropy: &mut dyn Entropy,
) -> Result<Vec<Copy>, SandboxError> {
    let signer = terms.signer(format);
    let blank = match format {
        Format::Mdoc => Blank::mdoc(facts, terms.validity, signer.chain())?,
        Format::SdJwt => Blank::sd_jwt(facts, terms.validity, signer.chain(), country.base_url())?,
    };
    let mut copy = || {
        let holder = SigningKey::generate(entropy)?;
        let mut number = [0; 8];
        entropy.fill(&mut number)?;
        let fate = match terms.fate {
            Fate::Valid(_) => Fate::Valid(u64::from_be_bytes(number)),
            other => other,
        };
        let unsigned = blank.copy(holder.public(), &fate.reference(country.base_url()), entropy)?;
        let signature = signer.sign(unsigned.to_be_signed())?;
        Ok(Copy { format, bytes: unsigned.attach(&signature), holder })
    };
    (0..count).map(|_| copy()).collect()
}

impl<'s> Terms<'s> {
    /// Those of a good copy by the signers of a country.
    pub(crate) fn good(country: &Country, pki: &'s Pki, facts: &Facts<'_>) -> Result<Self, SandboxError> {
        let until = pki.document.certificate.not_after();
        let validity = copy_validity(country.now(), facts, until)?;
        Ok(Self { mdoc: &pki.document, sd_jwt: &pki.sd_jwt, validity, fate: Fate::Valid(0) })
    }

    const fn signer(&self, format: Format) -> &'s Signer {
        match format {
            Format::Mdoc => self.mdoc,
            Format::SdJwt => self.sd_jwt,
        }
    }
}
