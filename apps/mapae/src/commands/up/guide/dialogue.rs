//! What a relying party's developer types: a session of the library's verifier by REST, and where an OpenID client begins.

use crate::commands::up::{made::Made, shown, verifiers::Verifiers};

/// Asks for a proof of age, answers it with the wallet on the command line, and fetches the verified claims.
pub(super) fn curl(made: &Made, verifiers: &Verifiers) -> String {
    let at = |name: &str| shown(made.dir(), name);
    include_str!("dialogue.sh")
        .trim_end()
        .replace("{{verifier}}", &verifiers.library.url)
        .replace("{{key}}", &at("verifiers/library/curl.key"))
        .replace("{{wallet}}", &at("wallet"))
        .replace("{{bundle}}", &at("trust.bundle"))
        .replace("{{policy}}", &at("policy.txt"))
}

/// What an OpenID client is told.
pub(super) fn discovery(verifiers: &Verifiers) -> String {
    format!("{}/.well-known/openid-configuration", verifiers.ministry.issuer())
}
