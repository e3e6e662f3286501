//! What a request would have the holder share, in words and values that the holder reads before anything leaves.

use core::fmt;
use std::sync::Arc;

use mapae_oid4vci::Fields;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::{occasion::Occasion, transaction::TransactionView};
use crate::{
    CardId, Format, Stamp,
    case::case,
    choosing::Choices,
    words::{Image, Words},
};

/// An authentic request that asks for what it may, and what of the wallet would answer it. Nothing has left.
#[derive(Clone)]
pub struct Proposal {
    pub(crate) occasion: Arc<Occasion>,
    pub(crate) choices: Arc<Choices>,
    /// Whether who asks has to be registered, or one of D15's exceptions.
    pub(crate) is_strict: bool,
    pub(crate) view: ProposalView,
}

/// A proposal for people.
#[derive(Clone, Serialize)]
pub struct ProposalView {
    /// Who asks.
    pub who: Who,
    /// What for: the purpose that the request names, or all that are registered.
    pub purposes: Vec<Words>,
    /// Whether the request names its purpose.
    pub purpose_stated: bool,
    /// The statute by which the resident registration number may be asked for, if one is registered.
    pub legal_basis: Option<Words>,
    /// What is asked for. Each is answered on its own.
    pub asks: Vec<AskView>,
    /// What the holder authorises by answering; mostly nothing.
    pub transactions: Vec<TransactionView>,
    /// Two digits. Where a code was scanned that has a number beside it, it is this one. None for a request that was handed over.
    pub number: Option<String>,
    /// What the holder is to know before they agree.
    pub warnings: Vec<ProposalWarning>,
    /// Whether agreeing takes a second, express step.
    pub needs_express_consent: bool,
    /// The time of the trust bundle by which the request was judged.
    pub trust_as_of: Option<Stamp>,
    /// Until when the request may be answered.
    pub expires_at: Option<Stamp>,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Who {
    /// Its id in the ledger; none for one that is not registered.
    pub id: Option<String>,
    /// Its registered names; else what it calls itself.
    pub name: Words,
    /// Its registered class of use.
    pub use_class: Option<String>,
    /// Its name in the protocol.
    pub client_id: String,
    /// The host to which an answer goes; none where it is handed over.
    pub host: Option<String>,
    /// By what it is known.
    pub verified_by: VerifiedBy,
}

/// By what a relying party is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VerifiedBy {
    /// It signed by the access certificate that the ledger registers.
    Registration,
    /// It signed by a certificate below a registrar's root that no registration names.
    Certificate,
    /// By nothing.
    Nothing,
}

/// One thing that is asked for: a credential, or one of several combinations.
#[derive(Clone, Serialize)]
pub struct AskView {
    /// Whether nothing can be answered without it.
    pub required: bool,
    /// The ways to answer it, the one that shares least first. At least one.
    pub options: Vec<OptionView>,
}

/// One way to answer.
#[derive(Clone, Serialize)]
pub struct OptionView {
    /// What it shares.
    pub documents: Vec<DocumentView>,
}

/// What would be shared of one card.
#[derive(Clone, Serialize)]
pub struct DocumentView {
    /// The credential query.
    pub query: String,
    /// The card.
    pub card: CardId,
    /// What the document is called.
    pub document: Words,
    /// In which format.
    pub format: Format,
    /// Which copy it would be.
    pub copy: CopyUse,
    /// Everything that would be shared.
    pub elements: Vec<ElementView>,
    /// What the card holds besides, and keeps.
    pub not_shared: Vec<Words>,
}

/// Whether somebody could tell by the copy that it was shown before (design D7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CopyUse {
    /// Who saw it.
    pub state: CopyState,
    /// Copies of the card, in this format, that nobody has seen.
    pub fresh_left: usize,
}

/// Who saw a copy before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyState {
    /// Nobody.
    Fresh,
    /// This relying party.
    SeenByThem,
    /// Others: they and this one could compare.
    SeenByOthers,
}

/// One element or claim that would be shared.
#[derive(Clone, Serialize)]
pub struct ElementView {
    /// Where it is.
    pub path: Vec<String>,
    /// What it is called.
    pub label: Words,
    /// What it says.
    pub value: Value,
    /// What it shows, if it is a picture; the value is null then.
    pub image: Option<Image>,
    /// Whether they say that they keep it; none where the format has no word for it.
    pub keeps: Option<bool>,
    /// Whether the law calls it sensitive.
    pub sensitive: bool,
    /// Whether it lets them know the holder again: the register's number of the person.
    pub recognises: bool,
    /// Whether another option does without it.
    pub optional: bool,
}

/// What the holder is to know before they agree.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProposalWarning {
    /// Nobody registered who asks (design D15: the mandatory elements of a driving licence alone).
    Unregistered,
    /// More is asked for than is registered: the mandatory elements of a driving licence, as for the unregistered.
    BeyondRegistration,
    /// The trust bundle is old, though not too old.
    TrustOld {
        /// Its time.
        as_of: Stamp,
    },
    /// The trust bundle is usable under a continuity order alone.
    TrustByOrder {
        /// Its time.
        as_of: Stamp,
    },
    /// No copy is left that nobody has seen: two who compare would find one person.
    CopyReused,
    /// The answer is not encrypted on its way beyond TLS.
    NotEncrypted,
}

impl Serialize for ProposalWarning {
    /// `{code, …}`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let of = |name| case("code", name, []);
        let dated = |name, as_of: &Stamp| case("code", name, [("as_of", as_of.0.to_string().into())]);
        let told = match self {
            Self::Unregistered => of("unregistered"),
            Self::BeyondRegistration => of("beyond_registration"),
            Self::TrustOld { as_of } => dated("trust_old", as_of),
            Self::TrustByOrder { as_of } => dated("trust_by_order", as_of),
            Self::CopyReused => of("copy_reused"),
            Self::NotEncrypted => of("not_encrypted"),
        };
        told.serialize(serializer)
    }
}

/// What the holder agrees to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// For each thing asked for, which option, by its place; none to leave it out.
    pub chosen: Vec<Option<usize>>,
    /// Whether the holder agreed expressly, where that is needed.
    #[serde(default)]
    pub express: bool,
}

impl Proposal {
    /// What people read of it.
    pub const fn view(&self) -> &ProposalView {
        &self.view
    }

    /// The consent that shares least: the first option of whatever must be answered.
    pub fn least(&self) -> Consent {
        let least = |ask: &AskView| ask.required.then_some(0);
        Consent { chosen: self.view.asks.iter().map(least).collect(), express: false }
    }
}

impl Who {
    pub(crate) fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let (name, verified_by) =
            (fields.one("name", Words::read)?, fields.one("verified_by", |name| VerifiedBy::read(&name))?);
        let read = Self {
            id: fields.maybe_text("id"),
            name,
            use_class: fields.maybe_text("use_class"),
            client_id: fields.text("client_id"),
            host: fields.maybe_text("host"),
            verified_by,
        };
        fields.whole(read)
    }

    /// Somebody of whom nothing is known.
    pub(crate) fn unknown() -> Self {
        let (name, client_id) = (Words::same("?"), String::new());
        Self { id: None, name, use_class: None, client_id, host: None, verified_by: VerifiedBy::Nothing }
    }

    /// By what copies remember them: the registration, whatever certificate they have now; else their name in the protocol.
    /// No id of a registration has a colon, and every client identifier does.
    pub(crate) fn mark(&self) -> &str {
        self.id.as_deref().unwrap_or(&self.client_id)
    }
}

impl VerifiedBy {
    fn read(value: &Value) -> Option<Self> {
        Some(match value.as_str()? {
            "registration" => Self::Registration,
            "certificate" => Self::Certificate,
            "nothing" => Self::Nothing,
            _ => return None,
        })
    }
}

impl Serialize for Proposal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.view.serialize(serializer)
    }
}

impl fmt::Debug for Proposal {
    /// The rest is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proposal").field("who", &self.view.who.client_id).finish_non_exhaustive()
    }
}
