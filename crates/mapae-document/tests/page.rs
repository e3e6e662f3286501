//! `docs/documents.md` is what the catalogue says. `MAPAE_WRITE_DOCS=1` writes it anew.

use std::fmt::Write as _;

use mapae_document::{Attribute, Catalogue, Channel, ChannelKind, DocumentType, WalletLock};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/documents.md");

const HEAD: &str = "\
# Documents

What the catalogue (`crates/mapae-document/catalogue`) says, one file for each document; the files cite the laws. A test
compares this page with them, and `MAPAE_WRITE_DOCS=1 cargo test -p mapae-document page` writes it anew.

";

#[test]
fn the_page_of_documents_is_what_the_catalogue_says() {
    let page = page(&Catalogue::builtin().unwrap());
    if std::env::var_os("MAPAE_WRITE_DOCS").is_some() {
        write(&page);
    }
    assert_eq!(read().replace("\r\n", "\n"), page, "regenerate it: see the head of this file");
}

#[expect(clippy::disallowed_methods, reason = "the page stands beside the code")]
fn read() -> String {
    std::fs::read_to_string(PATH).unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "the page stands beside the code")]
fn write(page: &str) {
    std::fs::write(PATH, page).unwrap_or_else(|e| panic!("{PATH}: {e}"));
}

fn page(catalogue: &Catalogue) -> String {
    let mut page = HEAD.to_owned();
    page += "| document | title | docType | `vct` | authority |\n|---|---|---|---|---|\n";
    for document in catalogue.documents() {
        page += &identity(document);
    }
    page +=
        "\n| document | lasts | a copy lasts | channels and fees | the wallet is opened by |\n|---|---|---|---|---|\n";
    for document in catalogue.documents() {
        page += &terms(document);
    }
    for document in catalogue.documents() {
        page += &section(document);
    }
    page
}

fn identity(document: &DocumentType) -> String {
    let (title, authority) = (document.title(), document.authority());
    format!(
        "| {} | {}, {} | `{}` | `{}` | {}, {} |\n",
        document.name(),
        title.ko,
        title.en,
        document.doctype(),
        document.vct(),
        authority.ko,
        authority.en
    )
}

fn terms(document: &DocumentType) -> String {
    let validity = document.validity();
    let end = document.not_after_column().map(|column| format!(", not beyond `{column}`")).unwrap_or_default();
    let channels: Vec<_> = document.channels().iter().map(channel).collect();
    format!(
        "| {} | {} years{end} | {} days, renewed from day {} | {} | {} |\n",
        document.name(),
        validity.document_years,
        validity.copy_days,
        validity.refill_from_day,
        channels.join("; "),
        lock(document.wallet_lock())
    )
}

fn lock(lock: WalletLock) -> &'static str {
    match lock {
        WalletLock::Any => "a passkey or a PIN",
        WalletLock::Passkey => "a passkey, without a PIN",
        _ => "another lock",
    }
}

fn channel(channel: &Channel) -> String {
    let kind = match channel.kind {
        ChannelKind::Office => "office",
        ChannelKind::IcCard => "tap of the IC card",
        ChannelKind::Agency => "agency",
        ChannelKind::Mission => "embassy or consulate",
        _ => "another",
    };
    let first = if channel.fee.first_is_free { ", the first free" } else { "" };
    match channel.fee.amount {
        0 => format!("{kind}: free"),
        amount => format!("{kind}: {amount} {}{first}", channel.fee.currency),
    }
}

fn section(document: &DocumentType) -> String {
    let mut text = format!("\n## {}\n\n| who is refused | code |\n|---|---|\n", document.title().en);
    for rule in document.rules() {
        let _ = writeln!(text, "| {}, {} | `{}` |", rule.label().ko, rule.label().en, rule.code());
    }
    let count = |test: fn(&Attribute) -> bool| document.attributes().iter().filter(|a| test(a)).count();
    let namespaces: Vec<_> = document.namespaces().into_iter().map(|name| format!("`{name}`")).collect();
    let (all, always) = (count(|_| true), count(Attribute::is_mandatory));
    let _ = writeln!(text, "\n{all} attributes in {}; {always} are in every one.", namespaces.join(", "));
    let bound: String = document.attributes().iter().filter_map(|attribute| bound(document, attribute)).collect();
    if !bound.is_empty() {
        text += "\n| attribute | may be asked for |\n|---|---|\n";
        text += &bound;
    }
    text
}

/// The attributes that not everybody may ask for.
fn bound(document: &DocumentType, attribute: &Attribute) -> Option<String> {
    let label = |code: &String| document.purposes().iter().find(|purpose| purpose.code == *code);
    let purposes: Vec<_> = attribute.purposes().iter().filter_map(label).map(|purpose| &*purpose.label.en).collect();
    let sensitive = if attribute.is_sensitive() { " (sensitive)" } else { "" };
    match (attribute.requires_legal_basis(), purposes.as_slice()) {
        (true, _) => Some(format!("| `{}`{sensitive} | what a statute demands |\n", attribute.id())),
        (false, []) => None,
        (false, purposes) => Some(format!("| `{}`{sensitive} | {} |\n", attribute.id(), purposes.join("; "))),
    }
}
