//! What this issuer issues, and what it takes to make a person's copies of it.

use core::fmt;
use std::collections::BTreeMap;

use mapae_document::{
    Catalogue, CopyError, CopyValidity, DocumentType, Facts, FactsError, Refused, RowError, copy_validity,
};
use mapae_hsm::Signer;
use mapae_issue::{Blank, Format, IssueError};
use mapae_types::{Date, DocumentName, Timestamp};
use mapae_x509::Certificate;

/// Who signs, with the chain that stands in what is signed: its certificate and links, no root.
#[derive(Clone)]
pub struct DocumentSigner {
    /// The key.
    pub signer: Signer,
    /// Its certificate.
    pub certificate: Certificate,
    /// In DER, its certificate first.
    pub chain: Vec<Vec<u8>>,
}

/// The signers of one issuer.
#[derive(Clone)]
pub struct Signers {
    /// Of mdocs, by doctype; driving licences have one of their own.
    pub mdoc: BTreeMap<String, DocumentSigner>,
    /// Of SD-JWT VCs, and of the metadata.
    pub sd_jwt: DocumentSigner,
    /// Of status lists.
    pub status: DocumentSigner,
}

impl Signers {
    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &DocumentSigner> {
        self.mdoc.values().chain([&self.sd_jwt, &self.status])
    }
}

/// A credential configuration (OpenID4VCI §12.2.4): a document in one format.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Configuration {
    /// The document.
    pub document: DocumentName,
    /// The format.
    pub format: Format,
}

/// Everything that decides what stands in a copy.
pub struct Desk {
    catalogue: Catalogue,
    signers: Signers,
    issuer: String,
    configurations: BTreeMap<String, Configuration>,
}

/// Why a person gets no copy now.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Denied {
    /// The register's row cannot be read: the register is at fault.
    #[error("the register's row: {0}")]
    Row(#[from] RowError),
    /// A rule of the document.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// Dates that leave no room.
    #[error("{0}")]
    Dates(#[from] FactsError),
    /// A copy would have ended already.
    #[error("{0}")]
    Copy(#[from] CopyError),
    /// The format cannot hold it: the catalogue is at fault.
    #[error("{0}")]
    Format(#[from] IssueError),
    /// Nobody signs that.
    #[error("no signer for {0}")]
    NoSigner(String),
}

impl Denied {
    /// Whether the person has no right to it, rather than something of ours being wrong.
    pub const fn is_of_the_person(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Dates(_) | Self::Copy(_))
    }
}

impl Configuration {
    /// Its id in the metadata, which is also its scope.
    pub fn id(&self) -> String {
        format!("{}-{}", self.document, self.format)
    }
}

impl Desk {
    /// For those documents of the catalogue, as the issuer `issuer`.
    pub fn new(catalogue: Catalogue, documents: &[DocumentName], signers: Signers, issuer: &str) -> Self {
        let both =
            |document: &DocumentName| Format::ALL.map(|format| Configuration { document: document.clone(), format });
        let offered = documents.iter().filter(|name| catalogue.get(name).is_some()).flat_map(both);
        let configurations = offered.map(|configuration| (configuration.id(), configuration)).collect();
        Self { catalogue, signers, issuer: issuer.to_owned(), configurations }
    }

    /// The configurations by their ids.
    pub const fn configurations(&self) -> &BTreeMap<String, Configuration> {
        &self.configurations
    }

    /// Those of one document, mdoc first.
    pub fn configurations_of<'d>(&'d self, document: &'d DocumentName) -> impl Iterator<Item = &'d str> {
        self.configurations.iter().filter(move |(_, one)| one.document == *document).map(|(id, _)| id.as_str())
    }

    /// A document that is issued here.
    pub fn document(&self, name: &DocumentName) -> Option<&DocumentType> {
        let is_issued = self.configurations.values().any(|configuration| configuration.document == *name);
        is_issued.then(|| self.catalogue.get(name)).flatten()
    }

    /// The signers.
    pub const fn signers(&self) -> &Signers {
        &self.signers
    }

    /// Who signs a configuration's copies.
    pub fn signer(&self, configuration: &Configuration) -> Result<&DocumentSigner, Denied> {
        match configuration.format {
            Format::SdJwt => Ok(&self.signers.sd_jwt),
            Format::Mdoc => {
                let doctype = self.catalogue.get(&configuration.document).map_or("", DocumentType::doctype);
                self.signers.mdoc.get(doctype).ok_or_else(|| Denied::NoSigner(doctype.to_owned()))
            }
        }
    }

    /// What a row says of its person today; an error if the person may not have the document.
    pub fn facts<'d, 'r>(
        &self,
        document: &'d DocumentType,
        cell: impl Fn(&str) -> Option<&'r str>,
        now: Timestamp,
        issue_date: Option<Date>,
    ) -> Result<Facts<'d>, Denied> {
        let today = document.local_date(now);
        let eligible = document.read_row(cell, today)?.eligibility()?;
        Ok(eligible.facts(issue_date.unwrap_or(today))?)
    }

    /// A person's document in one format, before it belongs to a device.
    pub fn blank(&self, facts: &Facts<'_>, configuration: &Configuration, now: Timestamp) -> Result<Blank, Denied> {
        let signer = self.signer(configuration)?;
        let validity: CopyValidity = copy_validity(now, facts, signer.certificate.not_after())?;
        let chain = signer.chain.clone();
        Ok(match configuration.format {
            Format::Mdoc => Blank::mdoc(facts, validity, chain)?,
            Format::SdJwt => Blank::sd_jwt(facts, validity, chain, &self.issuer)?,
        })
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
