//! Relying parties, those who register them, and wallet providers.

use mapae_dcql::{ClaimPath, PathSegment};
use mapae_trust::{
    NewRegistration, RegisteredDocument, RegisteredKind, Registration,
    ledger::{ReaderDevice, WalletProvider},
};
use mapae_x509::TrustAnchor;
use serde::Deserialize;

use super::reading::{NamesTable, Reading};
use crate::failure::{OrUsage as _, Outcome};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegistrarTable {
    #[serde(rename = "kind")]
    _kind: String,
    root: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RelyingPartyTable {
    #[serde(rename = "kind")]
    _kind: String,
    id: String,
    names: NamesTable,
    certificate: String,
    class: String,
    purposes: Vec<NamesTable>,
    legal_basis: Option<NamesTable>,
    documents: Vec<DocumentFields>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentFields {
    /// Of an mdoc.
    doctype: Option<String>,
    /// Of an SD-JWT VC.
    vct: Option<String>,
    elements: Vec<Vec<Segment>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Segment {
    Key(String),
    Index(u32),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReaderTable {
    #[serde(rename = "kind")]
    _kind: String,
    relying_party: String,
    certificate: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WalletProviderTable {
    #[serde(rename = "kind")]
    _kind: String,
    id: String,
    names: NamesTable,
    root: String,
}

pub(super) fn registrar(reading: &Reading) -> Outcome<TrustAnchor> {
    let table: RegistrarTable = reading.parse()?;
    reading.root("root", &table.root)
}

pub(super) fn relying_party(reading: &Reading) -> Outcome<Registration> {
    let table: RelyingPartyTable = reading.parse()?;
    let purposes = table.purposes.into_iter().map(|names| reading.names("purposes", names));
    let documents = table.documents.into_iter().map(|document| registered(reading, document));
    let registration = Registration::new(NewRegistration {
        id: reading.word("id", &table.id)?,
        names: reading.names("names", table.names)?,
        certificate: reading.certificate("certificate", &table.certificate)?,
        use_class: reading.word("class", &table.class)?,
        purposes: purposes.collect::<Outcome<_>>()?,
        legal_basis: table.legal_basis.map(|names| reading.names("legal_basis", names)).transpose()?,
        documents: documents.collect::<Outcome<_>>()?,
    });
    registration.or_usage(|| reading.at("kind"))
}

fn registered(reading: &Reading, fields: DocumentFields) -> Outcome<RegisteredDocument> {
    let kind = match (fields.doctype, fields.vct) {
        (Some(doctype), None) => RegisteredKind::Mdoc(doctype),
        (None, Some(vct)) => RegisteredKind::SdJwtVc(vct),
        _ => return Err(reading.fault("documents", "each has either a `doctype` or a `vct`")),
    };
    let elements = fields.elements.into_iter().map(|segments| path(reading, segments)).collect::<Outcome<_>>()?;
    RegisteredDocument::new(kind, elements).or_usage(|| reading.at("documents"))
}

fn path(reading: &Reading, segments: Vec<Segment>) -> Outcome<ClaimPath> {
    let segment = |segment| match segment {
        Segment::Key(key) => PathSegment::Key(key),
        Segment::Index(index) => PathSegment::Index(index as usize),
    };
    ClaimPath::new(segments.into_iter().map(segment).collect()).or_usage(|| reading.at("documents.elements"))
}

pub(super) fn reader(reading: &Reading) -> Outcome<ReaderDevice> {
    let table: ReaderTable = reading.parse()?;
    let certificate = reading.certificate("certificate", &table.certificate)?;
    Ok(ReaderDevice { relying_party: reading.word("relying_party", &table.relying_party)?, certificate })
}

pub(super) fn wallet_provider(reading: &Reading) -> Outcome<WalletProvider> {
    let table: WalletProviderTable = reading.parse()?;
    Ok(WalletProvider {
        id: reading.word("id", &table.id)?,
        names: reading.names("names", table.names)?,
        root: reading.root("root", &table.root)?,
    })
}
