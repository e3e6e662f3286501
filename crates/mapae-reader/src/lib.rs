//! What a reader does between files and people, the same on a command line and in a browser: read the request that a
//! presentation must answer, judge the answer, say the verdict.
//!
//! - [`Request`]: the OpenID4VP request of a file, hence binding and policy.
//! - [`judge`]: a presentation, its request, a trust store and the time in; [`Verified`] out, or why not.
//! - [`report`]: a verdict for programs. [`view`]: a verified credential for people, in two languages.
//! - [`Handed`], [`bundle::open`], [`policy`], [`order`]: the files on which verdicts rest, each believed only by what was
//!   believed before.
//! - [`tries`]: what somebody may alter in a presentation to see which rule notices.
//!
//! Left out: files, clocks and screens, which `apps/` has; OpenID4VP's other messages.
//!
//! ```
//! use mapae_reader::{Request, RequestError};
//!
//! let request = Request::parse(br#"{ "client_id": "redirect_uri:https://rp.example/r" }"#);
//! assert_eq!(request.unwrap_err(), RequestError::Missing { member: "dcql_query" });
//! ```

pub mod bundle;
mod error;
mod handed;
pub mod order;
pub mod policy;
pub mod presentation;
pub mod report;
mod request;
mod tries;
mod view;

pub use error::{BundleRefused, NotAPresentation, OrderRefused, OtherAnchor, RequestError};
pub use handed::Handed;
pub use request::Request;
pub use tries::tries;
pub use view::{asked, view};

use mapae_trust::TrustStore;
use mapae_types::Timestamp;
use mapae_verify::{NotVerified, Policy, Verified, verify};

/// Judges the answer to a request. The policy starts from [`Request::policy`].
pub fn judge(
    presentation: &[u8],
    request: &Request,
    store: &TrustStore,
    now: Timestamp,
    policy: &Policy<'_>,
) -> Result<Verified, NotVerified> {
    verify(presentation::trim_line_end(presentation), &request.binding(), store, now, policy)
}
