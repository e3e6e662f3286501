//! What our small pages have in common: their look, the switch of languages, and what they may load.

use crate::commands::pages::Pages;

/// Own files and nothing else; no text becomes markup.
pub(super) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; \
     frame-ancestors 'none'";

/// A page with those files.
pub(super) fn with(page: Pages) -> Pages {
    page.with("look.css", include_str!("look.css")).with("look.js", include_str!("look.js"))
}
