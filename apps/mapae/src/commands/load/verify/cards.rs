//! The cards that phones show: resident cards in both formats, with the keys of their holders.

use std::{collections::HashMap, path::Path};

use anyhow::{Context as _, anyhow};
use mapae_crypto::{Algorithm, SigningKey};
use mapae_dcql::{ClaimPath, CredentialQuery, PathSegment, Wanted};
use mapae_issue::Format;
use mapae_mdoc::HeldMdoc;
use mapae_oid4vp::{Presentation, Request};
use mapae_sd_jwt::{KeyBinding, PathElement, SdJwt};

use crate::{
    authority::read_key,
    environment::now,
    failure::{Failure, Outcome},
    files,
    issued::{copy_file, key_file},
};

/// A copy of somebody's card.
pub(super) struct Card {
    copy: Copy,
    key: SigningKey,
    /// What the verifier must tell of its holder.
    pub(super) family_name: String,
}

enum Copy {
    Mdoc(Vec<u8>),
    SdJwt(String),
}

/// The cards of everybody in a register, in turns of both formats.
pub(super) fn read(issued: &Path, register: &Path, people: &[String]) -> Outcome<Vec<Card>> {
    let names = family_names(register)?;
    let mut cards = Vec::with_capacity(people.len() * 2);
    for person in people {
        let name = names.get(person).context("a person whom the register does not have")?;
        for format in Format::ALL {
            cards.push(Card::read(&issued.join(person).join("resident"), format, name)?);
        }
    }
    Ok(cards)
}

fn family_names(register: &Path) -> Outcome<HashMap<String, String>> {
    let mut rows = csv::Reader::from_path(register)?;
    let head = rows.headers()?.clone();
    let column = |name: &str| head.iter().position(|one| one == name).with_context(|| format!("no column {name}"));
    let (person, name) = (column("person_id")?, column("family_name")?);
    let named = |row: csv::StringRecord| (row[person].to_owned(), row[name].to_owned());
    rows.records().map(|row| Ok(named(row?))).collect()
}

impl Card {
    fn read(dir: &Path, format: Format, family_name: &str) -> Outcome<Self> {
        let bytes = files::read(&dir.join(copy_file(format, 1)))?;
        let copy = match format {
            Format::Mdoc => Copy::Mdoc(bytes),
            Format::SdJwt => Copy::SdJwt(String::from_utf8(bytes)?),
        };
        let key = read_key(&dir.join(key_file(format, 1)))?;
        Ok(Self { copy, key, family_name: family_name.to_owned() })
    }

    /// What its holder shows: all that the query in its format asks for.
    pub(super) fn present(&self, request: &Request) -> Outcome<(CredentialQuery, Presentation)> {
        let query = request.query().credentials().iter().find(|query| self.is_wanted(query.wanted()));
        let query = query.ok_or_else(|| Failure::Failed(anyhow!("the card is not asked for")))?;
        let paths: Vec<&ClaimPath> = query.claims().iter().map(mapae_dcql::ClaimQuery::path).collect();
        let shown = match &self.copy {
            Copy::Mdoc(bytes) => self.present_mdoc(bytes, &paths, request),
            Copy::SdJwt(text) => self.present_sd_jwt(text, &paths, request),
        }?;
        Ok((query.clone(), shown))
    }

    const fn is_wanted(&self, wanted: &Wanted) -> bool {
        matches!((&self.copy, wanted), (Copy::Mdoc(_), Wanted::Mdoc { .. }) | (Copy::SdJwt(_), Wanted::SdJwtVc { .. }))
    }

    fn present_mdoc(&self, bytes: &[u8], paths: &[&ClaimPath], request: &Request) -> Outcome<Presentation> {
        let wanted: Vec<(&str, &str)> = paths.iter().filter_map(|path| path.as_element()).collect();
        let unsigned = HeldMdoc::parse(bytes)?.present(&wanted, &request.transcript())?;
        let signature = self.key.sign(unsigned.to_be_signed())?;
        Ok(Presentation::DeviceResponse(unsigned.attach(&signature)))
    }

    fn present_sd_jwt(&self, text: &str, paths: &[&ClaimPath], request: &Request) -> Outcome<Presentation> {
        let wanted: Vec<Vec<PathElement<'_>>> = paths.iter().map(|path| names(path)).collect();
        let wanted: Vec<&[PathElement<'_>]> = wanted.iter().map(Vec::as_slice).collect();
        let binding = KeyBinding { audience: request.audience(), nonce: request.nonce(), issued_at: now(None)? };
        let unsigned = SdJwt::parse(text)?.select(&wanted)?.bind(Algorithm::Es256, &binding);
        let signature = self.key.sign(unsigned.to_be_signed())?;
        Ok(Presentation::SdJwt(unsigned.attach(&signature)))
    }
}

/// Uses ask for members alone.
fn names(path: &ClaimPath) -> Vec<PathElement<'_>> {
    let keys = path.segments().iter().filter_map(|segment| match segment {
        PathSegment::Key(name) => Some(PathElement::Name(name)),
        _ => None,
    });
    keys.collect()
}
