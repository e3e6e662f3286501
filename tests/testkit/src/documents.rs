//! Documents of the built-in catalogue for sample people, issued in both formats.

use std::sync::LazyLock;

use mapae_cose::cbor::Value as CborValue;
use mapae_crypto::{Algorithm, PublicKey, SigningKey};
use mapae_document::{Catalogue, DocumentType, Facts};
use mapae_jose::{Jwk, Object, Value};
use mapae_mdoc::{Copy, NameSpace, Template, ValidityInfo};
use mapae_sample::{Register, SamplePeople, SamplePerson};
use mapae_sd_jwt::{Claim, Claims, Content, Issuance};
use mapae_types::{StatusReference, Timestamp};

use crate::{Format, Seeded, Signer, now};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::builtin().unwrap());

/// The first few who may have both of the common documents.
static PEOPLE: LazyLock<Vec<SamplePerson>> = LazyLock::new(|| {
    let may_have_all =
        |person: &SamplePerson| ["resident", "licence"].iter().all(|name| try_facts(name, person).is_some());
    SamplePeople::new(2026).filter(may_have_all).take(4).collect()
});

/// A copy in its holder's hands.
pub struct IssuedCopy {
    /// Its format.
    pub format: Format,
    /// What it is a copy of.
    pub document: &'static DocumentType,
    /// `IssuerSigned` in CBOR, or an SD-JWT as text.
    pub bytes: Vec<u8>,
    /// The key that it is bound to.
    pub holder: SigningKey,
    /// Where its status stands.
    pub status: Option<StatusReference>,
}

/// The dates of a copy and the place of its status.
#[derive(Debug, Clone)]
pub struct Terms {
    /// When it was signed: `signed`, `iat`.
    pub signed: Timestamp,
    /// `validFrom`, `nbf`.
    pub valid_from: Timestamp,
    /// `validUntil`, `exp`.
    pub valid_until: Timestamp,
    /// Where its status stands, if anywhere.
    pub status: Option<StatusReference>,
}

/// A document of the built-in catalogue, such as `resident`.
pub fn document(name: &str) -> &'static DocumentType {
    CATALOGUE.get(&name.parse().unwrap()).unwrap()
}

/// A sample person, of the first four who may have both documents.
pub fn person(n: usize) -> &'static SamplePerson {
    &PEOPLE[n]
}

/// What a document says at [`now`] of [`person`] `n`, or of holder `n` of a document that few have.
pub fn facts(name: &str, n: usize) -> Facts<'static> {
    match name {
        "resident" | "licence" => try_facts(name, person(n)).unwrap(),
        _ => SamplePeople::new(2026).filter_map(|person| try_facts(name, &person)).nth(n).unwrap(),
    }
}

fn try_facts(name: &str, person: &SamplePerson) -> Option<Facts<'static>> {
    let document = document(name);
    let register = Register::ALL.into_iter().find(|register| register.name() == name)?;
    let (line, columns) = (register.csv_row(person)?, register.columns());
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
    let record = reader.records().next()?.unwrap();
    let cell = |column: &str| record.get(columns.iter().position(|known| *known == column)?);
    let today = document.local_date(now());
    document.read_row(cell, today).unwrap().eligibility().ok()?.facts(today).ok()
}

/// Issues one copy; salts, decoys and the holder's key come from `entropy`.
pub fn issue(
    format: Format,
    signer: &Signer,
    facts: &Facts<'static>,
    terms: &Terms,
    entropy: &mut Seeded,
) -> IssuedCopy {
    let holder = SigningKey::generate(entropy).unwrap();
    let bytes = issue_to(format, signer, facts, terms, holder.public(), entropy);
    IssuedCopy { format, document: facts.document(), bytes, holder, status: terms.status.clone() }
}

/// The same for a key that somebody else holds.
pub fn issue_to(
    format: Format,
    signer: &Signer,
    facts: &Facts<'static>,
    terms: &Terms,
    holder: &PublicKey,
    entropy: &mut Seeded,
) -> Vec<u8> {
    match format {
        Format::Mdoc => mdoc(signer, facts, terms, holder, entropy),
        Format::SdJwt => sd_jwt(signer, facts, terms, holder, entropy),
    }
}

fn mdoc(signer: &Signer, facts: &Facts<'_>, terms: &Terms, holder: &PublicKey, entropy: &mut Seeded) -> Vec<u8> {
    let copy = Copy {
        device_key: holder,
        validity: ValidityInfo::new(terms.signed, terms.valid_from, terms.valid_until).unwrap(),
        status: terms.status.clone(),
        x5chain: &signer.chain(),
    };
    let template = Template::new(facts.document().doctype(), &name_spaces(facts));
    let unsigned = template.issue(&copy, entropy).unwrap();
    let signature = signer.sign(unsigned.to_be_signed());
    unsigned.attach(&signature)
}

fn name_spaces(facts: &Facts<'_>) -> Vec<NameSpace> {
    let elements = facts.mdoc_elements();
    let of = |wanted: &str| -> Vec<(&str, CborValue)> {
        let here = elements.iter().filter(|(namespace, ..)| *namespace == wanted);
        here.map(|(_, identifier, value)| (*identifier, value.clone())).collect()
    };
    facts.document().namespaces().into_iter().map(|name| NameSpace::new(name, of(name))).collect()
}

fn sd_jwt(signer: &Signer, facts: &Facts<'_>, terms: &Terms, holder: &PublicKey, entropy: &mut Seeded) -> Vec<u8> {
    let issuance = Issuance {
        algorithm: Algorithm::Es256,
        x5c: &signer.chain().into_iter().map(<[u8]>::to_vec).collect::<Vec<_>>(),
        vct: facts.document().vct(),
        issuer: Some("https://id.example"),
        issued_at: terms.signed,
        not_before: Some(terms.valid_from),
        expires: Some(terms.valid_until),
        holder: &Jwk::from(holder.clone()),
        status: terms.status.as_ref(),
        decoys: 4,
    };
    let unsigned = issuance.prepare(&selective(facts.sd_jwt_claims()), entropy).unwrap();
    let signature = signer.sign(unsigned.to_be_signed());
    unsigned.attach(&signature).into_bytes()
}

/// Every claim at the holder's choice; of a claim with members each member.
fn selective(object: Object) -> Claims {
    let claim = |value| match value {
        Value::Object(members) => Claim::always(Content::Object(selective(members))),
        value => Claim::selective(value),
    };
    object.into_iter().fold(Claims::new(), |claims, (name, value)| claims.with(name, claim(value)).unwrap())
}
