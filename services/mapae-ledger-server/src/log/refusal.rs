//! What a client is told when its entry is refused.

use axum::http::StatusCode;
use mapae_http::Problem;

use crate::RuleBroken;

/// The entry breaks a rule.
pub(super) fn refused(broken: &RuleBroken) -> Problem {
    let status = match broken {
        RuleBroken::Malformed(_) => StatusCode::BAD_REQUEST,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Problem::new(status, broken.code(), "The entry is refused").detail(broken.to_string())
}

/// The entry is longer than any.
pub(super) fn too_long() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "entry_too_long", "An entry has at most 65,535 bytes")
}

/// A path that names nothing that can be.
pub(super) fn not_found(title: &str) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", title)
}
