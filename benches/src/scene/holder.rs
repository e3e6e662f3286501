//! A person who does not exist, with a driving licence of 27 elements, portrait included.

use anyhow::{Context as _, Result, ensure};
use mapae_crypto::SigningKey;
use mapae_document::{Catalogue, DocumentType, Facts};
use mapae_jose::Object;
use mapae_mdoc::NameSpace;
use mapae_sample::{Register, SamplePeople, SamplePerson};
use mapae_types::Timestamp;

use super::Seeded;

/// Elements of the licence.
const ELEMENTS: usize = 26;
/// The claims of the SD-JWT VC: 12, the portrait among them.
const CLAIMS: [&str; 12] = [
    "family_name",
    "given_name",
    "birthdate",
    "sex",
    "nationalities",
    "document_number",
    "date_of_issuance",
    "date_of_expiry",
    "issuing_authority",
    "issuing_country",
    "issuing_jurisdiction",
    "picture",
];

/// The holder and the facts of the licence.
pub struct Holder {
    /// The key of the device.
    pub key: SigningKey,
    /// The mdoc document type.
    pub doctype: String,
    /// The elements by namespace.
    pub elements: Vec<NameSpace>,
    /// The SD-JWT VC type.
    pub vct: String,
    /// Twelve claims.
    pub claims: Object,
}

impl Holder {
    pub(super) fn new(now: Timestamp, entropy: &mut Seeded) -> Result<Self> {
        let catalogue = Catalogue::builtin()?;
        let licence = catalogue.get(&"licence".parse()?).context("the catalogue has a licence")?;
        let full = |facts: &Facts<'_>| facts.mdoc_elements().len() == ELEMENTS;
        let facts = SamplePeople::new(1).take(100).find_map(|person| facts(licence, &person, now).filter(full));
        let facts = facts.context("one of a hundred people has a licence with every element")?;
        Ok(Self {
            key: SigningKey::generate(entropy)?,
            doctype: licence.doctype().to_owned(),
            elements: elements(&facts),
            vct: licence.vct().to_owned(),
            claims: claims(&facts)?,
        })
    }
}

/// The facts of a person who may have the document.
fn facts<'d>(document: &'d DocumentType, person: &SamplePerson, now: Timestamp) -> Option<Facts<'d>> {
    let text = Register::Licence.csv_header() + &Register::Licence.csv_row(person)?;
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let header = rows.headers().ok()?.clone();
    let row = rows.records().next()?.ok()?;
    let cell = |column: &str| row.get(header.iter().position(|name| name == column)?);
    let today = document.local_date(now);
    document.read_row(cell, today).ok()?.eligibility().ok()?.facts(today).ok()
}

fn elements(facts: &Facts<'_>) -> Vec<NameSpace> {
    let elements = facts.mdoc_elements();
    let of = |namespace| {
        let own = elements.iter().filter(move |(name, ..)| *name == namespace);
        NameSpace::new(namespace, own.map(|(_, element, value)| (*element, value.clone())))
    };
    facts.document().namespaces().into_iter().map(of).collect()
}

fn claims(facts: &Facts<'_>) -> Result<Object> {
    let mut all = facts.sd_jwt_claims();
    let claims: Object = CLAIMS.iter().filter_map(|name| all.remove_entry(*name)).collect();
    ensure!(claims.len() == CLAIMS.len(), "the licence has every claim");
    ensure!(claims["picture"].as_str().map_or(0, str::len) > 10_000, "the portrait has 8 to 12 kB");
    Ok(claims)
}

impl Holder {
    /// The claims, each at the holder's choice.
    pub fn selective_claims(&self) -> Result<mapae_sd_jwt::Claims> {
        Ok(mapae_sd_jwt::Claims::all_selective(self.claims.clone())?)
    }
}
