//! One fact about a person, and how it is written in either format.

use core::fmt;

use mapae_cose::cbor::Value;
use mapae_types::Date;
use serde_json::Value as Json;

use crate::{
    attribute::{ClaimForm, Encoding},
    privileges::DrivingPrivilege,
};

/// A typed fact. `Debug` shows its kind and not its content.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FactValue {
    /// A name, number or code.
    Text(String),
    /// A day.
    Date(Date),
    /// Yes or no.
    Bool(bool),
    /// A year, an age, a code of ISO/IEC 5218.
    Integer(u32),
    /// A picture.
    Bytes(Vec<u8>),
    /// Rights to drive.
    Privileges(Vec<DrivingPrivilege>),
}

impl FactValue {
    /// The element value of an mdoc. The catalogue was checked to name an encoding that fits.
    pub(crate) fn to_cbor(&self, encoding: Encoding) -> Value {
        match self {
            Self::Text(text) => Value::text(&**text),
            Self::Date(date) => date_to_cbor(*date, encoding),
            Self::Bool(value) => Value::Bool(*value),
            Self::Integer(number) => Value::Int((*number).into()),
            Self::Bytes(bytes) => Value::Bytes(bytes.clone()),
            Self::Privileges(list) => Value::Array(list.iter().map(DrivingPrivilege::to_cbor).collect()),
        }
    }

    /// The claim value of an SD-JWT VC.
    pub(crate) fn to_json(&self, form: ClaimForm) -> Json {
        let plain = match self {
            Self::Text(text) => Json::from(&**text),
            Self::Date(date) => date.to_string().into(),
            Self::Bool(value) => (*value).into(),
            Self::Integer(number) => (*number).into(),
            Self::Bytes(bytes) => bytes_to_text(bytes, form).into(),
            Self::Privileges(list) => list.iter().map(DrivingPrivilege::to_json).collect(),
        };
        if form == ClaimForm::List { Json::Array(vec![plain]) } else { plain }
    }
}

fn date_to_cbor(date: Date, encoding: Encoding) -> Value {
    match encoding {
        Encoding::Tdate => Value::date_time(date.midnight()),
        // ISO/IEC TS 23220-2: `{ "birth_date": full-date, ? "approximate_mask": tstr }`.
        Encoding::BirthDate => Value::Map(vec![(Value::text("birth_date"), Value::full_date(date))]),
        _ => Value::full_date(date),
    }
}

fn bytes_to_text(bytes: &[u8], form: ClaimForm) -> String {
    match form {
        ClaimForm::DataUrl => format!("data:image/jpeg;base64,{}", base64_simd::STANDARD.encode_to_string(bytes)),
        _ => base64_simd::URL_SAFE_NO_PAD.encode_to_string(bytes),
    }
}

impl fmt::Debug for FactValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(…)",
            Self::Date(_) => "Date(…)",
            Self::Bool(_) => "Bool(…)",
            Self::Integer(_) => "Integer(…)",
            Self::Bytes(_) => "Bytes(…)",
            Self::Privileges(_) => "Privileges(…)",
        })
    }
}
