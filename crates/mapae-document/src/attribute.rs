//! An attribute of a document: where its fact comes from and its name in both formats.

use serde::Deserialize;

use crate::{age::AgeThreshold, column::ColumnType, document::Label};

/// How an element is written in an mdoc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Encoding {
    /// UTF-8 text.
    Tstr,
    /// Text of Latin-1 characters (ISO/IEC 18013-5 §7.2.1: most elements of an mDL).
    Latin1,
    /// `full-date`, tag 1004.
    FullDate,
    /// `tdate`, tag 0, at midnight UTC.
    Tdate,
    /// A map that holds `birth_date`, ISO/IEC TS 23220-2.
    BirthDate,
    /// A byte string.
    Bstr,
    /// An unsigned integer.
    Uint,
    /// True or false.
    Bool,
    /// ISO/IEC 18013-5 §7.2.4.
    DrivingPrivileges,
}

/// How a claim is written in an SD-JWT VC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ClaimForm {
    /// Text, number or boolean; dates as `YYYY-MM-DD`; driving privileges as objects.
    #[default]
    Plain,
    /// A list of one, as `nationalities` of OpenID Connect for Identity Assurance.
    List,
    /// `data:image/jpeg;base64,…`, as `picture` in the EUDI PID rulebook.
    DataUrl,
    /// Base64url without padding.
    #[serde(rename = "base64url")]
    Base64Url,
}

/// What a fact is, to check that a format can hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FactKind {
    Latin1,
    Text,
    Date,
    Bool,
    Integer,
    Jpeg,
    Bytes,
    Privileges,
}

impl Encoding {
    pub(crate) fn fits(self, kind: FactKind) -> bool {
        match self {
            Self::Tstr => matches!(kind, FactKind::Latin1 | FactKind::Text),
            Self::Latin1 => kind == FactKind::Latin1,
            Self::FullDate | Self::Tdate | Self::BirthDate => kind == FactKind::Date,
            Self::Bstr => matches!(kind, FactKind::Jpeg | FactKind::Bytes),
            Self::Uint => kind == FactKind::Integer,
            Self::Bool => kind == FactKind::Bool,
            Self::DrivingPrivileges => kind == FactKind::Privileges,
        }
    }
}

impl ClaimForm {
    pub(crate) fn fits(self, kind: FactKind) -> bool {
        match self {
            Self::Plain => !matches!(kind, FactKind::Jpeg | FactKind::Bytes),
            Self::List => matches!(kind, FactKind::Latin1 | FactKind::Text),
            Self::DataUrl => kind == FactKind::Jpeg,
            Self::Base64Url => matches!(kind, FactKind::Jpeg | FactKind::Bytes),
        }
    }
}

/// Where a fact comes from. Columns by their index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    Column(usize),
    Constant(String),
    IssueDate,
    ExpiryDate,
    BirthYear(usize),
    AgeInYears(usize),
    Age(usize, AgeThreshold),
}

impl Source {
    pub(crate) fn kind(&self, column_type: impl Fn(usize) -> ColumnType) -> FactKind {
        match self {
            Self::Column(index) => column_type(*index).fact_kind(),
            Self::Constant(text) if text.chars().all(|c| c <= '\u{ff}') => FactKind::Latin1,
            Self::Constant(_) => FactKind::Text,
            Self::IssueDate | Self::ExpiryDate => FactKind::Date,
            Self::BirthYear(_) | Self::AgeInYears(_) => FactKind::Integer,
            Self::Age(..) => FactKind::Bool,
        }
    }
}

/// An attribute of a document. None is always disclosed: the holder chooses each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    pub(crate) id: String,
    pub(crate) source: Source,
    pub(crate) namespace: String,
    pub(crate) element: String,
    pub(crate) encoding: Encoding,
    pub(crate) claim: Vec<String>,
    pub(crate) form: ClaimForm,
    pub(crate) label: Label,
    pub(crate) mandatory: bool,
    pub(crate) requires_legal_basis: bool,
    pub(crate) sensitive: bool,
    pub(crate) purposes: Vec<String>,
}

impl Attribute {
    /// Its name in this project, such as `birth_date`: in requests on the command line and in registrations.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The mdoc namespace.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The mdoc element identifier.
    pub fn element(&self) -> &str {
        &self.element
    }

    /// The mdoc encoding.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The path to the claim of the SD-JWT VC, as in DCQL: `["address", "locality"]`.
    pub fn claim_path(&self) -> &[String] {
        &self.claim
    }

    /// How the claim is written.
    pub fn claim_form(&self) -> ClaimForm {
        self.form
    }

    /// What people read.
    pub fn label(&self) -> &Label {
        &self.label
    }

    /// Whether every document of the type has it. An optional one is absent when the register has no value.
    pub fn is_mandatory(&self) -> bool {
        self.mandatory
    }

    /// Whether only a relying party with a registered legal basis may ask for it (design D15).
    pub fn requires_legal_basis(&self) -> bool {
        self.requires_legal_basis
    }

    /// Whether it is sensitive data, such as health (개인정보 보호법 §23), which is bound to purposes.
    pub fn is_sensitive(&self) -> bool {
        self.sensitive
    }

    /// The codes of the only purposes for which it may be asked; none: whatever is registered.
    pub fn purposes(&self) -> &[String] {
        &self.purposes
    }

    /// Whether a relying party registered for the purpose `code` may ask for it.
    pub fn may_be_asked_for(&self, code: &str) -> bool {
        self.purposes.is_empty() || self.purposes.iter().any(|purpose| purpose == code)
    }
}
