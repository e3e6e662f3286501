//! The story, and its files judged again.

use serde_json::Value;

use crate::sandbox::{Sandbox, T0};

fn told() -> (Sandbox, Vec<Value>) {
    let sandbox = Sandbox::empty();
    let ran = sandbox.run(&format!("demo --json --keep D --at {T0}"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let cases = ran.json()["cases"].as_array().unwrap().clone();
    (sandbox, cases)
}

fn text<'c>(case: &'c Value, name: &str) -> &'c str {
    case[name].as_str().unwrap()
}

/// What `mapae verify` says of a case, in the words of the story.
fn judged(sandbox: &Sandbox, case: &Value, presentation: &str) -> (i32, String) {
    let order = case["order"].as_str().map(|file| format!(" --order D/{file}")).unwrap_or_default();
    let memory = case["memory"].as_str().map(|file| format!(" --memory D/{file}")).unwrap_or_default();
    let ran = sandbox.run(&format!(
        "verify --json --bundle D/{} --policy D/{} --request D/{} --at {} --use {}{order}{memory} {presentation}",
        text(case, "bundle"),
        text(case, "policy"),
        text(case, "request"),
        text(case, "at"),
        text(case, "use"),
    ));
    let document = ran.json();
    let verdict = match document["reason"]["code"].as_str() {
        Some(code) => format!("{}: {code}", text(&document, "verdict")),
        None if document["evidence"]["order"].is_string() => {
            format!("held under order {}", text(&document["evidence"], "order"))
        }
        None if document["evidence"]["marked"] == true => "held, marked as not fresh".to_owned(),
        None => "held".to_owned(),
    };
    (ran.code, verdict)
}

/// A dozen cases of each kind suffice here: the days of the outage are a hundred checks.
fn tells(case: &Value) -> bool {
    let name = text(case, "name");
    !name.starts_with("day-") || ["day-00", "day-01", "day-07", "day-34", "day-35"].contains(&name)
}

#[test]
fn the_kept_files_are_judged_alike_again() {
    let (sandbox, cases) = told();
    assert!(cases.len() > 100, "{} cases", cases.len());
    for case in cases.iter().filter(|case| tells(case)) {
        let presentation = format!("D/{}", text(case, "presentation"));
        let expected = (i32::try_from(case["exit"].as_i64().unwrap()).unwrap(), text(case, "verdict").to_owned());
        assert_eq!(judged(&sandbox, case, &presentation), expected, "{}", text(case, "name"));
    }
}

#[test]
fn one_byte_flipped_in_a_kept_file_is_refused() {
    let (sandbox, cases) = told();
    for name in ["show-mdoc", "show-sd-jwt"] {
        let case = cases.iter().find(|case| case["name"] == name).unwrap();
        let file = format!("D/{name}/presentation");
        assert_eq!(judged(&sandbox, case, &file), (0, "held".to_owned()));
        let middle = sandbox.read(&file).len() / 2;
        sandbox.flip(&file, middle);
        assert_eq!(judged(&sandbox, case, &file).0, 1, "{name}");
    }
}

/// One story for all of them: it takes seconds to tell.
#[test]
fn the_story_goes_as_it_must() {
    let (sandbox, cases) = told();
    the_story_ends_on_the_thirty_sixth_day(&cases);
    every_attack_is_stopped_by_the_rule_that_is_there_for_it(&cases);
    an_order_accepts_again_what_day_thirty_six_refused(&cases);
    nothing_is_left_of_the_centre(&sandbox);
}

fn the_story_ends_on_the_thirty_sixth_day(cases: &[Value]) {
    let low = |day: u32| {
        let name = format!("day-{:02}", day - 1);
        let case =
            cases.iter().find(|case| case["name"] == *name && case["use"] == "low" && case["order"].is_null()).unwrap();
        text(case, "verdict").to_owned()
    };
    assert_eq!(low(1), "held");
    for day in 2..=35 {
        assert_eq!(low(day), "held, marked as not fresh", "day {day}");
    }
    assert_eq!(low(36), "refused: bundle_too_old");
}

/// Design D14: the order speaks of one class, and one agency's word is none.
fn an_order_accepts_again_what_day_thirty_six_refused(cases: &[Value]) {
    let ordered = cases.iter().filter(|case| case["order"].is_string() && case["name"] == "day-35");
    let found: Vec<_> = ordered.map(|case| (text(case, "order"), text(case, "use"), text(case, "verdict"))).collect();
    assert_eq!(
        found,
        [
            ("desk/2026-fire-interior.order", "low", "refused: order_invalid"),
            ("2026-fire.order", "low", "held under order 2026-fire"),
            ("2026-fire.order", "substantial", "refused: bundle_too_old"),
        ]
    );
}

/// What burnt is gone: neither the issuer's keys nor the log nor the cosigners are needed for what follows.
fn nothing_is_left_of_the_centre(sandbox: &Sandbox) {
    for burnt in ["authority", "log", "cosigners"] {
        assert!(!sandbox.path(&format!("D/{burnt}")).exists(), "{burnt}");
    }
}

fn every_attack_is_stopped_by_the_rule_that_is_there_for_it(cases: &[Value]) {
    let found: Vec<_> = cases
        .iter()
        .filter(|case| {
            ["alter", "impostor", "replay", "borrow", "night", "theft"]
                .iter()
                .any(|what| text(case, "name").starts_with(what))
        })
        .map(|case| (text(case, "name"), text(case, "verdict")))
        .collect();
    assert_eq!(
        found,
        [
            ("alter-mdoc", "refused: digest_mismatch"),
            ("alter-sd-jwt", "refused: digest_missing"),
            ("impostor-mdoc", "refused: issuer_unknown"),
            ("impostor-sd-jwt", "refused: issuer_unknown"),
            ("replay-mdoc", "refused: holder_binding_invalid"),
            ("replay-sd-jwt", "refused: wrong_nonce"),
            ("borrow-mdoc", "refused: holder_binding_invalid"),
            ("borrow-sd-jwt", "refused: holder_binding_invalid"),
            ("night-mdoc", "refused: signer_not_listed"),
            ("night-sd-jwt", "refused: signer_not_listed"),
            ("theft-mdoc", "refused: signer_compromised"),
            ("theft-sd-jwt", "held under order 2026-theft"),
        ]
    );
}

#[test]
fn the_story_is_told_in_text_and_leaves_nothing_behind() {
    let sandbox = Sandbox::empty();
    let ran = sandbox.run(&format!("demo --at {T0}"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("day 36, use of class low          refused: bundle_too_old"), "{}", ran.stdout);
    assert_eq!(std::fs::read_dir(sandbox.root()).unwrap().count(), 0);
}

#[test]
fn a_directory_with_something_in_it_is_left_alone() {
    let sandbox = Sandbox::empty();
    sandbox.write("D", b"mine");
    let ran = sandbox.run("demo --keep D");
    assert_eq!(ran.code, 64);
    assert!(ran.stderr.contains("--keep takes a new or empty directory"), "{}", ran.stderr);
    assert_eq!(sandbox.read("D"), b"mine");
}
