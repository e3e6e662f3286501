//! An issuer of which everything is known that a wallet must know: the place where all further exchanges begin.

use std::sync::Arc;

use super::{Endpoint, IssuerFault, OfferFault, OurFault, WalletError};
use crate::{CredentialConfiguration, CredentialFormat, CredentialOffer, IssuerMetadata, IssuerUrl, ServerMetadata};

/// An issuer with its metadata and those of its authorization server. It holds no secret and may be fetched anew.
#[derive(Debug, Clone, PartialEq)]
pub struct Issuer {
    url: IssuerUrl,
    metadata: Arc<IssuerMetadata>,
    server: ServerMetadata,
}

impl Issuer {
    pub(super) const fn new(url: IssuerUrl, metadata: Arc<IssuerMetadata>, server: ServerMetadata) -> Self {
        Self { url, metadata, server }
    }

    /// Its identifier.
    pub const fn url(&self) -> &IssuerUrl {
        &self.url
    }

    /// What it issues and how.
    pub fn metadata(&self) -> &IssuerMetadata {
        &self.metadata
    }

    /// Its authorization server.
    pub const fn server(&self) -> &ServerMetadata {
        &self.server
    }

    /// What is offered, in the offer's order: all of it known to the issuer, and of formats that we know.
    pub fn offered<'a>(
        &'a self,
        offer: &'a CredentialOffer,
    ) -> Result<Vec<(&'a str, &'a CredentialConfiguration)>, WalletError> {
        offer.configurations.iter().map(|id| Ok((id.as_str(), self.find(id)?))).collect()
    }

    fn find(&self, id: &str) -> Result<&CredentialConfiguration, WalletError> {
        let found = self.metadata.credential_configurations_supported.get(id);
        let found = found.ok_or_else(|| OfferFault::ConfigurationUnknown(id.to_owned()))?;
        match found.format {
            CredentialFormat::Mdoc { .. } | CredentialFormat::SdJwt { .. } => Ok(found),
            CredentialFormat::Other => Err(OurFault::FormatUnsupported { configuration: id.to_owned() }.into()),
        }
    }

    /// A configuration that was granted before.
    pub fn configuration(&self, id: &str) -> Result<&CredentialConfiguration, WalletError> {
        self.find(id)
    }

    /// How many keys one request may prove (OpenID4VCI §12.2.4: one, unless batches are announced).
    pub fn batch_size(&self) -> usize {
        self.metadata.batch_credential_issuance.map_or(1, |batch| batch.batch_size.max(1))
    }

    pub(super) fn endpoint(at: Endpoint, url: Option<&String>) -> Result<&str, WalletError> {
        url.map(String::as_str).ok_or_else(|| IssuerFault::NoEndpoint { at }.into())
    }
}
