//! Driving privileges: ISO/IEC 18013-5 §7.2.4.

use core::fmt;

use mapae_cose::cbor::Value;
use mapae_types::{Date, TimeError};
use serde_json::{Map, Value as Json, json};

/// The right to drive one category of vehicle.
#[derive(Clone, PartialEq, Eq)]
pub struct DrivingPrivilege {
    /// ISO/IEC 18013-1 category, such as `B`.
    pub category: String,
    /// Since when.
    pub issued: Option<Date>,
    /// Until when.
    pub expires: Option<Date>,
    /// Conditions and restrictions, ISO/IEC 18013-1 Annex A.
    pub codes: Vec<String>,
}

impl DrivingPrivilege {
    /// Reads the register's form: `CATEGORY ISSUED EXPIRES [CODE…]`, a `-` where there is no date, joined by `;`.
    /// `None` if it has another form, or names a category twice.
    pub(crate) fn parse_list(text: &str) -> Option<Vec<Self>> {
        let mut list: Vec<Self> = Vec::new();
        for entry in text.split(';') {
            let privilege = Self::parse(entry)?;
            if list.iter().any(|other| other.category == privilege.category) {
                return None;
            }
            list.push(privilege);
        }
        Some(list)
    }

    fn parse(entry: &str) -> Option<Self> {
        let mut parts = entry.split(' ');
        let category = parts.next().filter(|text| is_code(text))?.to_owned();
        let (issued, expires) = (date(parts.next()?).ok()?, date(parts.next()?).ok()?);
        let codes = parts.map(|code| is_code(code).then(|| code.to_owned())).collect::<Option<_>>()?;
        Some(Self { category, issued, expires, codes })
    }

    pub(crate) fn to_cbor(&self) -> Value {
        let mut map = vec![(Value::text("vehicle_category_code"), Value::text(&*self.category))];
        map.extend(self.issued.map(|day| (Value::text("issue_date"), Value::full_date(day))));
        map.extend(self.expires.map(|day| (Value::text("expiry_date"), Value::full_date(day))));
        if !self.codes.is_empty() {
            let code = |code: &String| Value::Map(vec![(Value::text("code"), Value::text(&**code))]);
            map.push((Value::text("codes"), Value::Array(self.codes.iter().map(code).collect())));
        }
        Value::Map(map)
    }

    pub(crate) fn to_json(&self) -> Json {
        let mut map = Map::new();
        map.insert("vehicle_category_code".to_owned(), self.category.clone().into());
        map.extend(self.issued.map(|day| ("issue_date".to_owned(), day.to_string().into())));
        map.extend(self.expires.map(|day| ("expiry_date".to_owned(), day.to_string().into())));
        if !self.codes.is_empty() {
            map.insert("codes".to_owned(), self.codes.iter().map(|code| json!({ "code": code })).collect());
        }
        Json::Object(map)
    }
}

/// A category (`B`, `C1E`) or restriction code (`78`, `01.05`).
fn is_code(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'.';
    (1..=8).contains(&text.len()) && text.bytes().all(allowed)
}

fn date(text: &str) -> Result<Option<Date>, TimeError> {
    if text == "-" { Ok(None) } else { text.parse().map(Some) }
}

impl fmt::Debug for DrivingPrivilege {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DrivingPrivilege(…)")
    }
}
