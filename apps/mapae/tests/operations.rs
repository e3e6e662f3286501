//! `docs/operations/ledger.md` is true: its commands are run as they stand there, apart from the ports.

use std::{collections::BTreeMap, fs};

use mapae_trust::ledger::Kind;
use testkit::ports;

use crate::{readme::words, sandbox::Sandbox, served::Served};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operations/ledger.md");

/// The page, with ports that are free here in place of those that it names.
fn page() -> String {
    let page = fs::read_to_string(PAGE).unwrap();
    (8700..=8704).fold(page, |page, port| page.replace(&format!("127.0.0.1:{port}"), &ports::free().to_string()))
}

/// The blocks in one language.
fn blocks<'p>(page: &'p str, language: &str) -> Vec<&'p str> {
    let opening = format!("```{language}\n");
    page.split(opening.as_str()).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// The statements by the names that they give themselves.
fn statements(page: &str) -> BTreeMap<&str, &str> {
    blocks(page, "toml")
        .into_iter()
        .map(|block| (block.lines().next().unwrap().trim_start_matches("# "), block))
        .collect()
}

#[test]
fn the_ledgers_page_works() {
    let (sandbox, page) = (Sandbox::empty(), page());
    for (name, statement) in statements(&page) {
        sandbox.write(name, statement.as_bytes());
    }
    // What the page says of the log's operator.
    assert!(page.contains("`mapae ledger log-init --dir log --name ledger.example/2026`"));
    sandbox.ok("ledger log-init --dir log --name ledger.example/2026");
    fs::copy(sandbox.path("log/log.vkey"), sandbox.path("log.vkey")).unwrap();
    let mut served: Vec<Option<Served>> = Vec::new();
    for line in blocks(&page, "sh").into_iter().flat_map(str::lines) {
        if let Some(job) = line.strip_prefix("kill %") {
            served[job.parse::<usize>().unwrap() - 1].take().unwrap().kill();
        } else if let Some(service) = line.strip_suffix(" &") {
            let service = service.strip_prefix("mapae ").unwrap();
            served.push(Some(Served::start(&sandbox, &format!("service-{}", served.len()), service)));
        } else {
            let words = words(line.strip_prefix("mapae ").unwrap());
            let output = sandbox.command_of(&words).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{line}\n{said}");
            assert!(!said.contains("passed over"), "{line}\n{said}");
        }
    }
    assert_eq!(served.len(), 5);
    let shown = sandbox.ok("bundle show --json --policy founded/policy.txt reader.bundle").json();
    assert_eq!(shown["pinned"], true, "a reader who was there from the beginning followed");
}

/// Every statement that the page shows can be signed.
#[test]
fn the_ledgers_statements_can_be_made() {
    let (sandbox, page) = (Sandbox::empty(), page());
    let statements = statements(&page);
    for line in blocks(&page, "sh").into_iter().flat_map(str::lines).filter(|line| !line.ends_with(" &")) {
        let made = ["ledger agency", "ledger witness-init", "authority init", "ledger policy"];
        if made.iter().any(|made| line.starts_with(&format!("mapae {made}"))) {
            let words = words(line.strip_prefix("mapae ").unwrap());
            if words[1] == "policy" {
                sandbox.ok("ledger log-init --dir log --name ledger.example/2026");
            }
            let output = sandbox.command_of(&words).output().unwrap();
            assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
        }
    }
    sandbox.ok(
        "order sign --agency interior --id 1 --class low=70d --until 2026-12-01T00:00:00Z --from 2026-11-20T00:00:00Z \
         --reason-ko 화재 --reason-en Fire --policy policy-1.txt --out order",
    );
    sandbox.ok("wallet-provider init --dir wallet-provider --base-url https://wallet.example");
    sandbox.write("release.json", b"[]");
    for (name, statement) in &statements {
        sandbox.write(name, statement.as_bytes());
        sandbox.ok(&format!("ledger entry --from {name} --agency interior --out {name}.cbor"));
    }
    for kind in Kind::ALL.into_iter().filter(|kind| !matches!(kind, Kind::Founding | Kind::Bundle)) {
        let line = format!("kind = \"{kind}\"\n");
        assert!(statements.values().any(|statement| statement.contains(&line)), "{kind} is not shown");
    }
}
