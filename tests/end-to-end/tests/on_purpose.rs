//! What relying parties, wallets and services of other countries do, added on purpose: the audit names each (issue 7).

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

use mapae_http::HeaderMap;
use mapae_jose::Jwk;

use crate::{
    audit::{Findings, is_heartbeat},
    dump, lists,
    mirror::Mirror,
    needles::Needles,
    observation::{Changes, Row},
    phone::Phone,
    process::strace,
    relying_party::{KINDS, RelyingParty},
    scene::{Besides, NOTHING, Scene, add_line, ask_the_status},
    web,
};

/// Twice at each relying party in each format.
const PRESENTATIONS: usize = 20;

#[test]
fn what_is_added_on_purpose_is_named() {
    let mut scene = Scene::set(2, None);
    let quiet = scene.quiet();
    nothing_is_found_of_nothing(&mut scene, &quiet);
    what_a_database_moves_is_nothing(&mut scene, &quiet);
    a_status_call_is_named(&mut scene, &quiet);
    copies_fetched_after_each_use_are_named(&mut scene, &quiet);
    a_count_is_named(&mut scene, &quiet);
    a_row_beside_the_log_is_named(&mut scene, &quiet);
    a_line_in_a_log_is_named(&mut scene, &quiet);
    a_file_is_named(&mut scene, &quiet);
    a_bundle_fetched_for_each_presentation_is_named(&mut scene, &quiet);
    a_fetch_that_tells_something_is_named(&mut scene, &quiet);
    a_wallet_that_asks_others_is_named(&mut scene, &quiet);
    results_sent_to_the_issuer_are_named(&mut scene, &quiet);
    results_sent_to_a_stranger_are_named(&mut scene, &quiet);
    a_list_that_says_more_is_told_apart(&mut scene);
}

#[test]
fn a_heartbeat_is_the_time_and_nothing_else() {
    let is = |table: &str, text: &str| {
        let (table, text) = (table.to_owned(), text.to_owned());
        is_heartbeat(&Row { service: "issuer".to_owned(), table, text, is_new: true })
    };
    let time = "0000000069B5A1C0";
    assert!(is("probe", &format!("1|1773511104|X'{time}{time}'")));
    assert!(!is("probe", &format!("1|1773511104|X'{time}{time}736F6D65626F6479'")));
    assert!(!is("probe", &format!("1|1773511105|X'{time}{time}'")));
    assert!(!is("probe", "somebody|1773511104|X''"));
    assert!(!is("seen", &format!("1|1773511104|X'{time}'")));
}

#[test]
fn a_place_in_a_list_is_a_number_of_its_own() {
    let mut needles = Needles::default();
    needles.add("a place", "123456");
    let found = |text: &str| !needles.found_in(text.as_bytes()).is_empty();
    assert!(["123456", "idx=123456", "{\"idx\":123456}", "/lists/7#123456,"].map(found).iter().all(|found| *found));
    assert!(!["ab123456ef", "1234567", "0.123456", "1.123456s"].map(found).iter().any(|found| *found));
}

fn found(scene: &mut Scene, quiet: &Changes, besides: Besides<'_>) -> Findings {
    let busy = scene.busy(PRESENTATIONS, besides);
    scene.judge(quiet, &busy)
}

/// Something that begins so was found, and nothing of others.
fn assert_named(findings: &Findings, wanted: &[&str], parties: &[&str]) {
    for wanted in wanted {
        assert!(findings.iter().any(|finding| finding.starts_with(wanted)), "no {wanted}: {findings:#?}");
    }
    for finding in findings {
        assert!(parties.iter().any(|party| finding.starts_with(party)), "{finding}");
    }
}

fn nothing_is_found_of_nothing(scene: &mut Scene, quiet: &Changes) {
    assert_named(&found(scene, quiet, NOTHING), &[], &[]);
}

/// From its log into its file, which it does at any time.
fn what_a_database_moves_is_nothing(scene: &mut Scene, quiet: &Changes) {
    let database = scene.country.issuer.folder.join("issuer.db");
    let before = std::fs::read(&database).unwrap();
    let findings = found(scene, quiet, &|_: &mut Phone| dump::execute(&database, "PRAGMA wal_checkpoint(PASSIVE)"));
    assert_named(&findings, &[], &[]);
    assert!(before != std::fs::read(&database).unwrap());
}

fn a_status_call_is_named(scene: &mut Scene, quiet: &Changes) {
    let findings = found(scene, quiet, &ask_the_status);
    assert_named(&findings, &["issuer: was called: GET /status/"], &["issuer:"]);
}

/// By which an issuer would learn who used a document, and when.
fn copies_fetched_after_each_use_are_named(scene: &mut Scene, quiet: &Changes) {
    let issuer = scene.country.issuer.proxies[0].at;
    let findings = found(scene, quiet, &Phone::refill);
    let wallet = format!("a wallet asked {issuer}");
    assert_named(&findings, &["issuer: was called: ", &wallet], &["issuer:", "wallet-provider:", "a wallet asked"]);
}

/// By which an issuer would know how often its documents are used.
fn a_count_is_named(scene: &mut Scene, quiet: &Changes) {
    let database = scene.country.issuer.folder.join("issuer.db");
    let count =
        |_: &mut Phone| dump::execute(&database, "UPDATE counters SET value = value + 1 WHERE name = 'numbers'");
    let findings = found(scene, quiet, &count);
    assert_named(&findings, &["issuer: rows of counters changed"], &["issuer:"]);
}

/// Nothing changes there by the clock, so that a file that changes is named as well.
fn a_row_beside_the_log_is_named(scene: &mut Scene, quiet: &Changes) {
    let database = scene.country.log.folder.join("log.db");
    dump::execute(&database, "CREATE TABLE seen (person TEXT)");
    let person = scene.country.people()[0].clone();
    let note = |_: &mut Phone| dump::execute(&database, &format!("INSERT INTO seen VALUES ('{person}')"));
    let findings = found(scene, quiet, &note);
    let wanted = ["ledger: rows of seen changed", "ledger: a row of seen has a person's id", "ledger: the file log.db"];
    assert_named(&findings, &wanted, &["ledger:"]);
}

fn a_line_in_a_log_is_named(scene: &mut Scene, quiet: &Changes) {
    let log = scene.country.log.log().unwrap().to_owned();
    let tell = move |phone: &mut Phone| {
        let key = phone.cards()[0].batches[0].keys[0].public.clone();
        let thumbprint = mapae_jose::base64url::encode(Jwk::from(key).thumbprint());
        add_line(&log, &format!("somebody was seen: {thumbprint}"));
    };
    let findings = found(scene, quiet, &tell);
    let wanted = ["ledger: its log has a new kind of line", "ledger: its log has a device key's thumbprint"];
    assert_named(&findings, &wanted, &["ledger:"]);
    std::fs::write(scene.country.log.log().unwrap(), "").unwrap();
}

fn a_file_is_named(scene: &mut Scene, quiet: &Changes) {
    let file = scene.country.publisher.folder.join("seen");
    let findings = found(scene, quiet, &|_: &mut Phone| add_line(&file, "somebody"));
    assert_named(&findings, &["bundle-publisher: the file seen changed"], &["bundle-publisher:"]);
}

/// The same request that verifiers make by the clock; only more of them.
fn a_bundle_fetched_for_each_presentation_is_named(scene: &mut Scene, quiet: &Changes) {
    let (host, request) = (scene.country.mirror.at, quiet.fetches[0].clone());
    let findings = found(scene, quiet, &|_: &mut Phone| (0..8).for_each(|_| repeat(host, &request)));
    assert_named(&findings, &["bundle's host: was asked more often"], &["bundle's host:"]);
}

fn repeat(host: SocketAddr, request: &str) {
    let mut stream = TcpStream::connect(host).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
}

fn a_fetch_that_tells_something_is_named(scene: &mut Scene, quiet: &Changes) {
    let url = format!("{}?for=somebody", scene.country.mirror.url());
    let findings = found(scene, quiet, &|_: &mut Phone| drop(web::get(&url, HeaderMap::new())));
    let wanted = "bundle's host: was asked otherwise: GET /trust.bundle?for=somebody";
    assert_named(&findings, &[wanted], &["bundle's host:"]);
}

/// A wallet's every request is noted, wherever it goes.
fn a_wallet_that_asks_others_is_named(scene: &mut Scene, quiet: &Changes) {
    let stranger = Mirror::of(scene.country.root().join("policy.txt"));
    let (at, url) = (stranger.at, stranger.url());
    let findings = found(scene, quiet, &|phone: &mut Phone| phone.ask_besides(&url));
    assert_named(&findings, &[&format!("a wallet asked {at}")], &["a wallet asked"]);
}

/// The shipped verifier sends its results where its settings say; here they say: to the issuer.
fn results_sent_to_the_issuer_are_named(scene: &mut Scene, quiet: &Changes) {
    let issuer = scene.country.issuer.proxies[0].url();
    let findings = found_of_results_sent(scene, quiet, &issuer);
    let told = "issuer: what it was told has what was disclosed";
    let called = format!("library: called {}", web::host(&issuer));
    assert_named(&findings, &["issuer: was called: POST /seen", told], &["issuer:", "library: called"]);
    assert_eq!(findings.contains(&called), strace().is_some(), "{findings:#?}");
}

/// Who is no part of the country: only the verifier's calls tell.
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn results_sent_to_a_stranger_are_named(scene: &mut Scene, quiet: &Changes) {
    if strace().is_none() {
        return println!("SKIPPED: strace not found, or tracing is not allowed here");
    }
    let stranger = Mirror::of(scene.country.root().join("policy.txt"));
    let findings = found_of_results_sent(scene, quiet, &format!("http://{}", stranger.at));
    assert_named(&findings, &[&format!("library: called {}", stranger.at)], &["library: called"]);
}

/// As if a document were revoked because it was shown.
fn a_list_that_says_more_is_told_apart(scene: &mut Scene) {
    scene.country.revoke_one();
    let [lists, next] = lists::before_and_next(&mut scene.country);
    assert!(lists.keys().eq(next.keys()) && lists != next);
}

fn found_of_results_sent(scene: &mut Scene, quiet: &Changes, to: &str) -> Findings {
    let settings = format!("[webhook]\nurl = \"{to}/seen\"\nsecret_file = \"webhook.secret\"\n");
    scene.relying_parties.remove(0);
    scene.relying_parties.insert(0, RelyingParty::start(&scene.country, &KINDS[0], &settings));
    found(scene, quiet, NOTHING)
}
