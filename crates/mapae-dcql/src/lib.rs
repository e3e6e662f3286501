//! The Digital Credentials Query Language of OpenID4VP 1.0 §6 and §7: what a verifier asks for, and
//! whether a credential or an answer satisfies it.
//!
//! - [`DcqlQuery`]: read with [`DcqlQuery::from_json`] or built with [`DcqlQuery::new`]; every rule of §6 on
//!   its shape holds for every value of the type.
//! - [`CredentialQuery::select`]: what a wallet discloses of one [`Candidate`], and equally whether what a
//!   presentation disclosed answers the query.
//! - [`CredentialQuery::unasked`]: what a presentation disclosed although nobody asked.
//! - [`DcqlQuery::choose`] and [`DcqlQuery::satisfied_by`]: §6.4.2 for the wallet and for the verifier.
//!
//! Left out: reading JSON text (the caller's strict reader decides on duplicate members and depth), the
//! formats of W3C credentials (their queries are kept and match nothing), the inheritance of SD-JWT VC
//! types (the candidate names its own ancestors), and trust: `trusted_authorities` only helps a wallet to
//! choose, and a verifier decides by its bundle.
//!
//! ```
//! use mapae_dcql::{Candidate, ClaimPath, DcqlQuery};
//! use serde_json::json;
//!
//! let query = DcqlQuery::from_json(&json!({"credentials": [{
//!     "id": "licence",
//!     "format": "mso_mdoc",
//!     "meta": {"doctype_value": "org.iso.18013.5.1.mDL"},
//!     "claims": [{"path": ["org.iso.18013.5.1", "age_over_18"]}],
//! }]})).unwrap();
//!
//! let elements = json!({"org.iso.18013.5.1": {"age_over_18": true, "family_name": "Hong"}});
//! let candidate = Candidate::mdoc("org.iso.18013.5.1.mDL", &elements);
//! let selection = query.credentials()[0].select(&candidate).unwrap();
//! let disclosed: Vec<_> = selection.paths().collect();
//! assert_eq!(disclosed, [&ClaimPath::element("org.iso.18013.5.1", "age_over_18")]);
//! ```

mod candidate;
mod claim;
mod credential;
mod error;
mod id;
mod path;
mod query;
mod satisfy;
mod select;
mod set;
mod value;
mod wire;

pub use candidate::{Candidate, Elements};
pub use claim::ClaimQuery;
pub use credential::{CredentialQuery, TrustedAuthority, Wanted};
pub use error::{Mismatch, QueryError, Unsatisfied};
pub use id::QueryId;
pub use path::{ClaimPath, PathSegment};
pub use query::DcqlQuery;
pub use satisfy::Choice;
pub use select::{SelectedClaim, Selection};
pub use set::CredentialSetQuery;
pub use value::ExpectedValue;
