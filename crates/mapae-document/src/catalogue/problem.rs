//! What can be wrong with a catalogue file.

use mapae_types::{DocumentName, IdError};

use crate::{
    attribute::{ClaimForm, Encoding},
    column::ColumnType,
};

/// A catalogue file that cannot be used. Its author is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct CatalogueError {
    /// The file's name, as given.
    pub file: String,
    /// What is wrong.
    pub problem: CatalogueProblem,
}

/// What is wrong with a catalogue file. `user` is the rule, attribute or setting that names the column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueProblem {
    /// Not TOML, an unknown or missing key, an unknown type; with line and column.
    #[error("{0}")]
    Toml(Box<toml::de::Error>),
    /// The document's name is no id.
    #[error(transparent)]
    Name(#[from] IdError),
    /// Another file has this name.
    #[error("document {0} is there already")]
    DocumentTwice(DocumentName),
    /// Another file has this `vct`.
    #[error("vct {0} is there already")]
    VctTwice(String),
    /// A number or text outside its range.
    #[error("{0} is out of range")]
    OutOfRange(&'static str),
    /// Not exactly one column of type `person-id`.
    #[error("there must be exactly one column of type person-id, never empty")]
    PersonIdColumn,
    /// A column that is not among the columns.
    #[error("{user} refers to a missing column {column}")]
    ColumnMissing {
        /// Who refers to it.
        user: String,
        /// The column.
        column: String,
    },
    /// A column of another type than its user needs.
    #[error("{user} cannot use column {column} of type {found:?}")]
    ColumnOfOtherType {
        /// Who refers to it.
        user: String,
        /// The column.
        column: String,
        /// Its type.
        found: ColumnType,
    },
    /// A rule or a mandatory attribute on a column that may be empty.
    #[error("{user} needs column {column}, which may be empty")]
    ColumnMayBeEmpty {
        /// Who refers to it.
        user: String,
        /// The column.
        column: String,
    },
    /// Personal data that nothing needs.
    #[error("column {0} is not used")]
    ColumnUnused(String),
    /// Two rules of one code.
    #[error("rule {0} is there twice")]
    RuleTwice(String),
    /// Two purposes of one code.
    #[error("purpose {0} is there twice")]
    PurposeTwice(String),
    /// An attribute bound to a purpose that is not among the purposes.
    #[error("attribute {attribute} refers to a missing purpose {purpose}")]
    PurposeMissing {
        /// The attribute.
        attribute: String,
        /// The purpose.
        purpose: String,
    },
    /// A purpose to which nothing is bound.
    #[error("purpose {0} is not used")]
    PurposeUnused(String),
    /// Sensitive data that could be asked for anything (개인정보 보호법 §23).
    #[error("attribute {0} is sensitive and bound to no purpose")]
    SensitiveWithoutPurpose(String),
    /// Two attributes of one id.
    #[error("attribute {0} is there twice")]
    AttributeTwice(String),
    /// Two attributes of one mdoc element.
    #[error("element {element} of {namespace} is there twice")]
    ElementTwice {
        /// Namespace.
        namespace: String,
        /// Element identifier.
        element: String,
    },
    /// An empty name, or one with other than `a–z A–Z 0–9 . _ -`.
    #[error("{0} is not a name")]
    NotAName(String),
    /// Two attributes of one claim, or one inside another.
    #[error("claim {0} is there twice, or inside another")]
    ClaimTwice(String),
    /// A claim that the format itself uses (SD-JWT VC §3.2.2.2, RFC 9901 §4.1).
    #[error("claim {0} is reserved")]
    ClaimReserved(String),
    /// An mdoc encoding that cannot hold the fact.
    #[error("attribute {attribute} cannot be encoded as {encoding:?}")]
    EncodingUnfit {
        /// The attribute.
        attribute: String,
        /// Its encoding.
        encoding: Encoding,
    },
    /// A form of claim that cannot hold the fact.
    #[error("attribute {attribute} cannot be claimed as {form:?}")]
    ClaimFormUnfit {
        /// The attribute.
        attribute: String,
        /// Its form.
        form: ClaimForm,
    },
}
