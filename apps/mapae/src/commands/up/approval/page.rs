//! The pages, written here: they work without a script, which only switches languages.

use axum::response::Response;
use mapae_types::{Duration, Timestamp, html::escape};

use super::{Decision, Official, Paper, html};

/// What waits, and what was decided.
pub(super) fn list(official: &Official, papers: &[Paper], url: &str) -> Response {
    let all: Vec<String> = papers.iter().enumerate().map(|(place, one)| paper(place, one)).collect();
    let encoded = url.replace(':', "%3A").replace('/', "%2F");
    let values = [
        ("{{name}}", escaped(&official.name)),
        ("{{ministry}}", escaped(&official.ministry)),
        ("{{number}}", escaped(&official.staff_number)),
        ("{{subject}}", escaped(official.subject.get(..12).unwrap_or_default())),
        ("{{papers}}", all.concat()),
        ("{{sign_out}}", format!("/oidc/callback?logout={encoded}%2Fpublic%2Fsigned-out")),
    ];
    html(filled(include_str!("list.html"), &values))
}

/// For whoever signed out, or did not sign in.
pub(super) fn signed_out() -> Response {
    html(filled(include_str!("signed-out.html"), &[]))
}

fn filled(page: &str, values: &[(&str, String)]) -> String {
    let whole = include_str!("frame.html").replace("{{main}}", page);
    values.iter().fold(whole, |page, (place, value)| page.replace(place, value))
}

fn paper(place: usize, paper: &Paper) -> String {
    let [title, from] = [paper.title, paper.from].map(both);
    let rest = match &paper.decided {
        Some(decision) => decided(decision),
        None => buttons(place),
    };
    format!("<li class=\"card\"><h2>{title}</h2><p class=\"hint\">{from}</p>{rest}</li>\n")
}

fn decided(decision: &Decision) -> String {
    let (kind, sign, words) = if decision.approved {
        ("good", "✓", ["결재함", "Approved"])
    } else {
        ("marked", "↩", ["반려함", "Returned"])
    };
    let Official { name, ministry, staff_number, .. } = &decision.by;
    format!(
        "<p class=\"notice {kind}\"><span class=\"sign\" aria-hidden=\"true\">{sign}</span><span>{} · {} {} {} · {}</span></p>",
        both(words),
        escaped(ministry),
        escaped(name),
        escaped(staff_number),
        time(decision.at)
    )
}

/// In Korea, as Korea writes it: `2026. 11. 22. 15:18`.
fn time(at: Timestamp) -> String {
    let there = (at + Duration::hours(9)).to_string();
    let (date, clock) = there.split_once('T').unwrap_or_default();
    format!("<time datetime=\"{at}\">{}. {}</time>", date.replace('-', ". "), clock.get(..5).unwrap_or_default())
}

fn buttons(place: usize) -> String {
    let button = |approved: bool, class: &str, words| {
        format!("<button class=\"button{class}\" name=\"approved\" value=\"{approved}\">{}</button>", both(words))
    };
    format!(
        "<form method=\"post\" action=\"/decisions\" class=\"actions\"><input type=\"hidden\" name=\"paper\" value=\"{place}\">{}{}</form>",
        button(true, " primary", ["결재", "Approve"]),
        button(false, "", ["반려", "Return"])
    )
}

fn both([ko, en]: [&str; 2]) -> String {
    format!("<span lang=\"ko\">{ko}</span><span lang=\"en\">{en}</span>")
}

/// Text, and no markup. Braces, too: nothing that is put in is a place to be filled.
fn escaped(text: &str) -> String {
    escape(text).replace('{', "&#123;")
}
