//! From a register to files that any tool reads.

use std::{collections::HashSet, fs};

use serde_json::Value;

use crate::sandbox::{Sandbox, T0};

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let sandbox = Sandbox::empty();
    sandbox.ok("people sample --count 5 --seed 42 --out R1");
    sandbox.ok("people sample --count 5 --seed 42 --out R2");
    sandbox.ok("people sample --count 5 --seed 43 --out R3");
    for document in ["resident", "overseas", "licence", "official", "welfare"] {
        let register = format!("{document}.csv");
        assert_eq!(sandbox.read(&format!("R1/{register}")), sandbox.read(&format!("R2/{register}")));
    }
    assert_ne!(sandbox.read("R1/resident.csv"), sandbox.read("R3/resident.csv"));
}

#[test]
fn everybody_gets_copies_with_keys_and_a_line_in_the_journal_each() {
    let sandbox = Sandbox::with_people(2);
    let arguments = "issue --authority A --document resident --register R/resident.csv --out I --copies 3";
    let answer = sandbox.ok(&format!("{arguments} --json --at {T0}")).json();
    let people = sandbox.people_with("resident");
    assert_eq!(answer["issued"], people.len());
    assert_eq!(answer["copies"], people.len() * 6);
    for person in &people {
        let dir = sandbox.path(&format!("I/{person}/resident"));
        let mut files: Vec<String> =
            fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        let copies = |copy| ["mdoc", "mdoc.key", "sd-jwt", "sd-jwt.key"].map(|end| format!("copy-{copy:02}.{end}"));
        assert_eq!(files, [1, 2, 3].map(copies).concat());
    }
    let journal: Vec<Value> =
        sandbox.text("I/journal.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(journal.len(), people.len() * 6);
    let distinct = |member: &str| journal.iter().map(|line| line[member].to_string()).collect::<HashSet<_>>().len();
    assert_eq!(distinct("key_thumbprint"), journal.len(), "each copy has a key of its own");
    assert_eq!(distinct("hash"), journal.len());
    let entries: HashSet<_> = journal.iter().map(|line| (line["uri"].to_string(), line["idx"].as_u64())).collect();
    assert_eq!(entries.len(), journal.len(), "each copy has a status entry of its own");
}

#[test]
fn who_has_a_document_gets_no_second_one() {
    let sandbox = Sandbox::with_people(2);
    sandbox.issue("resident");
    let (journal, people) = (sandbox.text("I/journal.jsonl"), sandbox.people_with("resident"));
    let copy = format!("I/{}/resident/copy-01.mdoc", people[0]);
    let before = sandbox.read(&copy);
    sandbox.issue("resident");
    assert_eq!(sandbox.text("I/journal.jsonl"), journal);
    assert_eq!(sandbox.read(&copy), before);
}

#[test]
fn two_directories_of_one_authority_share_no_status_entry() {
    let sandbox = Sandbox::with_people(2);
    let entries = |out: &str| {
        let register = "R/resident.csv";
        sandbox.ok(&format!(
            "issue --authority A --document resident --register {register} --out {out} --copies 2 --at {T0}"
        ));
        let journal = sandbox.text(&format!("{out}/journal.jsonl"));
        journal
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .map(|line| (line["uri"].to_string(), line["idx"].as_u64()))
            .collect::<HashSet<_>>()
    };
    assert!(entries("I1").is_disjoint(&entries("I2")));
}

#[test]
fn who_may_not_have_one_is_refused_with_the_rule() {
    let sandbox = Sandbox::with_people(1);
    let register = sandbox.text("R/resident.csv");
    let (header, row) = register.split_once("\r\n").unwrap();
    let column = |name: &str| header.split(',').position(|column| column == name).unwrap();
    let with = |id: &str, name: &str, value: &str| {
        let mut cells = cells(row.lines().next().unwrap());
        for right in ["alive", "registered", "physical_card"] {
            cells[column(right)] = "true".to_owned();
        }
        cells[column("person_id")] = id.to_owned();
        cells[column(name)] = value.to_owned();
        cells.join(",")
    };
    let rows = [
        with("young", "birth_date", "2009-11-03"),
        with("seventeen", "birth_date", "2009-11-02"),
        with("cardless", "physical_card", "false"),
        with("dead", "alive", "false"),
    ];
    sandbox.write("R/resident.csv", format!("{header}\n{}\n", rows.join("\n")).as_bytes());
    let answer = sandbox.issue("resident");
    assert_eq!(sandbox.people_with("resident"), ["seventeen"], "{}", answer.stderr);
    let refused = sandbox.text("I/refused.csv");
    for (line, person, rule) in [(2, "young", "under_17"), (4, "cardless", "no_physical_card"), (5, "dead", "deceased")]
    {
        assert!(refused.contains(&format!("\n{line},{person},resident,{rule},")), "{refused}");
    }
}

/// Quotes only ever surround a cell with commas in sample registers.
fn cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for c in row.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(if quoted && c == ',' { ' ' } else { c }),
        }
    }
    cells
}

#[test]
fn a_malformed_row_is_reported_with_its_place_and_stops_nobody_else() {
    let sandbox = Sandbox::with_people(3);
    let register = sandbox.text("R/resident.csv");
    let mut lines: Vec<String> = register.lines().map(str::to_owned).collect();
    let born = cells(&lines[1])[6].clone();
    lines[1] = lines[1].replacen(&born, "1990-02-30", 1);
    lines.insert(2, "too,few,cells".to_owned());
    sandbox.write("R/resident.csv", format!("{}\n", lines.join("\n")).as_bytes());
    let ran = sandbox.issue("resident");
    assert!(ran.stderr.contains("R/resident.csv, line 2, column birth_date: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("R/resident.csv, line 3: "), "{}", ran.stderr);
    assert!(!ran.stderr.contains("1990-02-30"), "the value of a cell is personal");
    assert!(!sandbox.people_with("resident").is_empty(), "the rest was issued");
}

#[test]
fn a_register_without_the_columns_is_wrong_usage() {
    let sandbox = Sandbox::with_people(1);
    let ran = sandbox.run("issue --authority A --document licence --register R/resident.csv --out I --copies 1");
    assert_eq!(ran.code, 64);
    assert!(ran.stderr.contains("licence_number"), "{}", ran.stderr);
}

#[test]
fn a_document_that_does_not_exist_is_answered_with_those_that_do() {
    let sandbox = Sandbox::with_people(1);
    let ran = sandbox.run("issue --authority A --document passport --register R/resident.csv --out I");
    assert_eq!(ran.code, 64);
    assert!(ran.stderr.contains("resident") && ran.stderr.contains("licence"), "{}", ran.stderr);
    let ran = sandbox.run("request --document resident --elements shoe_size --purpose test --out request.json");
    assert_eq!(ran.code, 64);
    assert!(ran.stderr.contains("family_name"), "{}", ran.stderr);
}

#[test]
fn there_is_a_register_for_each_document_and_each_is_issued() {
    let sandbox = Sandbox::with_people(150);
    for (document, own) in
        [("overseas", "overseas_national"), ("official", "ministry"), ("welfare", "disability_severity")]
    {
        sandbox.issue(document);
        sandbox.ok(&format!("bundle build --authority A --issued I --out trust.bundle --at {T0}"));
        sandbox.ask(document, &format!("family_name,{own}"));
        for format in ["mdoc", "sd-jwt"] {
            let ran = sandbox.verify_json(format, "");
            assert!(ran.code == 0 && ran.stdout.contains(own), "{document}: {}", ran.stdout);
        }
    }
}

#[test]
fn a_document_of_another_catalogue_needs_no_code() {
    let sandbox = Sandbox::with_people(2);
    fs::create_dir(sandbox.path("C")).unwrap();
    let resident =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/mapae-document/catalogue/resident.toml"));
    let library =
        resident.unwrap().replace("name = \"resident\"", "name = \"library\"").replace(":resident:1", ":library:1");
    sandbox.write("C/library.toml", library.as_bytes());
    sandbox.ok(&format!(
        "issue --authority A --document library --catalogue C --register R/resident.csv --out I --copies 1 --at {T0}"
    ));
    assert!(!sandbox.people_with("library").is_empty());
}

#[test]
fn who_is_unknown_cannot_be_revoked() {
    let sandbox = Sandbox::with_documents("resident");
    assert_eq!(sandbox.run("revoke --authority A --issued I --person nobody --document resident").code, 64);
    assert_eq!(sandbox.run("revoke --authority A --issued I --person ../A --document resident").code, 64);
}

#[test]
fn refusals_of_two_documents_share_a_file_and_a_second_run_adds_none() {
    let sandbox = Sandbox::with_people(40);
    let lines =
        |text: &str, document: &str| text.lines().filter(|line| line.split(',').nth(2) == Some(document)).count();
    sandbox.issue("resident");
    sandbox.issue("licence");
    let first = sandbox.text("I/refused.csv");
    assert!(lines(&first, "resident") > 0 && lines(&first, "licence") > 0, "{first}");
    sandbox.issue("resident");
    let second = sandbox.text("I/refused.csv");
    for document in ["resident", "licence"] {
        assert_eq!(lines(&first, document), lines(&second, document));
    }
}

#[test]
fn a_register_from_a_spreadsheet_is_read() {
    let sandbox = Sandbox::with_people(2);
    let register = sandbox.read("R/resident.csv");
    sandbox.write("R/resident.csv", &[b"\xef\xbb\xbf".as_slice(), &register].concat());
    sandbox.issue("resident");
    assert!(!sandbox.people_with("resident").is_empty(), "a byte order mark hides no column");
}

/// What a crash left of a line was acknowledged to nobody; the line after it must not be lost in it.
#[test]
fn a_torn_line_of_the_journal_stops_nothing_and_swallows_nothing() {
    let sandbox = Sandbox::with_documents("resident");
    let person = sandbox.people_with("resident").remove(0);
    let whole = sandbox.text("I/journal.jsonl");
    sandbox.write("I/journal.jsonl", format!("{whole}{{\"person\":\"torn").as_bytes());
    sandbox.ok(&format!("bundle build --authority A --issued I --out trust.bundle --at {T0}"));
    fs::remove_dir_all(sandbox.path(&format!("I/{person}/resident"))).unwrap();
    sandbox.issue("resident");
    let journal = sandbox.text("I/journal.jsonl");
    assert!(journal.starts_with(&whole) && !journal.contains("torn"), "{journal}");
    assert_eq!(journal.lines().count(), whole.lines().count() + 2, "the new copies are on record");
    let revoked = sandbox.ok(&format!("revoke --json --authority A --issued I --person {person} --document resident"));
    assert_eq!(revoked.json()["copies"], 4, "and so are revoked with those that they replace");
}

#[test]
fn a_damaged_line_is_an_error_that_names_it() {
    let sandbox = Sandbox::with_documents("resident");
    let journal = sandbox.text("I/journal.jsonl").replacen("{\"person\"", "{\"pers", 1);
    sandbox.write("I/journal.jsonl", journal.as_bytes());
    let ran = sandbox.run("bundle build --authority A --issued I --out other.bundle");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("I/journal.jsonl, line 1"), "{}", ran.stderr);
}

/// As a file system may leave it: a length that was written, of bytes that were not.
#[test]
fn a_torn_tail_of_any_length_is_cut() {
    let sandbox = Sandbox::with_documents("resident");
    let whole = sandbox.text("I/journal.jsonl");
    for tail in [vec![0; 200 << 10], b"{\"person\":".repeat(30_000), b"{".to_vec()] {
        sandbox.write("I/journal.jsonl", &[whole.as_bytes(), &tail].concat());
        sandbox.ok(&format!("bundle build --authority A --issued I --out trust.bundle --at {T0}"));
        sandbox.issue("resident");
        assert_eq!(sandbox.text("I/journal.jsonl"), whole);
    }
}

#[test]
fn a_line_longer_than_any_of_ours_is_an_error_unless_it_is_the_last() {
    let sandbox = Sandbox::with_documents("resident");
    let whole = sandbox.text("I/journal.jsonl");
    sandbox.write("I/journal.jsonl", format!("{}\n{whole}", "x".repeat(100_000)).as_bytes());
    let ran = sandbox.run("bundle build --authority A --issued I --out other.bundle");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("I/journal.jsonl, line 1"), "{}", ran.stderr);
}

#[test]
fn a_second_issue_into_the_same_directory_is_refused_while_the_first_works() {
    let sandbox = Sandbox::with_people(3);
    fs::create_dir(sandbox.path("I")).unwrap();
    let journal = fs::File::create(sandbox.path("I/journal.jsonl")).unwrap();
    journal.lock().unwrap();
    let arguments = "issue --authority A --document resident --register R/resident.csv --out I --copies 1";
    let ran = sandbox.run(&format!("{arguments} --at {T0}"));
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("another `mapae issue` is writing to I"), "{}", ran.stderr);
    assert!(sandbox.people_with("resident").is_empty() && !sandbox.path("A/status-counter").exists());
    journal.unlock().unwrap();
    sandbox.issue("resident");
    assert!(!sandbox.people_with("resident").is_empty());
}

#[test]
fn who_is_in_the_register_twice_gets_one_document() {
    let sandbox = Sandbox::with_people(5);
    let register = sandbox.text("R/resident.csv");
    let (header, rows) = register.split_once("\r\n").unwrap();
    sandbox.write("R/resident.csv", format!("{header}\r\n{}", rows.repeat(4)).as_bytes());
    for batch in [1, 100] {
        let out = format!("I{batch}");
        let arguments = "issue --json --authority A --document resident --register R/resident.csv --copies 1";
        let answer = sandbox.ok(&format!("{arguments} --out {out} --batch {batch} --at {T0}")).json();
        let issued = answer["issued"].as_u64().unwrap();
        assert!(issued > 0 && answer["already_issued"] == 3 * issued, "{answer}");
        assert_eq!(sandbox.text(&format!("{out}/journal.jsonl")).lines().count() as u64, 2 * issued);
    }
}

#[test]
fn refusals_stand_in_the_order_of_the_register() {
    let sandbox = Sandbox::with_people(80);
    let arguments = "issue --authority A --document licence --register R/resident.csv --out I --copies 1 --batch 1";
    sandbox.write("R/resident.csv", sandbox.text("R/licence.csv").replace("\r\n", "\r\ntoo,few\r\n").as_bytes());
    sandbox.ok(&format!("{arguments} --at {T0}"));
    let refused = sandbox.text("I/refused.csv");
    let lines: Vec<u32> =
        refused.lines().skip(1).map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
    assert!(lines.len() > 40 && lines.is_sorted(), "{lines:?}");
}

/// A start does not read what an earlier one is done with.
#[test]
fn only_what_stands_behind_the_checkpoint_is_read_again() {
    let sandbox = Sandbox::with_documents("resident");
    let journal = sandbox.text("I/journal.jsonl");
    assert_eq!(sandbox.text("I/journal.checkpoint"), format!("{}\n", journal.len()));
    let damaged = journal.replacen("{\"person\"", "{\"pers\u{f6}n\"", 1).replacen("\"mdoc\"", "\"mdo\"", 1);
    assert_eq!(damaged.len(), journal.len());
    sandbox.write("I/journal.jsonl", damaged.as_bytes());
    sandbox.issue("resident");
    for lost in ["", "99999999\n", "none\n"] {
        sandbox.write("I/journal.checkpoint", lost.as_bytes());
        let arguments = "issue --authority A --document resident --register R/resident.csv --out I --copies 1";
        let ran = sandbox.run(&format!("{arguments} --at {T0}"));
        assert_eq!(ran.code, 1, "without a checkpoint all is read");
        assert!(ran.stderr.contains("I/journal.jsonl, line 1"), "{}", ran.stderr);
    }
}

/// What was on record and never released is nobody's: it is neither revoked nor in need of a list.
#[test]
fn a_voided_line_is_known_to_no_other_command() {
    let sandbox = Sandbox::with_people(3);
    let arguments = format!(
        "issue --json --authority A --document resident --register R/resident.csv --out I --copies 1 --at {T0}"
    );
    let words: Vec<String> = arguments.split(' ').map(str::to_owned).collect();
    let killed = sandbox.command_of(&words).env("MAPAE_CRASH_AT", "after-journal:1").output().unwrap();
    assert_eq!(killed.status.code(), None, "killed");
    let before = sandbox.text("I/journal.jsonl").lines().count();
    assert!(sandbox.people_with("resident").is_empty() && before > 0);
    let answer = sandbox.ok(&arguments).json();
    assert_eq!(answer["voided"], before);
    assert_eq!(sandbox.text("I/journal.jsonl").lines().count(), 3 * before, "lines, their voids, and new lines");
    let person = sandbox.people_with("resident").remove(0);
    let revoked = sandbox.ok(&format!("revoke --json --authority A --issued I --person {person} --document resident"));
    assert_eq!(revoked.json()["copies"], 2);
    let revocations = sandbox.text("A/revocations.jsonl");
    let voided = sandbox.text("I/journal.jsonl");
    let voided = voided.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    for void in voided.filter(|line| line.get("void").is_some()) {
        let entry = format!("\"uri\":{},\"idx\":{},", void["void"]["uri"], void["void"]["idx"]);
        assert!(!revocations.contains(&entry), "{revocations}");
    }
}
