//! What a holder authorises by answering: shown before, signed with the answer, and kept (OpenID4VP §5.1, §8.4, Annex B.3.3).

use mapae_dcql::DcqlQuery;
use mapae_jose::{Object, base64url};
use mapae_oid4vp::{TransactionData, session_number, verifier::PendingPresentation};
use mapae_wallet::{Asked, Consent, ExportAs, Format as Held, Outcome, Proposal, TRANSACTION_TYPES, TransactionView};
use serde_json::{Value, json};
use testkit::Format;

use crate::{
    driver::Nobody,
    scene::{Post, Scene, proposal, query, refusal},
};

const ACCOUNT_OPENING: &str = TRANSACTION_TYPES[0];
const PAYMENT: &str = TRANSACTION_TYPES[1];
const STATEMENT: &str = TRANSACTION_TYPES[2];

fn payment() -> Value {
    json!({ "payee": "Sejong Gas", "amount": "1250000", "currency": "KRW" })
}

fn account() -> Value {
    json!({ "bank": { "ko": "세종은행", "en": "Sejong Bank" }, "product": "Savings" })
}

fn statement(lines: usize) -> Value {
    let line = json!({ "label": "What", "value": "A tree is felled" });
    json!({ "title": { "ko": "동의서", "en": "Consent" }, "lines": vec![line; lines] })
}

/// `details` with another member, or another value of one.
fn with(mut details: Value, name: &str, value: Value) -> Value {
    details[name] = value;
    details
}

fn without(mut details: Value, name: &str) -> Value {
    details.as_object_mut().unwrap().remove(name);
    details
}

fn transaction(kind: &str, credentials: &[&str], details: &Value) -> TransactionData {
    let credentials = credentials.iter().map(|id| id.parse().unwrap()).collect();
    let details: Object = details.as_object().unwrap().clone();
    TransactionData::new(kind, credentials, details).unwrap()
}

fn ask(scene: &mut Scene, query: &DcqlQuery, all: Vec<TransactionData>) -> (PendingPresentation, Asked) {
    let pending = scene.library.ask(query, scene.phone.now).authorising(all).unwrap();
    let text = scene.library.sign(&pending, None);
    (pending, scene.hear(&text))
}

/// A transaction that the one SD-JWT which is asked for authorises.
fn one(scene: &mut Scene, kind: &str, details: &Value) -> (PendingPresentation, Asked) {
    ask(scene, &query(Format::SdJwt, &["age_over_19"]), vec![transaction(kind, &["asked"], details)])
}

fn shown(kind: &str, details: &Value) -> TransactionView {
    let (_, asked) = one(&mut Scene::new(), kind, details);
    proposal(asked).view().transactions[0].clone()
}

fn in_english(view: &TransactionView) -> Vec<(&str, &str)> {
    view.lines.iter().map(|line| (&*line.label.en, &*line.value.en)).collect()
}

fn code(kind: &str, details: &Value) -> String {
    match one(&mut Scene::new(), kind, details).1 {
        Asked::Refusal(refusal) => refusal.code().to_owned(),
        Asked::Proposal(_) => "asked".to_owned(),
    }
}

/// The payload of each key binding of an answer.
fn bindings(pending: PendingPresentation, body: &[u8]) -> Vec<Value> {
    let received = pending.receive(body).unwrap();
    let all = received.presentations().values().flatten().filter_map(|one| String::from_utf8(one.clone()).ok());
    let payload = |text: String| base64url::decode(text.rsplit('~').next()?.split('.').nth(1)?).ok();
    all.filter_map(payload).map(|bytes| serde_json::from_slice(&bytes).unwrap()).collect()
}

fn formats(proposal: &Proposal) -> Vec<Vec<Held>> {
    let of = |ask: &mapae_wallet::AskView| ask.options.iter().map(|option| option.documents[0].format).collect();
    proposal.view().asks.iter().map(of).collect()
}

#[test]
fn a_payment_is_shown_before_it_is_authorised() {
    let view = shown(PAYMENT, &payment());
    assert_eq!((view.kind.as_str(), view.title.ko.as_str()), (PAYMENT, "지급"));
    assert_eq!(in_english(&view), [("Payee", "Sejong Gas"), ("Amount", "KRW 1,250,000")]);
    assert_eq!(view.lines[1].value.ko, "1,250,000원");
    let all = with(with(payment(), "account", json!("110-1")), "reference", json!("Nov"));
    assert_eq!(in_english(&shown(PAYMENT, &all))[2..], [("Payee's account", "110-1"), ("Reference", "Nov")]);
}

#[test]
fn an_account_opening_is_shown_in_both_languages() {
    let view = shown(ACCOUNT_OPENING, &with(account(), "account_holder", json!("Hong")));
    assert_eq!(in_english(&view), [("Bank", "Sejong Bank"), ("Product", "Savings"), ("Account holder", "Hong")]);
    assert_eq!((view.lines[0].label.ko.as_str(), view.lines[0].value.ko.as_str()), ("은행", "세종은행"));
}

#[test]
fn anything_else_is_shown_in_the_words_of_who_asks() {
    let view = shown(STATEMENT, &statement(2));
    assert_eq!((view.title.en.as_str(), in_english(&view)), ("Consent", vec![("What", "A tree is felled"); 2]));
}

#[test]
fn amounts_are_read_as_people_read_them() {
    for (amount, read) in [("0", "0"), ("999", "999"), ("1000", "1,000"), ("123456789.50", "123,456,789.50")] {
        let details = with(with(payment(), "amount", json!(amount)), "currency", json!("USD"));
        assert_eq!(in_english(&shown(PAYMENT, &details))[1].1, format!("USD {read}"));
    }
}

/// What is not shown is not signed, and what is shown hides nothing.
#[test]
fn a_transaction_that_cannot_be_shown_whole_is_refused() {
    for (kind, whole) in [(PAYMENT, payment()), (ACCOUNT_OPENING, account()), (STATEMENT, statement(16))] {
        assert_eq!(code(kind, &whole), "asked");
        assert_eq!(code(kind, &with(whole.clone(), "fee", json!("1"))), "transaction_data_invalid", "{kind}");
        for name in whole.as_object().unwrap().keys() {
            assert_eq!(code(kind, &without(whole.clone(), name)), "transaction_data_invalid", "{kind} {name}");
            assert_eq!(code(kind, &with(whole.clone(), name, json!(7))), "transaction_data_invalid", "{kind} {name}");
        }
    }
    for lines in [0, 17] {
        assert_eq!(code(STATEMENT, &statement(lines)), "transaction_data_invalid", "{lines} lines");
    }
    let more = json!([{ "label": "a", "value": "b", "small_print": "c" }]);
    assert_eq!(code(STATEMENT, &with(statement(1), "lines", more)), "transaction_data_invalid");
}

#[test]
fn a_text_is_one_that_people_see() {
    let to = |payee: Value| code(PAYMENT, &with(payment(), "payee", payee));
    assert_eq!(to(json!("x".repeat(200))), "asked");
    let unseen = ["", " ", "a\nb", "Gas\u{202e}naD", "a\u{200b}b", "\u{2066}a"];
    for bad in unseen.into_iter().map(Value::from).chain([
        json!("x".repeat(201)),
        json!({ "ko": "가" }),
        json!({ "ko": "가", "en": "" }),
        json!({ "ko": "", "en": "a" }),
    ]) {
        assert_eq!(to(bad.clone()), "transaction_data_invalid", "{bad}");
    }
}

#[test]
fn an_amount_is_a_decimal_number_of_a_currency() {
    let of = |amount: &str| code(PAYMENT, &with(payment(), "amount", json!(amount)));
    for good in ["0", "0.5", "999999999999999", "1.0001"] {
        assert_eq!(of(good), "asked", "{good}");
    }
    for bad in ["", "-1", "+1", "01", "1,000", "1.", ".5", "1e9", "1.00001", "1000000000000000", "일만"] {
        assert_eq!(of(bad), "transaction_data_invalid", "{bad}");
    }
    for bad in ["krw", "KR", "WONS", "₩₩₩"] {
        assert_eq!(code(PAYMENT, &with(payment(), "currency", json!(bad))), "transaction_data_invalid", "{bad}");
    }
}

#[test]
fn a_transaction_of_another_type_is_refused_by_its_name() {
    let refused = refusal(one(&mut Scene::new(), "urn:other:will:1", &json!({})).1);
    assert_eq!(refused.code(), "transaction_type_unknown");
    assert_eq!(serde_json::to_value(&refused).unwrap()["values"]["kind"], "urn:other:will:1");
}

#[test]
fn what_was_agreed_to_is_authorised_by_the_key_of_the_document() {
    let mut scene = Scene::new();
    let (pending, asked) = one(&mut scene, PAYMENT, &payment());
    let proposal = proposal(asked);
    let mut post = Post::default();
    scene.answer(&mut post, &proposal, &proposal.least()).unwrap();
    let body = post.only();
    let record = pending.to_record();
    let hash = {
        let received = pending.receive(&body).unwrap();
        let [one] = received.transactions() else { panic!() };
        assert_eq!((one.transaction().kind(), one.credential().as_str()), (PAYMENT, "asked"));
        one.transaction().hash()
    };
    let again = || PendingPresentation::from_record(&record).unwrap();
    assert_eq!(bindings(again(), &body)[0]["transaction_data_hashes"], json!([hash]));
    // And the signature holds over it.
    assert_eq!(scene.verified(again(), &body).len(), 1);
}

#[test]
fn one_document_authorises_each_and_no_other_says_anything_of_it() {
    let mut scene = Scene::new();
    let of = |id: &str, name: &str| {
        let mut one = query(Format::SdJwt, &[name]).to_json()["credentials"][0].clone();
        one["id"] = id.into();
        one
    };
    let both = json!({ "credentials": [of("a", "age_over_19"), of("b", "family_name")] });
    let all = vec![transaction(PAYMENT, &["a", "b"], &payment()), transaction(STATEMENT, &["b"], &statement(1))];
    let hashes: Vec<String> = all.iter().map(TransactionData::hash).collect();
    let (pending, asked) = ask(&mut scene, &DcqlQuery::from_json(&both).unwrap(), all);
    let proposal = proposal(asked);
    let mut post = Post::default();
    scene.answer(&mut post, &proposal, &proposal.least()).unwrap();
    let said: Vec<Value> =
        bindings(pending, &post.only()).iter().map(|one| one["transaction_data_hashes"].clone()).collect();
    assert_eq!(said, [json!([hashes[0]]), json!([hashes[1]])]);
}

/// A query that any of these answers.
fn alternatives(sets: &Value) -> DcqlQuery {
    let of = |format: Format, id: &str| {
        let mut one = query(format, &["age_over_19"]).to_json()["credentials"][0].clone();
        one["id"] = id.into();
        one
    };
    let query = json!({ "credentials": [of(Format::Mdoc, "m"), of(Format::SdJwt, "s")], "credential_sets": sets });
    DcqlQuery::from_json(&query).unwrap()
}

#[test]
fn of_two_formats_the_one_that_can_authorise_is_proposed() {
    let mut scene = Scene::new();
    let query = alternatives(&json!([{ "options": [["m"], ["s"]] }]));
    let (_, asked) = ask(&mut scene, &query, Vec::new());
    assert_eq!(formats(&proposal(asked)), [[Held::Mdoc, Held::SdJwt]]);
    let (pending, asked) = ask(&mut scene, &query, vec![transaction(PAYMENT, &["s"], &payment())]);
    let proposal = proposal(asked);
    assert_eq!(formats(&proposal), [[Held::SdJwt]]);
    let mut post = Post::default();
    scene.answer(&mut post, &proposal, &proposal.least()).unwrap();
    assert_eq!(pending.receive(&post.only()).unwrap().transactions().len(), 1);
}

#[test]
fn what_alone_can_authorise_cannot_be_left_out() {
    let mut scene = Scene::new();
    let query = alternatives(&json!([{ "options": [["m"]] }, { "options": [["s"]], "required": false }]));
    let (pending, asked) = ask(&mut scene, &query, vec![transaction(PAYMENT, &["s"], &payment())]);
    let proposal = proposal(asked);
    assert!(proposal.view().asks.iter().all(|ask| ask.required));
    let left_out = Consent { chosen: vec![Some(0), None], express: false };
    assert!(scene.answer(&mut Post::default(), &proposal, &left_out).is_err());
    let mut post = Post::default();
    scene.answer(&mut post, &proposal, &proposal.least()).unwrap();
    assert_eq!(pending.receive(&post.only()).unwrap().transactions().len(), 1);
}

#[test]
fn what_may_be_left_out_stays_so_where_something_else_authorises() {
    let mut scene = Scene::new();
    for (sets, required) in [
        (json!([{ "options": [["s"]], "required": false }, { "options": [["t"]] }]), [false, true]),
        (json!([{ "options": [["s"]] }, { "options": [["t"]], "required": false }]), [true, false]),
    ] {
        let of = |id: &str, name: &str| {
            let mut one = query(Format::SdJwt, &[name]).to_json()["credentials"][0].clone();
            one["id"] = id.into();
            one
        };
        let both = json!({ "credentials": [of("s", "age_over_19"), of("t", "family_name")], "credential_sets": sets });
        let payment = transaction(PAYMENT, &["s", "t"], &payment());
        let (_, asked) = ask(&mut scene, &DcqlQuery::from_json(&both).unwrap(), vec![payment]);
        let proposal = proposal(asked);
        assert_eq!(proposal.view().asks.iter().map(|ask| ask.required).collect::<Vec<_>>(), required);
    }
}

#[test]
fn who_holds_nothing_that_can_authorise_is_told_so() {
    let mut scene = Scene::empty();
    scene.hold_mdoc_alone("resident");
    let query = alternatives(&json!([{ "options": [["m"], ["s"]] }]));
    let (_, asked) = ask(&mut scene, &query, Vec::new());
    assert_eq!(formats(&proposal(asked)), [[Held::Mdoc]]);
    let (_, asked) = ask(&mut scene, &query, vec![transaction(PAYMENT, &["s"], &payment())]);
    assert_eq!(refusal(asked).code(), "nothing_fits");
}

#[test]
fn a_no_authorises_nothing_and_is_noted_with_what_it_was_about() {
    let mut scene = Scene::new();
    let (_, asked) = one(&mut scene, PAYMENT, &payment());
    let proposal = proposal(asked);
    let mut post = Post::default();
    scene.phone.run(&mut post, |wallet, start| wallet.decline(proposal, start)).unwrap();
    assert_eq!(post.bodies.len(), 1);
    let line = scene.last_line();
    assert_eq!((line.outcome, line.transactions.len()), (Outcome::Declined, 1));
}

#[test]
fn the_history_keeps_what_was_authorised() {
    let mut scene = Scene::new();
    let (_, asked) = one(&mut scene, PAYMENT, &payment());
    let proposal = proposal(asked);
    scene.answer(&mut Post::default(), &proposal, &proposal.least()).unwrap();
    scene.reopen();
    assert!(scene.last_line().transactions == proposal.view().transactions);
    let json: Value = serde_json::from_str(&scene.phone.wallet.export_history(ExportAs::Json)).unwrap();
    assert_eq!(json[0]["transactions"][0]["lines"][1]["value"]["en"], "KRW 1,250,000");
    let table = scene.phone.wallet.export_history(ExportAs::Csv);
    assert!(
        table.contains("지급 / Payment; 받는 이 / Payee; Sejong Gas; 금액 / Amount; 1,250,000원 / KRW 1,250,000"),
        "{table}"
    );
}

#[test]
fn nobody_who_is_not_known_has_anything_authorised() {
    let mut scene = Scene::new();
    let query = query(Format::SdJwt, &["age_over_19"]);
    let pending = scene.shop.ask(&query, scene.phone.now);
    let pending = pending.authorising(vec![transaction(PAYMENT, &["asked"], &payment())]).unwrap();
    let text = scene.shop.sign(&pending, None);
    assert_eq!(refusal(scene.hear(&text)).code(), "unregistered");
    assert!(scene.phone.run(&mut Nobody, |wallet, start| wallet.ask(&text, start)).is_ok());
    assert!(scene.phone.sent().is_empty());
}

#[test]
fn the_number_beside_the_code_is_in_the_question() {
    let mut scene = Scene::new();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..4 {
        let (pending, proposal) = scene.proposed(&query(Format::Mdoc, &["age_over_19"]));
        assert_eq!(proposal.view().number.as_deref(), Some(&*session_number(pending.nonce())));
        seen.insert(proposal.view().number.clone());
    }
    assert!(seen.len() > 1);
}
