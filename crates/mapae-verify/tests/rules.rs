//! Every reason code has one rule, which names a place that exists and speaks both languages; `docs/rules.md` is
//! written from them.

#![expect(clippy::disallowed_methods, reason = "compares the table with the sources and the document")]

use std::{collections::BTreeSet, fmt::Write as _, fs, path::PathBuf};

use mapae_verify::{Format, Rule, Source, Undecided, rule, rules};
use testkit::{BOTH, World};

/// Set to write `docs/rules.md` anew.
const REWRITE: &str = "MAPAE_WRITE_RULES";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All codes that `reason.rs` can give: each stands at the right of an arrow.
fn codes() -> BTreeSet<String> {
    let source = fs::read_to_string(root().join("crates/mapae-verify/src/reason.rs")).unwrap();
    let is_code = |text: &&str| text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let texts = source.split("=> ").skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
    texts.filter(is_code).map(str::to_owned).collect()
}

#[test]
fn every_code_has_one_rule_and_every_rule_a_code() {
    let of_rules: Vec<String> = rules().iter().map(|rule| rule.code.to_owned()).collect();
    let unique: BTreeSet<String> = of_rules.iter().cloned().collect();
    assert_eq!(unique.len(), of_rules.len(), "a code has two rules");
    assert_eq!(unique, codes());
    assert!(codes().len() > 40);
}

#[test]
fn a_rule_is_found_by_its_code_and_by_the_refusal() {
    assert_eq!(rule("revoked").map(|rule| rule.clause), Some("Token Status List §7.1, §8.3 step 7"));
    assert_eq!(rule("no_such_code"), None);
    let mut world = World::new();
    for format in BOTH {
        let copy = world.issue(format);
        world.revoke(&copy);
        assert_eq!(world.verify(&world.answer(&copy)).unwrap_err().rule().code, "revoked");
    }
    assert_eq!(mapae_verify::NotVerified::from(Undecided::BundleMissing).rule().code, "bundle_missing");
}

#[test]
fn a_rule_stands_where_the_format_has_it() {
    let signature = rule("issuer_signature_invalid").unwrap();
    assert_eq!(signature.enforced_in(Format::Mdoc), (signature.clause, signature.source));
    let (clause, source) = signature.enforced_in(Format::SdJwt);
    assert_eq!((clause, source.file), ("RFC 9901 §7.1 step 2", "crates/mapae-sd-jwt/src/verify.rs"));
    let nonce = rule("wrong_nonce").unwrap();
    assert_eq!(nonce.enforced_in(Format::Mdoc), nonce.enforced_in(Format::SdJwt));
}

#[test]
fn every_rule_names_functions_that_exist() {
    for rule in rules() {
        for format in BOTH {
            let (clause, source) = rule.enforced_in(format);
            assert!(!clause.is_empty());
            check_source(rule, source);
        }
    }
}

fn check_source(rule: &Rule, source: Source) {
    let text = fs::read_to_string(root().join(source.file)).unwrap_or_else(|_| panic!("{}", source.file));
    let (owner, function) = source.function.split_once("::").unwrap_or(("", source.function));
    let is_impl = |line: &str| line.starts_with("impl") && line.contains(owner);
    let scope = if owner.is_empty() { Some(0) } else { text.lines().position(is_impl) };
    let scope = scope.unwrap_or_else(|| panic!("{}: no `impl {owner}` in {}", rule.code, source.file));
    let called = |line: &str| line.contains(&format!("fn {function}(")) || line.contains(&format!("fn {function}<"));
    assert!(text.lines().skip(scope).any(called), "{}: no `fn {function}` in {}", rule.code, source.file);
}

#[test]
fn every_rule_speaks_korean_and_english() {
    for rule in rules() {
        assert!(rule.english.ends_with('.') && rule.english.is_ascii(), "{}", rule.code);
        let hangul = rule.korean.chars().filter(|c| ('가'..='힣').contains(c)).count();
        assert!(rule.korean.ends_with('.') && hangul > 5, "{}", rule.code);
    }
}

#[test]
fn the_document_of_rules_is_written_from_them() {
    let path = root().join("docs/rules.md");
    if std::env::var_os(REWRITE).is_some() {
        fs::write(&path, document()).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, document(), "write it anew: {REWRITE}=1 cargo test -p mapae-verify rules");
}

fn document() -> String {
    let mut text = format!(
        "# Reason codes\n\n\
         What each code of `mapae verify` means: the clause that it enforces, and where. Where the formats differ, the\n\
         second line is for SD-JWTs.\n\n\
         Written by a test from `crates/mapae-verify/src/rules.rs`: `{REWRITE}=1 cargo test -p mapae-verify rules`.\n\n\
         | code | clause | enforced in | English | 한국어 |\n|---|---|---|---|---|\n"
    );
    for rule in rules() {
        let (mut clauses, mut sources) = (rule.clause.to_owned(), place(rule.source));
        if let Some((clause, source)) = rule.sd_jwt {
            clauses = format!("{clauses}<br>{clause}");
            sources = format!("{sources}<br>{}", place(source));
        }
        let Rule { code, english, korean, .. } = rule;
        writeln!(text, "| `{code}` | {clauses} | {sources} | {english} | {korean} |").unwrap();
    }
    text
}

fn place(source: Source) -> String {
    format!("`{}` in `{}`", source.function, source.file)
}
