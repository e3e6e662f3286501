//! Those who visit the library: their copies, and what is known of each.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use testkit::{BOTH, Format, IssuedCopy, World, facts};

/// As many as the sample people who have documents.
pub(crate) const PEOPLE: usize = 4;

/// Their documents, in both formats.
pub(crate) struct People(Vec<[IssuedCopy; 2]>);

impl People {
    pub(crate) fn of(world: &World) -> Self {
        let terms = world.terms();
        let copies = |person| BOTH.map(|format| world.issue_document(format, "resident", person, &terms));
        Self((0..PEOPLE).map(copies).collect())
    }

    pub(crate) fn copy(&self, person: usize, format: Format) -> &IssuedCopy {
        let [mdoc, sd_jwt] = &self.0[person];
        match format {
            Format::Mdoc => mdoc,
            Format::SdJwt => sd_jwt,
        }
    }
}

/// What documents say of each; a portrait is drawn for it, which takes its time.
static TOLD: LazyLock<Vec<Map<String, Value>>> =
    LazyLock::new(|| (0..PEOPLE).map(|person| facts("resident", person).sd_jwt_claims()).collect());

fn told(person: usize, claim: &str) -> &'static str {
    TOLD[person][claim].as_str().unwrap()
}

/// What the library is told of a person, by the catalogue's names.
pub(crate) fn claims(person: usize) -> Value {
    json!({
        "family_name_hangul": told(person, "family_name#ko"),
        "given_name_hangul": told(person, "given_name#ko"),
        "birth_date": told(person, "birthdate"),
    })
}

/// What must be found nowhere. A family name alone is too short: as many bytes as chance may write.
pub(crate) fn personal() -> Vec<String> {
    let of =
        |person| ["given_name#ko", "given_name", "birthdate", "person_id"].map(|claim| told(person, claim).to_owned());
    (0..PEOPLE).flat_map(of).collect()
}
