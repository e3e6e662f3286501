//! Documents issued, shown and verified in both formats: equal facts, and each of them at the holder's choice.

use mapae_document::{Attribute, Facts};
use serde_json::{Map, Value as Json, json};
use testkit::{BOTH, Format, IssuedCopy, World, facts};

use crate::support::ALL;

/// What a relying party learns from a holder who discloses these attributes.
fn disclosed(world: &World, copy: &IssuedCopy, attributes: &[&str]) -> Json {
    let verified = world.verify(&world.request.answer(copy, attributes)).unwrap_or_else(|e| panic!("{e}"));
    verified.credentials()[0].claims().to_json()
}

fn elements(facts: &Facts<'_>) -> Json {
    let mut namespaces: Map<String, Json> = Map::new();
    for (namespace, element, value) in facts.mdoc_elements() {
        namespaces.entry(namespace).or_insert_with(|| json!({}))[element] = value.to_json();
    }
    Json::Object(namespaces)
}

fn ids(facts: &Facts<'static>) -> Vec<&'static str> {
    let carried = facts.document().attributes().iter().filter(|attribute| facts.get(attribute.id()).is_some());
    carried.map(Attribute::id).collect()
}

/// `both_formats_say_the_same` compares the facts; here they have been signed, shown and verified.
#[test]
fn a_person_discloses_equal_facts_in_both_formats() {
    let world = World::new();
    for name in ALL {
        let facts = facts(name, 0);
        let all = ids(&facts);
        let of = |format| disclosed(&world, &world.issue_document(format, name, 0, &world.terms()), &all);
        assert_eq!(of(Format::Mdoc), elements(&facts), "{name}");
        assert_eq!(of(Format::SdJwt), Json::Object(facts.sd_jwt_claims()), "{name}");
    }
}

/// Numbers, texts and lists in a value; an object that a format needs around them is none.
fn leaves(value: &Json) -> usize {
    match value {
        Json::Object(members) => members.values().map(leaves).sum(),
        _ => 1,
    }
}

/// A disability above all: nothing else comes with it, and it comes with nothing else.
#[test]
fn each_attribute_is_disclosed_alone() {
    let world = World::new();
    for (name, format) in ALL.into_iter().flat_map(|name| BOTH.map(|format| (name, format))) {
        let copy = world.issue_document(format, name, 0, &world.terms());
        for id in ids(&facts(name, 0)) {
            let shown = disclosed(&world, &copy, &[id]);
            assert_eq!(leaves(&shown), 1, "{name} {id}: {shown}");
        }
    }
}
