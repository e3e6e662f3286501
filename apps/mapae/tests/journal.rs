//! An issuer's day in the ledger, and its journal against it.

use crate::sandbox::{Ran, Sandbox, T0};

/// An issuer with a journal, and an agency that may state its days.
fn issuer() -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.ok(&format!("authority init --dir A --at {T0}"));
    sandbox.ok("people sample --count 3 --out R");
    sandbox
        .ok(&format!("issue --authority A --document resident --register R/resident.csv --out I --copies 2 --at {T0}"));
    sandbox.ok("ledger agency --dir G --id interior --name-ko 내무 --name-en Interior --rights issuer,journal");
    sandbox
}

fn state(sandbox: &Sandbox, day: &str, out: &str) -> Ran {
    sandbox.run(&format!(
        "ledger journal --json --issued I --root A/iaca.pem --day {day} --agency G --out {out} --at {T0}"
    ))
}

fn check(sandbox: &Sandbox, entries: &str) -> (i32, Vec<bool>) {
    let ran = sandbox.run(&format!("ledger journal-check --json --issued I {entries}"));
    let agrees = ran.json()["entries"].as_array().unwrap().iter().map(|entry| entry["agrees"] == true).collect();
    (ran.code, agrees)
}

fn lines(sandbox: &Sandbox) -> usize {
    sandbox.text("I/journal.jsonl").lines().count()
}

#[test]
fn a_journal_that_grew_still_begins_as_it_was_entered() {
    let sandbox = issuer();
    let first = state(&sandbox, "2026-11-21", "one.cbor");
    assert_eq!(first.code, 0, "{}", first.stderr);
    assert_eq!((&first.json()["kind"], &first.json()["signed_by"][0]), (&"journal".into(), &"interior".into()));
    let before = lines(&sandbox);
    sandbox
        .ok(&format!("issue --authority A --document licence --register R/licence.csv --out I --copies 2 --at {T0}"));
    assert!(lines(&sandbox) > before);
    assert_eq!(state(&sandbox, "2026-11-22", "two.cbor").code, 0);
    assert_eq!(check(&sandbox, "one.cbor two.cbor"), (0, vec![true, true]));
    assert_eq!(check(&sandbox, "two.cbor one.cbor"), (0, vec![true, true]), "in any order");
}

/// Design §6: an issuer insider whose journal does not match the daily count.
#[test]
fn a_line_that_was_altered_or_taken_out_is_found() {
    let sandbox = issuer();
    assert_eq!(state(&sandbox, "2026-11-21", "one.cbor").code, 0);
    let journal = sandbox.text("I/journal.jsonl");
    sandbox.write("I/journal.jsonl", journal.replacen("\"copy\":1", "\"copy\":3", 1).as_bytes());
    assert_eq!(check(&sandbox, "one.cbor"), (1, vec![false]));
    let without_first = journal.split_once('\n').unwrap().1;
    sandbox.write("I/journal.jsonl", without_first.as_bytes());
    let ran = sandbox.run("ledger journal-check --issued I one.cbor");
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("lines are missing"), "{}", ran.stdout);
    sandbox.write("I/journal.jsonl", format!("{without_first}{}", journal.lines().next().unwrap()).as_bytes());
    assert_eq!(check(&sandbox, "one.cbor").0, 1, "all lines in another order");
    sandbox.write("I/journal.jsonl", journal.as_bytes());
    assert_eq!(check(&sandbox, "one.cbor"), (0, vec![true]));
}

#[test]
fn what_states_no_day_and_what_is_no_journal_is_told() {
    let sandbox = issuer();
    sandbox.write("x.cbor", b"not an entry");
    let ran = sandbox.run("ledger journal-check --issued I x.cbor");
    assert_eq!(ran.code, 64);
    assert!(ran.stderr.contains("x.cbor is not an entry"), "{}", ran.stderr);
    let ran = sandbox.run("ledger journal --issued R --root A/iaca.pem --agency G --out y.cbor");
    assert_eq!(ran.code, 64);
    assert!(ran.stderr.contains("R has no journal"), "{}", ran.stderr);
}
