//! What of one copy would answer one credential query.

use std::sync::Arc;

use mapae_dcql::{ClaimPath, ClaimQuery, CredentialQuery};
use mapae_document::Attribute;
use mapae_oid4vp::TransactionData;
use serde_json::Value;

use super::{Holding, contents::names, distinct};
use crate::{DocumentView, ElementView, Format, Words, words};

/// What a yes or no says.
const BIT: u32 = 1;
/// What a value says.
const VALUE: u32 = 4;
/// What a picture says.
const PICTURE: u32 = 16;
/// What the law calls sensitive, or lets nobody ask for without a statute; and what ties every answer to one person.
const SENSITIVE: u32 = 64;

/// The attribute of every document that is the register's random number of the person.
const PERSON: &str = "person_id";

/// What of one copy would answer one credential query.
pub(crate) struct Part {
    pub(crate) query: String,
    pub(crate) holding: Arc<Holding>,
    /// What is disclosed.
    pub(crate) paths: Vec<ClaimPath>,
    pub(crate) elements: Vec<ElementView>,
    pub(crate) not_shared: Vec<Words>,
    weight: u32,
}

impl Part {
    /// Every way in which a copy answers a query: one, or one for each claim set that it can answer.
    pub(crate) fn all(query: &CredentialQuery, holding: &Arc<Holding>) -> Vec<Self> {
        let queries = alternatives(query);
        let answer = |query: &CredentialQuery| holding.contents.with_candidate(|copy| query.select(copy)).ok();
        queries
            .iter()
            .filter_map(|one| Some(Self::new(query, holding, answer(one)?.paths().cloned().collect())))
            .collect()
    }

    fn new(query: &CredentialQuery, holding: &Arc<Holding>, paths: Vec<ClaimPath>) -> Self {
        let leaves = holding.contents.leaves(holding.document());
        let shown = shown(holding, &paths, &leaves);
        let elements: Vec<ElementView> = shown.iter().map(|path| element(holding, query.claims(), path)).collect();
        let not_shared = not_shared(holding, &leaves, &shown, &elements);
        let weight = elements.iter().map(weight).sum();
        Self {
            query: query.id().as_str().to_owned(),
            holding: Arc::clone(holding),
            paths,
            elements,
            not_shared,
            weight,
        }
    }

    /// How much it says, and how many could link it: what says less comes first.
    pub(crate) fn cost(&self) -> (u32, crate::CopyState) {
        (self.weight, self.holding.copy_use.state)
    }

    /// Whether its presentation can authorise a transaction: one that names a query for anything but an SD-JWT, whose key binding
    /// has a place for it, was refused when it was read (OpenID4VP 1.0 Annex B.3.3).
    pub(crate) fn authorises(&self, transaction: &TransactionData) -> bool {
        transaction.credentials().iter().any(|query| query.as_str() == self.query)
    }

    /// What people read of it.
    pub(crate) fn view(&self, is_optional: impl Fn(&ElementView) -> bool) -> DocumentView {
        let marked = |element: &ElementView| ElementView { optional: is_optional(element), ..element.clone() };
        DocumentView {
            query: self.query.clone(),
            card: self.holding.card.clone(),
            document: self.holding.title.clone(),
            format: self.holding.format,
            copy: self.holding.copy_use,
            elements: self.elements.iter().map(marked).collect(),
            not_shared: self.not_shared.clone(),
        }
    }
}

/// §6.4.1: one query for each claim set; the query itself where it has none.
fn alternatives(query: &CredentialQuery) -> Vec<CredentialQuery> {
    let sets = query.claim_sets().iter();
    let named = |set: &Vec<_>| -> Vec<ClaimQuery> {
        let is_in = |claim: &&ClaimQuery| claim.id().is_some_and(|id| set.contains(id));
        query.claims().iter().filter(is_in).cloned().collect()
    };
    let with = |claims| {
        let bare = CredentialQuery::new(query.id().clone(), query.wanted().clone()).ok()?;
        bare.with_trusted_authorities(query.trusted_authorities().to_vec()).with_claims(claims, Vec::new()).ok()
    };
    match query.claim_sets() {
        [] => vec![query.clone()],
        _ => sets.map(named).filter_map(with).collect(),
    }
}

/// Everything that the relying party would come to know: what lies at or below the paths, and what nobody can withhold.
fn shown(holding: &Holding, paths: &[ClaimPath], leaves: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut shown = holding.contents.always(holding.document());
    for path in paths {
        let path = names(path.segments());
        let before = shown.len();
        shown.extend(leaves.iter().filter(|leaf| leaf.starts_with(&path)).cloned());
        if shown.len() == before {
            shown.push(path);
        }
    }
    distinct(&mut shown, PartialEq::eq);
    shown
}

fn element(holding: &Holding, asked: &[ClaimQuery], path: &[String]) -> ElementView {
    let attribute = attribute(holding, path);
    let value = holding.contents.value(path);
    let image = picture(holding.format, &value);
    let value = if image.is_some() { Value::Null } else { words::plain(value) };
    let of = |claim: &&ClaimQuery| path.starts_with(&names(claim.path().segments()));
    ElementView {
        path: path.to_vec(),
        label: attribute.map_or_else(|| own_name(path), |attribute| attribute.label().into()),
        value,
        image,
        keeps: asked.iter().find(of).and_then(ClaimQuery::intent_to_retain),
        sensitive: attribute.is_some_and(|attribute| attribute.is_sensitive() || attribute.requires_legal_basis()),
        recognises: attribute.is_some_and(|attribute| attribute.id() == PERSON),
        optional: false,
    }
}

/// The attribute at a path, or of the list of which the path is an item.
fn attribute<'h>(holding: &'h Holding, path: &[String]) -> Option<&'h Attribute> {
    let is_index = |name: &String| name.bytes().all(|b| b.is_ascii_digit());
    let end = path.iter().rposition(|name| !is_index(name)).map_or(0, |last| last + 1);
    // A member may be called `14` as well.
    words::attribute(holding.document(), path).or_else(|| words::attribute(holding.document(), &path[..end]))
}

fn own_name(path: &[String]) -> Words {
    Words::same(path.last().map_or("?", String::as_str))
}

/// A byte string of an mdoc is base64url here; pictures are known by how that begins.
fn picture(format: Format, value: &Value) -> Option<words::Image> {
    match (format, value) {
        (Format::SdJwt, value) => words::picture(value),
        (Format::Mdoc, Value::String(text)) if text.starts_with("_9j_") || text.starts_with("iVBORw") => {
            words::image(&mapae_jose::base64url::decode(text).ok()?)
        }
        (Format::Mdoc, _) => None,
    }
}

/// What the card holds besides. What has the name of something that is shared is not listed.
fn not_shared(
    holding: &Holding,
    leaves: &[Vec<String>],
    shown: &[Vec<String>],
    elements: &[ElementView],
) -> Vec<Words> {
    let mut labels: Vec<Words> = Vec::new();
    for leaf in leaves.iter().filter(|leaf| !shown.contains(leaf)) {
        let label = attribute(holding, leaf).map_or_else(|| own_name(leaf), |attribute| attribute.label().into());
        if !labels.contains(&label) && !elements.iter().any(|element| element.label == label) {
            labels.push(label);
        }
    }
    labels
}

const fn weight(element: &ElementView) -> u32 {
    let says = match (&element.image, &element.value) {
        (Some(_), _) => PICTURE,
        (None, Value::Bool(_)) => BIT,
        _ => VALUE,
    };
    if element.sensitive || element.recognises { says + SENSITIVE } else { says }
}
