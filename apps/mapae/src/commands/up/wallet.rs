//! The wallet page, at an address by which browsers let it have passkeys: `localhost`, which they take for a domain.

use std::path::Path;

use axum::Router;
use serde_json::json;

use super::made::Made;
use crate::{commands::pages::Pages, failure::Outcome};

/// As in the page itself, which a server of plain files sends without headers; and that nobody frames it, which only a
/// header can say.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; \
     connect-src 'self' https: http://127.0.0.1:* http://localhost:*; manifest-src 'self'; worker-src 'self'; \
     media-src blob: mediastream:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; \
     trusted-types mapae; frame-ancestors 'none'";

/// Whom this installation of the page serves: the host's own file, and part of no release.
const CONFIG: &str = "config.json";

/// The page in a folder, and its configuration.
pub(super) fn routes(folder: &Path, made: &Made) -> Outcome<Router> {
    let config = json!({
        "bundle": format!("{}trust.bundle", made.url()),
        "policy": format!("{}policy.txt", made.url()),
        "wallet_provider": format!("http://{}", made.ports.provider),
        "guide": made.url(),
        // Everybody here is somebody who does not exist.
        "sample": true,
    });
    Ok(Pages::read(folder, POLICY)?.with(CONFIG, config.to_string()).routes())
}
