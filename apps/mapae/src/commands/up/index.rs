//! The one address: a page that links what runs and says what to type, and the same for a terminal.

use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    response::IntoResponse as _,
    routing::get,
};

use super::made::Made;

const PAGE: &str = include_str!("index.html");

/// Its style stands in it, and nothing else is loaded.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// The page, the bundle and the policy.
pub(super) fn routes(made: &Made, has_reader: bool) -> Router {
    let page = page(made, has_reader);
    let (bundle, policy) = (made.dir().join("trust.bundle"), made.dir().join("policy.txt"));
    let file = |path: std::path::PathBuf| {
        get(move || {
            let content = std::fs::read(&path).unwrap_or_default();
            async move { ([(header::CONTENT_TYPE, "application/octet-stream")], content) }
        })
    };
    Router::new()
        .route("/", get(move || async move { html(page).into_response() }))
        .route("/trust.bundle", file(bundle))
        .route("/policy.txt", file(policy))
}

fn html(page: String) -> ([(HeaderName, HeaderValue); 2], String) {
    let set = |value| HeaderValue::from_static(value);
    ([(header::CONTENT_TYPE, set("text/html; charset=utf-8")), (header::CONTENT_SECURITY_POLICY, set(POLICY))], page)
}

fn page(made: &Made, has_reader: bool) -> String {
    let ports = made.ports;
    let reader = if has_reader {
        format!("<a href=\"http://{}/\">http://{}/</a>", ports.reader, ports.reader)
    } else {
        "not built: <code>cargo xtask web</code>, then start again".to_owned()
    };
    let values = [
        ("{{reader}}", reader),
        ("{{issuer}}", ports.issuer.to_string()),
        ("{{office_address}}", ports.office.to_string()),
        ("{{provider}}", ports.provider.to_string()),
        ("{{log}}", ports.log.to_string()),
        ("{{office}}", made.office()),
        ("{{outbox}}", made.outbox()),
        ("{{wallet}}", made.wallet()),
    ];
    values.into_iter().fold(PAGE.to_owned(), |page, (place, value)| page.replace(place, &value))
}

/// For a terminal.
pub(super) fn text(made: &Made) -> String {
    format!(
        "Mapae runs at {}\n\n\
         In another terminal, the clerk:\n  {}\n\n\
         and the citizen, with the link that the clerk's screen shows; the code is in the message\n  {}\n  {}\n\n\
         Ctrl-C stops everything; the next start goes on.",
        made.url(),
        made.office(),
        made.outbox(),
        made.wallet()
    )
}
