//! A verified credential in words, and a request.

use mapae_document::{Attribute, Catalogue};
use mapae_jose::base64url;
use mapae_reader::{asked, view};
use serde_json::{Value, json};
use testkit::{BOTH, World, now, person};

use crate::scene::{request, verdict};

/// All that the resident card of person 0 has, as the page shows it.
fn everything(world: &World, format: testkit::Format) -> Value {
    let copy = world.issue(format);
    let all: Vec<&str> = copy.document.attributes().iter().map(Attribute::id).collect();
    let verified = verdict(world, &world.request.answer(&copy, &all), now()).unwrap();
    view(&verified.credentials()[0], &Catalogue::builtin().unwrap())
}

fn row<'v>(view: &'v Value, id: &str) -> Option<&'v Value> {
    view["rows"].as_array().unwrap().iter().find(|row| row["id"] == id)
}

#[test]
fn both_formats_are_shown_alike() {
    for format in BOTH {
        let view = everything(&World::new(), format);
        let name = &person(0).name;
        assert_eq!(view["title"], json!({ "ko": "모바일 주민등록증", "en": "Mobile resident card" }));
        assert_eq!(view["name"]["family"], name.family_latin);
        assert_eq!(view["hangul"]["family"], name.family);
        assert_eq!(row(&view, "birth_date").unwrap()["value"], person(0).birth_date.to_string());
        assert_eq!(row(&view, "age_over_19").unwrap()["label"]["en"], "19 or over (majority)");
        assert!(row(&view, "age_over_19").unwrap()["value"].is_boolean());
    }
}

#[test]
fn the_portrait_is_a_picture_and_no_row() {
    for format in BOTH {
        let view = everything(&World::new(), format);
        assert_eq!(view["portrait"]["media_type"], "image/jpeg");
        let bytes = base64url::decode(view["portrait"]["base64url"].as_str().unwrap()).unwrap();
        assert!(bytes.starts_with(&[0xff, 0xd8, 0xff]) && bytes.len() > 1000);
        assert_eq!(row(&view, "portrait"), None);
    }
}

#[test]
fn nobody_takes_another_country_for_the_sample_authority() {
    for format in BOTH {
        assert_eq!(everything(&World::new(), format)["sample"], false);
    }
}

#[test]
fn what_is_asked_in_two_formats_is_named_once() {
    let labels = asked(&request(&World::new()), &Catalogue::builtin().unwrap());
    let english: Vec<&str> = labels.as_array().unwrap().iter().map(|label| label["en"].as_str().unwrap()).collect();
    assert_eq!(english, ["Family name", "19 or over (majority)"]);
}

#[test]
fn what_the_catalogue_lacks_goes_by_its_own_name() {
    let nothing = Catalogue::from_toml(&[]).unwrap();
    let labels = asked(&request(&World::new()), &nothing);
    assert_eq!(labels[0], json!({ "ko": "family_name", "en": "family_name" }));
    for format in BOTH {
        let world = World::new();
        let verified = verdict(&world, &world.show(format), now()).unwrap();
        let view = view(&verified.credentials()[0], &nothing);
        assert_eq!(view["title"]["ko"], verified.credentials()[0].document_type());
        assert_eq!(view["name"]["family"], person(0).name.family_latin);
    }
}
