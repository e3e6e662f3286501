//! The credential offer (OpenID4VCI §4.1): by value in an address, or by reference.

use mapae_jose::{Object, Value, json};

use crate::{
    IssuerUrl, MessageFault, OfferFault, Secret,
    form::{Form, FormWriter},
    jwt::collect,
    members::{self, MAX_ID},
    token::{AUTHORIZATION_CODE, PRE_AUTHORIZED},
    uri,
};

/// The wallets' scheme (§12.1.1).
const SCHEME: &str = "openid-credential-offer://";
/// Bytes of an offer at most, fetched or in an address.
const MAX_LEN: usize = 16 << 10;
/// Configurations that an offer names at most.
const MAX_CONFIGURATIONS: usize = 64;

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
    /// `input_mode`: left out where it is the default.
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
        if address.len() > MAX_LEN {
            return Err(MessageFault::TooLong { len: address.len(), limit: MAX_LEN }.into());
        }
        let (_, query) = address.split_once('?').ok_or(OfferFault::NotAnOffer)?;
        let form = Form::parse(query.split('#').next().unwrap_or_default().as_bytes())?;
        let value = form.optional(VALUE, MAX_LEN)?;
        match (value, form.optional(REFERENCE, 2048)?) {
            (Some(json), None) => Ok(Self::Value(Box::new(CredentialOffer::parse(json.as_bytes())?))),
            (None, Some(url)) => {
                uri::check_url(url, REFERENCE)?;
                Ok(Self::Reference(url.to_owned()))
            }
            (None, None) => Err(OfferFault::NotAnOffer),
            // §4.1: one or the other.
            (Some(_), Some(_)) => Err(MessageFault::Exclusive { name: VALUE, other: REFERENCE }.into()),
        }
    }
}

const VALUE: &str = "credential_offer";
const REFERENCE: &str = "credential_offer_uri";

impl CredentialOffer {
    /// Reads the JSON of an offer.
    pub fn parse(json: &[u8]) -> Result<Self, OfferFault> {
        const NAME: &str = "credential_configuration_ids";
        let object = members::object(json, MAX_LEN)?;
        let issuer = members::required(&object, "credential_issuer", MAX_ID)?;
        let configurations = members::texts(&object, NAME, MAX_CONFIGURATIONS)?;
        Ok(Self {
            issuer: IssuerUrl::parse(issuer).map_err(|_| OfferFault::Issuer)?,
            configurations: configurations.ok_or(MessageFault::Missing { name: NAME })?,
            grants: members::inner(&object, "grants")?.map(OfferGrants::read).transpose()?.unwrap_or_default(),
        })
    }

    /// The JSON of the offer.
    pub fn to_json(&self) -> Vec<u8> {
        let grants = self.grants.write();
        let members = [
            ("credential_issuer", Some(self.issuer.as_str().into())),
            ("credential_configuration_ids", Some(self.configurations.clone().into())),
            ("grants", (!grants.is_empty()).then(|| grants.into())),
        ];
        json::to_vec(&collect(members))
    }

    /// The offer in an address of its own.
    pub fn to_uri(&self) -> String {
        FormWriter::after(SCHEME).add(VALUE, &String::from_utf8_lossy(&self.to_json())).finish()
    }

    /// The address that says where the offer is, short enough for a QR code.
    pub fn reference_uri(url: &str) -> String {
        FormWriter::after(SCHEME).add(REFERENCE, url).finish()
    }
}

impl OfferGrants {
    fn read(grants: &Object) -> Result<Self, MessageFault> {
        let authorization_code = match members::inner(grants, AUTHORIZATION_CODE)? {
            Some(grant) => Some(members::optional(grant, "issuer_state", MAX_ID)?.map(str::to_owned)),
            None => None,
        };
        let pre_authorized = members::inner(grants, PRE_AUTHORIZED)?.map(PreAuthorizedGrant::read).transpose()?;
        Ok(Self { pre_authorized, authorization_code })
    }

    fn write(&self) -> Object {
        let state = |state: &Option<String>| collect([("issuer_state", state.as_deref().map(Value::from))]).into();
        collect([
            (AUTHORIZATION_CODE, self.authorization_code.as_ref().map(state)),
            (PRE_AUTHORIZED, self.pre_authorized.as_ref().map(|grant| grant.write().into())),
        ])
    }
}

impl PreAuthorizedGrant {
    fn read(grant: &Object) -> Result<Self, MessageFault> {
        Ok(Self {
            code: members::required(grant, "pre-authorized_code", MAX_ID)?.to_owned().into(),
            // §4.1.1: an empty object asks for a code too.
            tx_code: members::inner(grant, "tx_code")?.map(TxCode::read).transpose()?,
        })
    }

    fn write(&self) -> Object {
        collect([
            ("pre-authorized_code", Some(self.code.expose().into())),
            ("tx_code", self.tx_code.as_ref().map(|tx_code| tx_code.write().into())),
        ])
    }
}

impl TxCode {
    fn read(tx_code: &Object) -> Result<Self, MessageFault> {
        let mode = match members::optional(tx_code, "input_mode", 16)? {
            None | Some("numeric") => TxCodeMode::Numeric,
            Some("text") => TxCodeMode::Text,
            Some(_) => return Err(MessageFault::Malformed { name: "input_mode" }),
        };
        let length = members::seconds(tx_code, "length")?.map(u8::try_from).transpose();
        let description = members::optional(tx_code, "description", 1200)?;
        // §4.1.1: at most 300 characters.
        if description.is_some_and(|text| text.chars().count() > 300) {
            return Err(MessageFault::Malformed { name: "description" });
        }
        let length = length.map_err(|_| MessageFault::Malformed { name: "length" })?;
        Ok(Self { mode, length, description: description.map(str::to_owned) })
    }

    fn write(&self) -> Object {
        collect([
            ("input_mode", (self.mode == TxCodeMode::Text).then(|| "text".into())),
            ("length", self.length.map(Value::from)),
            ("description", self.description.as_deref().map(Value::from)),
        ])
    }
}
