//! What a relying party's program asks for, and whether it may: the body of `POST /sessions`.

use axum::http::StatusCode;
use mapae_dcql::{CredentialQuery, DcqlQuery, QueryError, Wanted};
use mapae_http::{Fault, Problem};
use mapae_jose::Object;
use mapae_oid4vp::TransactionData;
use mapae_trust::{OverAsking, Registration};
use serde::Deserialize;
use serde_json::Value;

use super::Uses;
use crate::{config::is_address, store::Flow};

/// Letters of a reference or a region.
const MAX_TEXT: usize = 256;

/// The body of `POST /sessions`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    #[serde(rename = "use")]
    named: Option<String>,
    region: Option<String>,
    dcql_query: Option<Value>,
    purpose: Option<String>,
    transaction_data: Option<Vec<Object>>,
    flow: FlowName,
    redirect_uri: Option<String>,
    origin: Option<String>,
    reference: Option<String>,
    #[serde(default)]
    holders: Holders,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FlowName {
    SameDevice,
    CrossDevice,
    DcApi,
}

/// Whose documents may answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Holders {
    /// One person's: what tells otherwise, or cannot tell, is refused.
    #[default]
    One,
    /// Several persons', as of a parent and a child.
    Any,
}

/// A wish that the registration covers.
#[derive(Debug)]
pub(crate) struct Allowed {
    pub(crate) query: DcqlQuery,
    pub(crate) purpose: Option<String>,
    pub(crate) way: Way,
    pub(crate) transactions: Vec<TransactionData>,
    pub(crate) reference: Option<String>,
    pub(crate) holders: Holders,
    /// The sign-in that the answer is for, as it is kept.
    pub(crate) login: Option<String>,
}

/// How the wallet is reached, with what only that way has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    /// The wallet sends the person back there.
    SameDevice {
        redirect_uri: String,
    },
    CrossDevice,
    /// By the browser of a page of that origin.
    Browser {
        origin: String,
    },
}

/// What is wrong with a wish: the relying party's program.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WishFault {
    #[error("the body is not what this expects")]
    Body,
    #[error("one of `use` and `dcql_query` says what is asked for")]
    NotOne,
    #[error("there is no such use")]
    UseUnknown,
    #[error("this use takes a `region`")]
    RegionMissing,
    #[error("this use takes no `region`")]
    RegionUnused,
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error(transparent)]
    Beyond(#[from] OverAsking),
    #[error("on the same device the wallet sends the person back: `redirect_uri` says where")]
    RedirectMissing,
    #[error("from another device nobody is sent back: `redirect_uri` has no use")]
    RedirectUnused,
    #[error("`redirect_uri` is neither https nor on this machine, or has a fragment")]
    RedirectInsecure,
    #[error("the registered class of use allows no QR code")]
    CrossDeviceRefused,
    #[error("several documents are asked for, and `{0}` without a name by which to see that they are one person's")]
    HoldersNotComparable(String),
    #[error("a text is longer than {MAX_TEXT} letters")]
    TooLong,
    #[error("by the Digital Credentials API a page asks: `origin` says whose, and nothing else does")]
    Origin,
    #[error("what is to be authorised has a `type`, and a credential in SD-JWT that can authorise it")]
    Transaction,
}

impl Wish {
    /// Compares a wish with the registration. What goes beyond it no wallet would answer, so it is refused here, by name.
    pub(crate) fn allow(self, uses: &Uses, registration: &Registration, may_cross: bool) -> Result<Allowed, WishFault> {
        let way = self.way(may_cross)?;
        self.check_texts()?;
        // Only the key binding of an SD-JWT authorises anything (OpenID4VP 1.0 Annex B.3.3.1).
        let authorises = self.transaction_data.is_some();
        let (query, of_use) = match (&self.named, &self.dcql_query) {
            (Some(name), None) => uses.query(name, self.region.as_deref(), registration, authorises)?,
            (None, Some(_)) if self.region.is_some() => return Err(WishFault::RegionUnused),
            (None, Some(query)) => (DcqlQuery::from_json(query)?, None),
            _ => return Err(WishFault::NotOne),
        };
        let purpose = self.purpose.as_deref().or(of_use);
        registration.covers(&query, purpose)?;
        if self.holders == Holders::One {
            check_comparable(&query, uses)?;
        }
        let first = || registration.purposes().first().map(|names| names.ko().to_owned());
        let purpose = purpose.map(str::to_owned).or_else(first);
        let transactions = transactions(self.transaction_data.unwrap_or_default(), &query)?;
        Ok(Allowed { query, purpose, way, transactions, reference: self.reference, holders: self.holders, login: None })
    }

    fn way(&self, may_cross: bool) -> Result<Way, WishFault> {
        if self.origin.is_some() != matches!(self.flow, FlowName::DcApi) {
            return Err(WishFault::Origin);
        }
        match (self.flow, self.redirect_uri.as_deref()) {
            (FlowName::DcApi, None) => Ok(Way::Browser { origin: self.origin.clone().unwrap_or_default() }),
            (FlowName::CrossDevice, _) if !may_cross => Err(WishFault::CrossDeviceRefused),
            (FlowName::CrossDevice, None) => Ok(Way::CrossDevice),
            (FlowName::CrossDevice | FlowName::DcApi, Some(_)) => Err(WishFault::RedirectUnused),
            // OpenID4VP 1.0 §14.2: without the way back anybody could have begun the session (peers' hole 10).
            (FlowName::SameDevice, None) => Err(WishFault::RedirectMissing),
            (FlowName::SameDevice, Some(uri)) if is_address(uri) && !uri.contains('#') => {
                Ok(Way::SameDevice { redirect_uri: uri.to_owned() })
            }
            (FlowName::SameDevice, Some(_)) => Err(WishFault::RedirectInsecure),
        }
    }

    fn check_texts(&self) -> Result<(), WishFault> {
        let texts = [&self.reference, &self.region, &self.named];
        let long = texts.into_iter().flatten().any(|text| text.chars().count() > MAX_TEXT);
        if long { Err(WishFault::TooLong) } else { Ok(()) }
    }
}

impl Way {
    pub(crate) const fn flow(&self) -> Flow {
        match self {
            Self::SameDevice { .. } => Flow::SameDevice,
            Self::CrossDevice => Flow::CrossDevice,
            Self::Browser { .. } => Flow::Browser,
        }
    }
}

/// What is to be authorised, by any SD-JWT that is asked for where nothing else is said.
fn transactions(given: Vec<Object>, query: &DcqlQuery) -> Result<Vec<TransactionData>, WishFault> {
    given.into_iter().map(|one| transaction(one, query).ok_or(WishFault::Transaction)).collect()
}

fn transaction(mut details: Object, query: &DcqlQuery) -> Option<TransactionData> {
    let kind = details.remove("type")?.as_str()?.to_owned();
    let can = |one: &&CredentialQuery| matches!(one.wanted(), Wanted::SdJwtVc { .. });
    let credentials = match details.remove("credential_ids") {
        None => query.credentials().iter().filter(can).map(|one| one.id().clone()).collect(),
        Some(ids) => ids.as_array()?.iter().map(|id| id.as_str()?.parse().ok()).collect::<Option<_>>()?,
    };
    TransactionData::new(&kind, credentials, details)
}

/// Where several documents may answer, each must tell a name, so that two persons' are seen (peers' hole 18).
fn check_comparable(query: &DcqlQuery, uses: &Uses) -> Result<(), WishFault> {
    let sets = query.credential_sets();
    let several = match sets {
        [] => query.credentials().len() > 1,
        [set] => set.options().iter().any(|option| option.len() > 1),
        _ => true,
    };
    if !several && !query.credentials().iter().any(CredentialQuery::multiple) {
        return Ok(());
    }
    let nameless = |credential: &&CredentialQuery| !crate::judging::asks_for_a_name(credential, uses.catalogue());
    match query.credentials().iter().find(nameless) {
        Some(credential) => Err(WishFault::HoldersNotComparable(credential.id().to_string())),
        None => Ok(()),
    }
}

impl WishFault {
    const fn code(&self) -> &'static str {
        match self {
            Self::Body => "body_malformed",
            Self::NotOne => "use_or_query",
            Self::UseUnknown => "use_unknown",
            Self::RegionMissing => "region_missing",
            Self::RegionUnused => "region_unused",
            Self::Query(_) => "query_invalid",
            Self::Beyond(_) => "beyond_registration",
            Self::RedirectMissing => "redirect_uri_missing",
            Self::RedirectUnused => "redirect_uri_unused",
            Self::RedirectInsecure => "redirect_uri_insecure",
            Self::CrossDeviceRefused => "cross_device_refused",
            Self::HoldersNotComparable(_) => "holders_not_comparable",
            Self::TooLong => "text_too_long",
            Self::Origin => "origin_missing",
            Self::Transaction => "transaction_data_invalid",
        }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::Beyond(_) | Self::CrossDeviceRefused => StatusCode::FORBIDDEN,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

impl From<WishFault> for Fault {
    fn from(fault: WishFault) -> Self {
        let problem = Problem::new(fault.status(), fault.code(), fault.to_string());
        match &fault {
            WishFault::Beyond(over) => {
                let beyond: Vec<String> = over.beyond().iter().map(|one| format!("{}: {one}", one.code())).collect();
                problem.detail(beyond.join("; ")).into()
            }
            _ => problem.into(),
        }
    }
}
