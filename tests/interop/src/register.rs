//! What a register says of a person, in the words of each format: the truth that a verifier's claims are held against.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::BASE64URL;
use crate::document::Document;

/// A row of a register.
pub struct Person(HashMap<String, String>);

impl Person {
    /// Everybody in a register.
    pub fn all(register: &Path) -> Result<Vec<Self>> {
        let mut reader = csv::Reader::from_path(register)?;
        reader.deserialize().map(|row| Ok(Self(row?))).collect()
    }

    /// Names the person's folder.
    pub fn id(&self) -> Result<&str> {
        self.column("person_id")
    }

    /// The elements that [`Document::asked_of_ours`] asks for, as an mdoc has them.
    pub fn elements(&self, document: Document) -> Result<Value> {
        match document {
            Document::Licence => self.licence_elements(),
            Document::Resident => self.resident_elements(),
        }
    }

    /// The same as claims of an SD-JWT VC.
    pub fn claims(&self, document: Document) -> Result<Value> {
        let mut claims = json!({
            "family_name": self.column("family_name_latin")?,
            "family_name#ko": self.column("family_name")?,
            "birthdate": self.column("birth_date")?,
            "picture": format!("data:image/jpeg;base64,{}", self.column("portrait")?),
            "issuing_country": "KR",
            "age_equal_or_over": { "19": self.is_over(19)? },
            "address": { "locality": self.column("city_latin")? },
        });
        if document == Document::Licence {
            claims["driving_privileges"] = self.driving_privileges()?;
            claims["licence_classes"] = json!(self.column("licence_classes")?);
        }
        Ok(claims)
    }

    fn licence_elements(&self) -> Result<Value> {
        Ok(json!({
            "org.iso.18013.5.1": {
                "family_name": self.column("family_name_latin")?,
                "family_name_national_character": self.column("family_name")?,
                "birth_date": self.column("birth_date")?,
                "portrait": self.portrait()?,
                "issuing_country": "KR",
                "age_over_19": self.is_over(19)?,
                "resident_city": self.column("city_latin")?,
                "driving_privileges": self.driving_privileges()?,
            },
            "org.iso.18013.5.1.KR": { "licence_classes": self.column("licence_classes")? },
        }))
    }

    fn resident_elements(&self) -> Result<Value> {
        Ok(json!({
            "org.iso.23220.1": {
                "family_name": self.column("family_name_latin")?,
                "birth_date": { "birth_date": self.column("birth_date")? },
                "portrait": self.portrait()?,
                "issuing_country": "KR",
                "age_over_19": self.is_over(19)?,
                "resident_city": self.column("city_latin")?,
            },
            "org.iso.23220.photoid.1.KR": { "family_name_hangul": self.column("family_name")? },
        }))
    }

    fn column(&self, name: &str) -> Result<&str> {
        self.0.get(name).map(String::as_str).ok_or_else(|| anyhow!("the register has no column {name}"))
    }

    fn portrait(&self) -> Result<String> {
        Ok(BASE64URL.encode(STANDARD.decode(self.column("portrait")?)?))
    }

    /// By years alone: whose document is looked at here is far from nineteen.
    fn is_over(&self, years: i32) -> Result<bool> {
        let born: i32 = self.column("birth_date")?.get(..4).context("no year of birth")?.parse()?;
        Ok(OffsetDateTime::now_utc().year() - born > years)
    }

    /// `B 1989-03-03 2024-12-31 78;…`: category, issue, expiry, codes.
    fn driving_privileges(&self) -> Result<Value> {
        self.column("driving_privileges")?.split(';').map(privilege).collect()
    }
}

fn privilege(text: &str) -> Result<Value> {
    let mut words = text.split(' ');
    let mut word = || words.next().with_context(|| format!("too few words in the privilege {text:?}"));
    let mut privilege = json!({ "vehicle_category_code": word()?, "issue_date": word()?, "expiry_date": word()? });
    let codes: Vec<_> = words.map(|code| json!({ "code": code })).collect();
    if !codes.is_empty() {
        privilege["codes"] = json!(codes);
    }
    Ok(privilege)
}
