//! OpenID4VP 1.0 and HAIP 1.0: both halves, by redirects and by the Digital Credentials API.
//!
//! ```text
//! link, code ─ Call ─► Begun::Fetch(AwaitingRequest) ─► RequestObject ─ authenticate ─► AuthenticRequest ─► Request
//!                      Begun::Here(RequestObject) ───────┘           └─ unauthenticated ───────────────────┘
//! Request ─ answer, refuse ─► HttpRequest … HttpResponse ─► Answered
//! page's request, origin ─ BrowserCall ─► BrowserRequest ─ answer, refuse ─► what the browser hands to the page
//! ```
//!
//! Nothing here opens a socket, reads a clock or signs (design D5): requests to send are handed out, responses come in,
//! time and randomness are arguments. What a [`Request`] says is bound into every answer to it: an mdoc by
//! [`Request::transcript`], an SD-JWT by [`Request::audience`] and [`Request::nonce`].
//!
//! Left out: other response modes by redirects than `direct_post` and `direct_post.jwt`, encrypted request objects, scopes
//! in place of queries, W3C credentials; and decisions: who may ask for what is a registration's, whether to answer is the
//! holder's.
//!
//! ```
//! use mapae_oid4vp::{Call, RequestFault};
//!
//! let link = "openid4vp://?client_id=x509_san_dns%3Alibrary.example&request_uri=https%3A%2F%2Flibrary.example%2Frequest";
//! assert!(matches!(Call::parse(link), Ok(Call::Reference { .. })));
//! let link = "openid4vp://?client_id=origin%3Ahttps%3A%2F%2Flibrary.example&request_uri=https%3A%2F%2Flibrary.example";
//! assert_eq!(Call::parse(link), Err(RequestFault::OriginClaimed));
//! ```

mod answer;
mod browser;
mod call;
mod client_id;
mod fault;
mod fetch;
mod form;
mod members;
mod metadata;
mod number;
mod oauth;
mod object;
mod request;
mod transaction;
mod uri;
pub mod verifier;
mod verifier_info;

pub use answer::{Answered, Presentation, Redirect};
pub use browser::{BrowserCall, BrowserRequest};
pub use call::{Call, RequestUriMethod};
pub use client_id::{ClientId, ClientIdPrefix};
pub use fault::{AnswerFault, Party, RequestFault};
pub use fetch::{AwaitingRequest, Begun};
pub use mapae_types::http::{HttpRequest, HttpResponse, Method};
pub use metadata::ResponseKey;
pub use number::session_number;
pub use oauth::OAuthError;
pub use object::{AuthenticRequest, RequestObject};
pub use request::{Request, ResponseMode};
pub use transaction::TransactionData;
pub use verifier_info::VerifierInfo;
