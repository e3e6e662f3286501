//! One-time copies (design D7): ten relying parties compare everything that they were shown, and cannot tell that it was
//! one person's; of a copy that was shown twice they can.
//!
//! The linker knows nothing of formats. It takes what was shown apart into bytes, undoing base64 wherever it meets it, and
//! looks for eight bytes in a row that two presentations share and that are nowhere in those of a control person: somebody
//! else with the same document, of the same issuer and day. What every holder shares is no link.

use std::collections::{BTreeSet, HashSet};

use mapae_cose::cbor::Value as Cbor;
use mapae_mdoc::HeldMdoc;
use mapae_sd_jwt::SdJwt;
use mapae_types::Duration;
use mapae_wallet::CopyState;
use serde_json::Value;
use testkit::{BOTH, Format, now};

use crate::{
    driver::Driver,
    scene::{Party, Post, Scene, query, registered},
};

const PARTIES: u64 = 10;
/// Bytes in a row that nobody else has: as many as no two presentations share by chance, even where they are base64.
const LINK: usize = 8;
/// Bytes in a row by which a place is known as everybody's.
const COMMON: usize = 4;

/// Everything in a presentation by which it could be told from everybody's.
fn marks(shown: &[u8], everybodys: &HashSet<[u8; COMMON]>) -> HashSet<[u8; LINK]> {
    let of_layer = |layer: Vec<u8>| {
        let common = covered(&layer, everybodys);
        let is_own = |(at, _): &(usize, [u8; LINK])| !common[*at..*at + LINK].iter().any(|common| *common);
        grams::<LINK>(&layer).enumerate().filter(is_own).map(|(_, gram)| gram).collect::<Vec<_>>()
    };
    layers(shown).into_iter().flat_map(of_layer).collect()
}

/// Which bytes stand in something that everybody has.
fn covered(layer: &[u8], everybodys: &HashSet<[u8; COMMON]>) -> Vec<bool> {
    let mut covered = vec![false; layer.len()];
    for (at, _) in grams::<COMMON>(layer).enumerate().filter(|(_, gram)| everybodys.contains(gram)) {
        covered[at..at + COMMON].fill(true);
    }
    covered
}

fn grams<const N: usize>(layer: &[u8]) -> impl Iterator<Item = [u8; N]> {
    layer.windows(N).map(|window| window.try_into().unwrap())
}

/// The bytes as they are, but for stretches of base64url: in place of these is what they hold.
fn layers(bytes: &[u8]) -> Vec<Vec<u8>> {
    let is_base64 = |b: &u8| b.is_ascii_alphanumeric() || b"-_".contains(b);
    let (mut outer, mut inner) = (Vec::new(), Vec::new());
    for stretch in bytes.split_inclusive(|b| !is_base64(b)) {
        let length = stretch.iter().take_while(|b| is_base64(b)).count();
        let text = &stretch[..length];
        match mapae_jose::base64url::decode(text) {
            Ok(held) if length >= 16 => {
                inner.extend(layers(&held));
                outer.extend_from_slice(&stretch[length..]);
            }
            _ => outer.extend_from_slice(stretch),
        }
    }
    inner.push(outer);
    inner
}

/// A registered party for each number.
fn parties(scene: &mut Scene) -> Vec<Party> {
    let parties: Vec<Party> = (0..PARTIES).map(|n| Party::new(&scene.world, 200 + n)).collect();
    let register = |(n, party): (usize, &Party)| {
        party.registration(&format!("party-{n}"), registered("resident", &["age_over_14"]))
    };
    scene.registrations = parties.iter().enumerate().map(register).collect();
    scene.rely();
    parties
}

/// A presentation, and who had seen the copy before.
type Shown = (Vec<u8>, CopyState);

/// What each party was shown, one after the other, and who had seen the copy before.
fn tour(scene: &mut Scene, parties: &mut [Party], format: Format) -> Vec<Shown> {
    let mut shown = Vec::new();
    for (n, party) in parties.iter_mut().enumerate() {
        scene.phone.now = now() + Duration::seconds(97 * i64::try_from(n).unwrap());
        std::mem::swap(&mut scene.library, party);
        let (pending, proposal) = scene.proposed(&query(format, &["age_over_14"]));
        let mut post = Post::default();
        scene.answer(&mut post, &proposal, &proposal.least()).unwrap();
        let received = pending.receive(&post.only()).unwrap();
        let bytes = received.presentations().values().next().unwrap()[0].clone();
        shown.push((bytes, proposal.view().asks[0].options[0].documents[0].copy.state));
        std::mem::swap(&mut scene.library, party);
    }
    shown
}

/// What the ten were shown of a person with so many copies, and of the control person.
fn shown(format: Format, copies: usize) -> (Vec<Shown>, Vec<Vec<u8>>) {
    let mut scene = Scene::empty();
    let mut parties = parties(&mut scene);
    scene.hold("resident", copies);
    let shown = tour(&mut scene, &mut parties, format);
    scene.phone = Driver::of(2);
    scene.person = 1;
    scene.hold("resident", usize::try_from(PARTIES).unwrap());
    let control = tour(&mut scene, &mut parties, format).into_iter().map(|(bytes, _)| bytes).collect();
    (shown, control)
}

/// How many pairs of presentations are one person's for sure.
fn links(shown: &[Shown], control: &[Vec<u8>]) -> usize {
    let everybodys = control.iter().flat_map(|one| layers(one)).flat_map(|layer| grams(&layer).collect::<Vec<_>>());
    let everybodys: HashSet<[u8; COMMON]> = everybodys.collect();
    let marks: Vec<HashSet<[u8; LINK]>> = shown.iter().map(|(one, _)| marks(one, &everybodys)).collect();
    let pairs = (0..marks.len()).flat_map(|one| (0..one).map(move |other| (one, other)));
    pairs.filter(|(one, other)| !marks[*one].is_disjoint(&marks[*other])).count()
}

#[test]
fn ten_relying_parties_cannot_tell_that_they_saw_one_person() {
    for format in BOTH {
        let (shown, control) = shown(format, 10);
        assert!(shown.iter().all(|(_, state)| *state == CopyState::Fresh));
        assert_eq!(links(&shown, &control), 0);
    }
}

#[test]
fn of_a_copy_that_is_shown_twice_they_can() {
    for format in BOTH {
        let (shown, control) = shown(format, 9);
        assert_eq!(shown[9].1, CopyState::SeenByOthers);
        assert_eq!(links(&shown, &control), 1);
    }
}

/// What a linker could compare that is shorter than its eight bytes: places in lists, orders, times.
#[test]
fn ten_presentations_share_no_key_salt_index_order_or_time() {
    let (shown, _) = shown(Format::SdJwt, 10);
    let texts: Vec<&str> = shown.iter().map(|(bytes, _)| std::str::from_utf8(bytes).unwrap()).collect();
    let distinct = |pick: &dyn Fn(&str) -> String| texts.iter().map(|text| pick(text)).collect::<BTreeSet<_>>().len();
    let claim = |pointer: &'static str| move |text: &str| issued(text).pointer(pointer).unwrap().to_string();
    assert_eq!(distinct(&claim("/cnf/jwk/x")), 10);
    assert_eq!(distinct(&claim("/status/status_list/idx")), 10);
    assert_eq!(distinct(&|text| text.split('~').nth(1).unwrap().to_owned()), 10);
    assert_eq!(distinct(&|text| binding(text)["iat"].to_string()), 10);
    // What all share is a day, and every other holder's of that day.
    assert_eq!(distinct(&claim("/iat")), 1);
    assert_eq!(issued(texts[0])["iat"].as_i64().unwrap() % 86_400, 0);
}

#[test]
fn ten_mdocs_share_no_key_salt_index_or_order_of_digests() {
    let mut scene = Scene::empty();
    scene.hold("resident", 10);
    let record = scene.phone.records.values().next().unwrap();
    let card: Value = serde_json::from_slice(record).unwrap();
    let copies = card["batches"][0]["state"]["held"]["copies"].as_array().unwrap();
    let copies: Vec<Vec<u8>> = copies
        .iter()
        .map(|copy| mapae_jose::base64url::decode(copy["credential"].as_str().unwrap()).unwrap())
        .collect();
    let held: Vec<HeldMdoc<'_>> = copies.iter().map(|copy| HeldMdoc::parse(copy).unwrap()).collect();
    let count = |values: BTreeSet<String>| values.len();
    assert!((0..10).all(|one| (0..one).all(|other| held[one].device_key() != held[other].device_key())));
    assert_eq!(count(held.iter().map(|one| one.status().unwrap().idx.to_string()).collect()), 10);
    assert_eq!(count(copies.iter().map(|copy| format!("{:?}", digest_ids(copy))).collect()), 10);
}

/// The places of the elements' digests, in the order of the elements.
fn digest_ids(copy: &[u8]) -> Vec<i64> {
    let Value::Object(spaces) = Cbor::from_cbor(copy).unwrap().to_json()["nameSpaces"].take() else { panic!() };
    let items = spaces.values().flat_map(|items| items.as_array().unwrap());
    let item = |item: &Value| mapae_jose::base64url::decode(item.as_str().unwrap()).unwrap();
    items.map(|one| Cbor::from_cbor(&item(one)).unwrap().to_json()["digestID"].as_i64().unwrap()).collect()
}

/// The claims that the issuer signed.
fn issued(text: &str) -> Value {
    let jwt = text.split('~').next().unwrap();
    Value::Object(SdJwt::parse(&format!("{jwt}~")).unwrap().claims().clone())
}

/// The claims that the holder signed.
fn binding(text: &str) -> Value {
    let payload = text.rsplit('~').next().unwrap().split('.').nth(1).unwrap().to_owned();
    serde_json::from_slice(&mapae_jose::base64url::decode(payload).unwrap()).unwrap()
}
