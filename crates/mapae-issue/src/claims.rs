//! Facts as each format groups them.

use mapae_cose::cbor::Value as CborValue;
use mapae_document::Facts;
use mapae_jose::{Object, Value};
use mapae_mdoc::NameSpace;
use mapae_sd_jwt::{Claim, Claims, Content, IssueError};

/// The elements, grouped by namespace in the catalogue's order.
pub(crate) fn name_spaces(facts: &Facts<'_>) -> Vec<NameSpace> {
    let mut spaces: Vec<(&str, Vec<(String, CborValue)>)> = Vec::new();
    for (namespace, element, value) in facts.mdoc_elements() {
        match spaces.last_mut() {
            Some((name, elements)) if *name == namespace => elements.push((element.to_owned(), value)),
            _ => spaces.push((namespace, vec![(element.to_owned(), value)])),
        }
    }
    spaces.into_iter().map(|(name, elements)| NameSpace::new(name, elements)).collect()
}

/// Every claim at the holder's choice; of a claim with members, such as an address or the ages, each member.
pub(crate) fn selective(object: Object) -> Result<Claims, IssueError> {
    let mut claims = Claims::new();
    for (name, value) in object {
        let claim = match value {
            Value::Object(members) => Claim::always(Content::Object(selective(members)?)),
            value => Claim::selective(value),
        };
        claims = claims.with(name, claim)?;
    }
    Ok(claims)
}
