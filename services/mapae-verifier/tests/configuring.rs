//! Settings: what they must be, and the sample that the operations page shows.

use mapae_http::settings::{parse, template};
use mapae_verifier::VerifierConfig;

const LEAST: &str =
    "base_url = \"https://v.example\"\nrelying_party = \"rp\"\n[bundle]\nsource = \"b\"\npolicy = \"p\"\n";

fn refused(text: &str) -> String {
    parse::<VerifierConfig>(text).unwrap_err().to_string()
}

#[test]
fn the_least_is_enough() {
    let config: VerifierConfig = parse(LEAST).unwrap();
    assert_eq!(config.lifetimes.session.as_seconds(), 300);
    assert_eq!(config.same_device_classes, ["high".parse().unwrap()]);
    assert!(config.webhook.url.is_none() && config.accept_age.is_none());
}

#[test]
fn what_cannot_be_meant_is_refused_by_its_key() {
    let cases = [
        (LEAST.replace("https://v.example", "http://v.example"), "base_url"),
        (LEAST.replace("https://v.example", "https://v.example/"), "base_url"),
        (LEAST.replace("policy = \"p\"\n", ""), "bundle.policy"),
        (format!("{LEAST}key = \"k\"\n"), "bundle.policy"),
        (format!("{LEAST}[webhook]\nurl = \"https://v.example\"\n"), "webhook.secret_file"),
        (format!("{LEAST}[webhook]\nurl = \"http://v.example\"\nsecret_file = \"s\"\n"), "webhook.url"),
        (format!("{LEAST}[[api_keys]]\nname = \"a\"\nsha256 = \"00\"\n"), "api_keys.sha256"),
        (format!("same_device_classes = [\"HIGH CLASS\"]\n{LEAST}"), "same_device_classes"),
        (format!("{LEAST}[lifetimes]\nsession_seconds = 29\n"), "lifetimes.session_seconds"),
    ];
    for (text, key) in cases {
        assert!(refused(&text).contains(&format!("`{key}`")), "{key}: {}", refused(&text));
    }
}

#[test]
fn a_template_can_be_read() {
    let text = template::<VerifierConfig>("").unwrap();
    assert!(text.contains("# Danger: Wallets send answers there"));
    let pinned = text.replace("# policy =", "policy =");
    parse::<VerifierConfig>(&pinned).unwrap();
}

/// The operations page shows a file that works.
#[test]
fn the_sample_of_the_page_can_be_read() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operations/verifier.md");
    let page = std::fs::read_to_string(page).unwrap();
    let sample = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let config: VerifierConfig = parse(sample).unwrap();
    assert_eq!((config.api_keys.len(), config.uses.len()), (1, 1));
    assert!(config.webhook.url.is_some());
}
