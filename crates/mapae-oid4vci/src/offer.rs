//! The credential offer (OpenID4VCI §4.1): by value in an address, or by reference.

use crate::{IssuerUrl, MessageFault, OfferFault, Secret};

/// An offer of copies, made in an office or on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialOffer {
    /// `credential_issuer`.
    pub issuer: IssuerUrl,
    /// `credential_configuration_ids`: never empty, each once.
    pub configurations: Vec<String>,
    /// `grants`: how a token may be had.
    pub grants: OfferGrants,
}

/// The grants of an offer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OfferGrants {
    /// The pre-authorized code.
    pub pre_authorized: Option<PreAuthorizedGrant>,
    /// The authorization code, with its `issuer_state`.
    pub authorization_code: Option<Option<String>>,
}

/// A pre-authorized code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreAuthorizedGrant {
    /// `pre-authorized_code`.
    pub code: Secret,
    /// What the person must type besides.
    pub tx_code: Option<TxCode>,
}

/// What a transaction code looks like and where the person gets it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TxCode {
    /// `input_mode`.
    pub mode: TxCodeMode,
    /// `length`.
    pub length: Option<u8>,
    /// `description`: at most 300 characters.
    pub description: Option<String>,
}

/// Of which characters a transaction code consists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TxCodeMode {
    /// Digits.
    #[default]
    Numeric,
    /// Any.
    Text,
}

/// What an offer's address holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfferSource {
    /// The offer itself.
    Value(Box<CredentialOffer>),
    /// Where to fetch it.
    Reference(String),
}

impl OfferSource {
    /// Reads an address: `openid-credential-offer://?…`, `haip-vci://?…`, or any with one of the two parameters in its
    /// query.
    pub fn parse(address: &str) -> Result<Self, OfferFault> {
        let _ = address;
        Err(OfferFault::NotAnOffer)
    }
}

impl CredentialOffer {
    /// Reads the JSON of an offer.
    pub fn parse(json: &[u8]) -> Result<Self, OfferFault> {
        let _ = json;
        Err(MessageFault::Missing { name: "credential_issuer" }.into())
    }

    /// The JSON of the offer.
    pub fn to_json(&self) -> Vec<u8> {
        Vec::new()
    }

    /// The offer in an address of its own.
    pub fn to_uri(&self) -> String {
        String::new()
    }

    /// The address that says where the offer is, short enough for a QR code.
    pub fn reference_uri(url: &str) -> String {
        let _ = url;
        String::new()
    }
}
