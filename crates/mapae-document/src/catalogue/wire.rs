//! A catalogue file as written. Unknown keys and types are refused while reading.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    attribute::{ClaimForm, Encoding},
    document::{Channel, Label, Purpose, WalletLock},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DocumentFile {
    pub(super) name: String,
    pub(super) title: Label,
    pub(super) doctype: String,
    pub(super) vct: String,
    pub(super) authority: Label,
    pub(super) utc_offset_hours: i8,
    pub(super) devices_per_person: u8,
    #[serde(default)]
    pub(super) wallet_lock: WalletLock,
    pub(super) validity: ValidityTable,
    #[serde(rename = "channel")]
    pub(super) channels: Vec<Channel>,
    pub(super) columns: BTreeMap<String, ColumnText>,
    #[serde(rename = "rule", default)]
    pub(super) rules: Vec<RuleTable>,
    #[serde(rename = "purpose", default)]
    pub(super) purposes: Vec<Purpose>,
    #[serde(rename = "attribute")]
    pub(super) attributes: Vec<AttributeTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ValidityTable {
    pub(super) document_years: u8,
    pub(super) not_after_column: Option<String>,
    pub(super) copy_days: u16,
    pub(super) refill_from_day: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleTable {
    pub(super) code: String,
    pub(super) test: TestTable,
    pub(super) label: Label,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum TestTable {
    MinAge {
        column: String,
        years: u8,
    },
    IsTrue {
        column: String,
    },
    NotPast {
        column: String,
        #[serde(default)]
        or_empty: bool,
    },
    NotFuture {
        column: String,
    },
    Present {
        column: String,
    },
    OneOf {
        column: String,
        values: Vec<String>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AttributeTable {
    pub(super) id: String,
    pub(super) from: SourceTable,
    pub(super) mdoc: MdocTable,
    pub(super) claim: ClaimTable,
    pub(super) label: Label,
    #[serde(default)]
    pub(super) mandatory: bool,
    #[serde(default)]
    pub(super) requires_legal_basis: bool,
    #[serde(default)]
    pub(super) sensitive: bool,
    #[serde(default)]
    pub(super) purposes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum SourceTable {
    Column(String),
    Constant(String),
    IssueDate,
    ExpiryDate,
    BirthYear { column: String },
    AgeInYears { column: String },
    AgeOver { column: String, years: u8 },
    AgeOverFromNewYear { column: String, years: u8 },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MdocTable {
    pub(super) namespace: String,
    pub(super) element: String,
    #[serde(rename = "type")]
    pub(super) encoding: Encoding,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimTable {
    /// Names joined by dots; a name itself has none.
    pub(super) path: String,
    #[serde(default)]
    pub(super) form: ClaimForm,
}

/// A column's type, with a question mark where the cell may be empty.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(super) struct ColumnText {
    pub(super) kind: crate::column::ColumnType,
    pub(super) optional: bool,
}

impl TryFrom<String> for ColumnText {
    type Error = serde::de::value::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        use serde::de::IntoDeserializer;
        let (name, optional) = text.strip_suffix('?').map_or((&*text, false), |name| (name, true));
        let kind = crate::column::ColumnType::deserialize(IntoDeserializer::<Self::Error>::into_deserializer(name))?;
        Ok(Self { kind, optional })
    }
}
