//! What is searched for: what presentations show, and by what they could be told apart.

use std::{
    collections::BTreeMap,
    fmt::{self, Display, Formatter},
};

use mapae_jose::{Jwk, base64url};
use mapae_mdoc::HeldMdoc;
use mapae_types::hex;
use mapae_wallet::{Card, Format, HeldCopy, HeldKey, State};
use serde_json::Value;

/// Shorter texts would be found anywhere.
const SHORTEST: usize = 6;

/// Their first bytes, by which most places are passed over.
const FIRST: usize = 4;

/// Bytes on either side that are told with what was found.
const AROUND: usize = 24;

/// One of them, and the first place where it stands.
pub(crate) struct Found<'n> {
    what: &'static str,
    text: &'n [u8],
    around: &'n [u8],
}

impl Found<'_> {
    pub(crate) fn is_same_text(&self, other: &Found<'_>) -> bool {
        self.text == other.text
    }
}

impl Display for Found<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: …{}…", self.what, self.around.escape_ascii())
    }
}

/// Texts, each with what it is.
#[derive(Default)]
pub(crate) struct Needles(BTreeMap<[u8; FIRST], BTreeMap<Vec<u8>, &'static str>>);

impl Needles {
    pub(crate) fn add(&mut self, what: &'static str, text: &str) {
        if text.len() >= SHORTEST {
            self.add_bytes(what, text.as_bytes());
        }
    }

    fn add_bytes(&mut self, what: &'static str, bytes: &[u8]) {
        let first = *bytes.first_chunk().expect("long enough");
        self.0.entry(first).or_default().insert(bytes.to_vec(), what);
    }

    /// Of a card: the keys of its copies, and their places in status lists.
    pub(crate) fn add_card(&mut self, card: &Card) {
        for batch in &card.batches {
            batch.keys.iter().for_each(|key| self.add_key(key));
            if let State::Held(held) = &batch.state {
                held.copies.iter().for_each(|copy| self.add_copy(copy));
            }
        }
    }

    fn add_key(&mut self, key: &HeldKey) {
        let thumbprint = Jwk::from(key.public.clone()).thumbprint();
        self.add_bytes("a device key's thumbprint", &thumbprint);
        self.add("a device key's thumbprint", &base64url::encode(thumbprint));
        // As a database shows it, and as people write it.
        self.add("a device key's thumbprint", &hex::encode(&thumbprint).to_uppercase());
        self.add("a device key's thumbprint", &hex::encode(&thumbprint));
    }

    fn add_copy(&mut self, copy: &HeldCopy) {
        let (_, index) = status(copy);
        self.add("a place in a status list", &format!("#{index}"));
        self.add("a place in a status list", &format!("\"idx\":{index}"));
        self.add("a place in a status list", &index.to_string());
    }

    pub(crate) fn count(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    /// What of it stands in `bytes`.
    pub(crate) fn found_in<'n>(&'n self, bytes: &'n [u8]) -> Vec<Found<'n>> {
        let mut found = BTreeMap::new();
        for (place, first) in bytes.array_windows().enumerate() {
            let Some(needles) = self.0.get(first) else { continue };
            for (text, what) in needles.iter().filter(|(needle, _)| stands(needle, bytes, place)) {
                let around = &bytes[place.saturating_sub(AROUND)..bytes.len().min(place + text.len() + AROUND)];
                found.entry(text).or_insert(Found { what, text, around });
            }
        }
        found.into_values().collect()
    }
}

/// A number stands only where it is not a part of something longer: six digits in a row are in most digests.
fn stands(needle: &[u8], bytes: &[u8], place: usize) -> bool {
    let (before, here) = bytes.split_at(place);
    let Some(after) = here.strip_prefix(needle) else { return false };
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(byte));
    !needle.iter().all(u8::is_ascii_digit) || !(is_part(before.last()) || is_part(after.first()))
}

/// The list in which a copy's status stands, and where.
pub(crate) fn status(copy: &HeldCopy) -> (String, u64) {
    match copy.format {
        Format::Mdoc => {
            let bytes = base64url::decode(&copy.credential).unwrap();
            let held = HeldMdoc::parse(&bytes).unwrap();
            let status = held.status().unwrap();
            (status.uri.clone(), status.idx)
        }
        Format::SdJwt => {
            let payload = copy.credential.split('.').nth(1).unwrap();
            let payload: Value = serde_json::from_slice(&base64url::decode(payload).unwrap()).unwrap();
            let status = &payload["status"]["status_list"];
            (status["uri"].as_str().unwrap().to_owned(), status["idx"].as_u64().unwrap())
        }
    }
}
