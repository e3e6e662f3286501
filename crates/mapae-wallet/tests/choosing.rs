//! The fewest data, and the copy that fewest have seen.

use mapae_crypto::{Algorithm, SigningKey};
use mapae_dcql::DcqlQuery;
use mapae_sd_jwt::{Claim, Claims, Issuance};
use mapae_wallet::{
    AnswerError, Consent, CopyState, OptionView, Proposal, ProposalWarning, Reply, Step, Stopped, Want,
};
use serde_json::{Value, json};
use testkit::{BOTH, Format, document};

use crate::scene::{Party, Post, Scene, query, registered};

fn path(id: &str) -> Value {
    json!(document("resident").attribute(id).unwrap().claim_path())
}

/// A credential query for an SD-JWT resident card.
fn card(id: &str, claims: &Value, sets: Option<Value>) -> Value {
    let mut query = json!({
        "id": id, "format": "dc+sd-jwt", "meta": { "vct_values": [document("resident").vct()] }, "claims": claims,
    });
    if let Some(sets) = sets {
        query["claim_sets"] = sets;
    }
    query
}

fn dcql(value: &Value) -> DcqlQuery {
    DcqlQuery::from_json(value).unwrap()
}

fn shares(option: &OptionView) -> Vec<String> {
    option.documents.iter().flat_map(|one| &one.elements).map(|element| element.path.join(".")).collect()
}

fn options(proposal: &Proposal) -> Vec<Vec<String>> {
    proposal.view().asks[0].options.iter().map(shares).collect()
}

#[test]
fn of_claim_sets_the_one_that_says_least_comes_first_whatever_they_prefer() {
    let mut scene = Scene::new();
    let claims = json!([
        { "id": "a", "path": path("family_name") }, { "id": "b", "path": path("given_name") },
        { "id": "c", "path": path("age_over_19") },
    ]);
    let query =
        dcql(&json!({ "credentials": [card("q", &claims, Some(json!([["a", "b", "c"], ["a", "c"], ["c"]])))] }));
    let (pending, proposal) = scene.proposed(&query);
    let options = options(&proposal);
    assert_eq!(options.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2, 3]);
    let marked: Vec<bool> =
        proposal.view().asks[0].options[2].documents[0].elements.iter().map(|element| element.optional).collect();
    assert_eq!(marked, [true, true, false]);
    scene.share(pending, &proposal);
}

#[test]
fn a_yes_or_no_says_less_than_a_name() {
    let mut scene = Scene::new();
    let claims = json!([{ "id": "a", "path": path("family_name") }, { "id": "b", "path": path("age_over_19") }]);
    let query = dcql(&json!({ "credentials": [card("q", &claims, Some(json!([["a"], ["b"]])))] }));
    let (_, proposal) = scene.proposed(&query);
    assert!(options(&proposal)[0][0].ends_with("19"), "{:?}", options(&proposal));
}

#[test]
fn what_lets_them_know_the_holder_again_is_marked_and_says_most() {
    for format in BOTH {
        let mut scene = Scene::new();
        let documents = registered("resident", &["person_id", "family_name", "given_name"]);
        scene.registrations = vec![scene.library.registration("sejong-library", documents)];
        scene.rely();
        let (_, proposal) = scene.proposed(&query(format, &["person_id", "family_name"]));
        let elements = &proposal.view().asks[0].options[0].documents[0].elements;
        let marks: Vec<(bool, &str)> =
            elements.iter().map(|element| (element.recognises, element.path.last().unwrap().as_str())).collect();
        assert!(marks.contains(&(true, "person_id")) && marks.contains(&(false, "family_name")), "{marks:?}");
        assert_eq!(marks.len(), 2);
    }
    let mut scene = Scene::new();
    let documents = registered("resident", &["person_id", "family_name", "given_name"]);
    scene.registrations = vec![scene.library.registration("sejong-library", documents)];
    scene.rely();
    let claims = json!([
        { "id": "a", "path": path("person_id") }, { "id": "b", "path": path("family_name") },
        { "id": "c", "path": path("given_name") },
    ]);
    let query = dcql(&json!({ "credentials": [card("q", &claims, Some(json!([["a"], ["b", "c"]])))] }));
    let (_, proposal) = scene.proposed(&query);
    assert_eq!(options(&proposal)[0], ["family_name", "given_name"]);
}

#[test]
fn where_two_ways_say_equally_much_the_verifiers_order_decides() {
    let mut scene = Scene::new();
    for sets in [json!([["a"], ["b"]]), json!([["b"], ["a"]])] {
        let claims = json!([{ "id": "a", "path": path("family_name") }, { "id": "b", "path": path("given_name") }]);
        let first = if sets[0][0] == "a" { "family_name" } else { "given_name" };
        let (_, proposal) = scene.proposed(&dcql(&json!({ "credentials": [card("q", &claims, Some(sets))] })));
        assert_eq!(options(&proposal)[0], [first]);
    }
}

#[test]
fn of_credential_sets_the_least_is_proposed_and_the_optional_is_left_out() {
    let mut scene = Scene::new();
    let query = dcql(&json!({
        "credentials": [
            card("much", &json!([{ "path": path("family_name") }, { "path": path("portrait") }]), None),
            card("little", &json!([{ "path": path("age_over_14") }]), None),
            card("extra", &json!([{ "path": path("given_name") }]), None),
        ],
        "credential_sets": [
            { "options": [["much"], ["little"]] },
            { "options": [["extra"]], "required": false },
        ],
    }));
    let (pending, proposal) = scene.proposed(&query);
    let view = proposal.view();
    assert_eq!((view.asks[0].required, view.asks[1].required), (true, false));
    assert_eq!(view.asks[0].options[0].documents[0].query, "little");
    assert!(view.asks[1].options[0].documents[0].elements[0].optional);
    assert_eq!(proposal.least(), Consent { chosen: vec![Some(0), None], express: false });
    let mut post = Post::default();
    scene.answer(&mut post, &proposal, &proposal.least()).unwrap();
    let received = pending.receive(&post.only()).unwrap();
    assert_eq!(received.presentations().keys().map(mapae_dcql::QueryId::as_str).collect::<Vec<_>>(), ["little"]);
}

#[test]
fn where_all_is_optional_something_is_chosen_or_the_holder_says_no() {
    let mut scene = Scene::new();
    let query = dcql(&json!({
        "credentials": [card("extra", &json!([{ "path": path("given_name") }]), None)],
        "credential_sets": [{ "options": [["extra"]], "required": false }],
    }));
    let (_, proposal) = scene.proposed(&query);
    let nothing = scene.answer(&mut Post::default(), &proposal, &proposal.least());
    assert!(matches!(nothing, Err(Stopped::Answer(AnswerError::ConsentForeign))));
    scene.phone.run(&mut Post::default(), |wallet, start| wallet.decline(proposal, start)).unwrap();
}

#[test]
fn the_optional_is_shared_when_the_holder_says_so_and_by_the_same_copy() {
    let mut scene = Scene::new();
    let query = dcql(&json!({
        "credentials": [
            card("little", &json!([{ "path": path("age_over_14") }]), None),
            card("extra", &json!([{ "path": path("given_name") }]), None),
        ],
        "credential_sets": [{ "options": [["little"]] }, { "options": [["extra"]], "required": false }],
    }));
    let (pending, proposal) = scene.proposed(&query);
    let consent = Consent { chosen: vec![Some(0), Some(0)], express: false };
    let mut post = Post::default();
    scene.answer(&mut post, &proposal, &consent).unwrap();
    assert_eq!(scene.verified(pending, &post.only()).len(), 2);
    let (_, proposal) = scene.proposed(&crate::scene::query(Format::SdJwt, &["age_over_14"]));
    assert_eq!(proposal.view().asks[0].options[0].documents[0].copy.fresh_left, 2);
}

#[test]
fn either_format_will_do_and_the_one_with_a_fresh_copy_is_taken() {
    let mut scene = Scene::new();
    let mdoc = document("resident").attribute("age_over_14").unwrap();
    let either = dcql(&json!({
        "credentials": [
            { "id": "m", "format": "mso_mdoc", "meta": { "doctype_value": document("resident").doctype() },
              "claims": [{ "path": [mdoc.namespace(), mdoc.element()] }] },
            card("s", &json!([{ "path": path("age_over_14") }]), None),
        ],
        "credential_sets": [{ "options": [["m"], ["s"]] }],
    }));
    let chosen = |proposal: &Proposal| proposal.view().asks[0].options[0].documents[0].query.clone();
    // Another relying party takes all mdocs.
    let mut shop = Party::new(&scene.world, 103);
    scene.registrations.push(shop.registration("shop", registered("resident", &["age_over_14"])));
    scene.rely();
    std::mem::swap(&mut scene.library, &mut shop);
    for _ in 0..3 {
        let (_, proposal) = scene.proposed(&either);
        assert_eq!(chosen(&proposal), "m");
        use_up(&mut scene, &proposal);
    }
    let (_, proposal) = scene.proposed(&either);
    assert_eq!(chosen(&proposal), "s");
}

fn use_up(scene: &mut Scene, proposal: &Proposal) {
    scene.answer(&mut Post::default(), proposal, &proposal.least()).unwrap();
}

/// Design D7: a fresh copy; out of those, one that this relying party has seen; else the least used, and it is said.
#[test]
fn copies_are_used_once_then_shown_to_those_who_know_them_then_the_least_used() {
    for format in BOTH {
        let mut scene = Scene::new();
        let mut second = Party::new(&scene.world, 103);
        let mut third = Party::new(&scene.world, 104);
        scene.registrations.push(second.registration("second", registered("resident", &["age_over_14"])));
        scene.registrations.push(third.registration("third", registered("resident", &["age_over_14"])));
        scene.rely();
        let asked = query(format, &["age_over_14"]);
        let state = |proposal: &Proposal| {
            let copy = proposal.view().asks[0].options[0].documents[0].copy;
            (copy.state, copy.fresh_left)
        };
        // The library takes the first copy, the second party the two others.
        for left in [3, 2, 1] {
            let (_, proposal) = scene.proposed(&asked);
            assert_eq!(state(&proposal), (CopyState::Fresh, left));
            use_up(&mut scene, &proposal);
            if left == 3 {
                std::mem::swap(&mut scene.library, &mut second);
            }
        }
        std::mem::swap(&mut scene.library, &mut second);
        let (_, proposal) = scene.proposed(&asked);
        assert_eq!(state(&proposal), (CopyState::SeenByThem, 0));
        assert!(proposal.view().warnings.is_empty());
        use_up(&mut scene, &proposal);
        // The first copy was shown twice by now. A third party gets one that was shown once, and the holder is told.
        std::mem::swap(&mut scene.library, &mut third);
        scene.reopen();
        let (_, proposal) = scene.proposed(&asked);
        assert_eq!(state(&proposal), (CopyState::SeenByOthers, 0));
        assert_eq!(proposal.view().warnings, [ProposalWarning::CopyReused]);
        use_up(&mut scene, &proposal);
        assert_eq!(uses(&scene, format), [1, 2, 2]);
    }
}

/// How often each copy was shown.
fn uses(scene: &Scene, format: Format) -> Vec<usize> {
    let record = scene.phone.records.iter().find(|(name, _)| name.starts_with("card.")).unwrap().1;
    let card: Value = serde_json::from_slice(record).unwrap();
    let batch = usize::from(format == Format::SdJwt);
    let copies = card["batches"][batch]["state"]["held"]["copies"].as_array().unwrap();
    let mut uses: Vec<usize> = copies.iter().map(|copy| copy["shown_to"].as_array().unwrap().len()).collect();
    uses.sort_unstable();
    uses
}

#[test]
fn a_copy_that_was_shown_since_the_proposal_is_not_shown_in_its_name() {
    let mut scene = Scene::empty();
    scene.hold("resident", 1);
    let asked = query(Format::SdJwt, &["age_over_14"]);
    let (_, first) = scene.proposed(&asked);
    let (_, second) = scene.proposed(&asked);
    use_up(&mut scene, &first);
    let sent = scene.phone.sent().len();
    let old = scene.answer(&mut Post::default(), &second, &second.least());
    assert!(matches!(old, Err(Stopped::Answer(AnswerError::ProposalOld))));
    assert_eq!(scene.phone.sent().len(), sent);
}

#[test]
fn of_two_answers_at_once_only_one_shows_a_copy_as_new() {
    let mut scene = Scene::empty();
    scene.hold("resident", 1);
    let asked = query(Format::SdJwt, &["age_over_14"]);
    let (_, first) = scene.proposed(&asked);
    let (_, second) = scene.proposed(&asked);
    let mut both = [first, second].map(|proposal| {
        let (consent, start) = (proposal.least(), scene.phone.start());
        scene.phone.wallet.answer(proposal, consent, &start)
    });
    for task in &mut both {
        let Step::Want(Want::Sign(messages)) = task.step(scene.phone.now) else { panic!() };
        let key = &scene.phone.keys[&messages[0].key];
        task.reply(Reply::Signatures(vec![key.sign(&messages[0].message).unwrap()]));
    }
    let [first, second] = &mut both;
    assert!(matches!(first.step(scene.phone.now), Step::Want(Want::Write(_))));
    let stopped = second.step(scene.phone.now);
    assert!(matches!(stopped, Step::Done(Err(Stopped::Answer(AnswerError::ProposalOld)))));
}

#[test]
fn a_registration_with_a_new_certificate_is_the_same_relying_party() {
    let mut scene = Scene::empty();
    scene.hold("resident", 1);
    let asked = query(Format::SdJwt, &["age_over_14"]);
    let (_, first) = scene.proposed(&asked);
    use_up(&mut scene, &first);
    scene.library.signer = Party::new(&scene.world, 999).signer;
    scene.registrations = vec![scene.library.registration("sejong-library", registered("resident", &["age_over_14"]))];
    scene.rely();
    let (_, again) = scene.proposed(&asked);
    assert_eq!(again.view().asks[0].options[0].documents[0].copy.state, CopyState::SeenByThem);
}

#[test]
fn the_issuers_authority_may_be_asked_for() {
    for format in BOTH {
        let mut scene = Scene::new();
        let key = mapae_jose::base64url::encode(scene.world.pki.root.certificate().subject_key_id().unwrap());
        for (key, fits) in [(key.as_str(), true), ("AAAA", false)] {
            let mut asked = query(format, &["age_over_14"]).to_json();
            asked["credentials"][0]["trusted_authorities"] = json!([{ "type": "aki", "values": [key] }]);
            let (_, asked) = scene.asked(&dcql(&asked));
            assert_eq!(matches!(asked, mapae_wallet::Asked::Proposal(_)), fits);
        }
    }
}

#[test]
fn an_object_is_shown_by_its_parts() {
    let mut scene = Scene::new();
    scene.registrations = vec![scene.library.registration(
        "sejong-library",
        vec![mapae_trust::RegisteredDocument::new(
            mapae_trust::RegisteredKind::SdJwtVc(document("resident").vct().to_owned()),
            vec![mapae_dcql::ClaimPath::claim("address"), mapae_dcql::ClaimPath::claim("nationalities")],
        )
        .unwrap()],
    )];
    scene.rely();
    let asked = dcql(&json!({ "credentials": [
        card("q", &json!([{ "path": ["address"] }, { "path": ["nationalities", 0] }]), None)] }));
    let (pending, proposal) = scene.proposed(&asked);
    let paths = &options(&proposal)[0];
    assert!(paths.iter().filter(|path| path.starts_with("address.")).count() > 1, "{paths:?}");
    let last = proposal.view().asks[0].options[0].documents[0].elements.last().unwrap();
    assert_eq!((last.value.as_str(), last.path.len()), (Some("KR"), 2));
    assert_eq!(last.label.en, document("resident").attribute_of_claim(&["nationalities"]).unwrap().label().en);
    scene.share(pending, &proposal);
}

/// What an issuer makes unconditional is shared whatever was asked for; the holder is to see that.
#[test]
fn what_nobody_can_withhold_is_shown_as_well() {
    let mut scene = Scene::empty();
    let (resident, terms) = (document("resident"), scene.world.terms());
    let holder = SigningKey::from_scalar(&[7; 32]).unwrap();
    let signer = &scene.world.pki.sd_jwt;
    let chain: Vec<Vec<u8>> = signer.chain().into_iter().map(<[u8]>::to_vec).collect();
    let issuance = Issuance {
        algorithm: Algorithm::Es256,
        x5c: &chain,
        vct: resident.vct(),
        issuer: Some("https://id.example"),
        issued_at: terms.signed,
        not_before: None,
        expires: Some(terms.valid_until),
        holder: &mapae_jose::Jwk::from(holder.public().clone()),
        status: terms.status.as_ref(),
        decoys: 0,
    };
    let claims = Claims::new().with("family_name", Claim::selective("HONG")).unwrap();
    let claims = claims.with("given_name", Claim::always("GILDONG")).unwrap();
    let unsigned = issuance.prepare(&claims, &mut testkit::Seeded::new(5)).unwrap();
    let signature = signer.sign(unsigned.to_be_signed());
    scene.hold_sd_jwt("resident", unsigned.attach(&signature), holder);
    let (_, proposal) = scene.proposed(&query(Format::SdJwt, &["family_name"]));
    let mut shown = options(&proposal).remove(0);
    shown.sort();
    assert_eq!(shown, ["family_name", "given_name"]);
    assert!(proposal.view().asks[0].options[0].documents[0].not_shared.is_empty());
}

/// Abuse: what a request may name ten thousand times is looked at and shown once.
#[test]
fn a_request_with_thousands_of_ways_is_a_choice_of_few() {
    let mut scene = Scene::new();
    let claims = json!([{ "id": "a", "path": path("portrait") }, { "id": "b", "path": path("family_name") }]);
    let claim_sets: Vec<Value> = (0..500).map(|n| if n == 499 { json!(["b"]) } else { json!(["a", "b"]) }).collect();
    let options: Vec<Value> = (0..5000).map(|_| json!(["q"])).collect();
    let query = dcql(&json!({
        "credentials": [card("q", &claims, Some(Value::Array(claim_sets)))],
        "credential_sets": [{ "options": options }],
    }));
    let (_, proposal) = scene.proposed(&query);
    let options = self::options(&proposal);
    assert_eq!(options.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
}
