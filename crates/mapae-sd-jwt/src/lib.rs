//! SD-JWT (RFC 9901) as SD-JWT VC (draft-ietf-oauth-sd-jwt-vc-13, `typ` `dc+sd-jwt`): issue, present, verify.
//!
//! - The issuer makes [`Claims`], says in an [`Issuance`] what surrounds them, and signs the [`UnsignedSdJwt`].
//! - The holder reads an [`SdJwt`], selects claims, and signs the [`UnsignedKeyBinding`].
//! - The verifier takes a presentation through [`SdJwtPresentation`] → [`IssuerVerified`] → [`Processed`] →
//!   [`VerifiedSdJwt`]; only the last lets claims be read. Key binding is never optional.
//!
//! Left out: the JWS JSON serialisation, type metadata, `vc+sd-jwt`, JWT VC issuer metadata. Whose key signs is
//! decided elsewhere, on the certificates of `x5c`; the caller hands in the key of the certificate that it trusts.
//!
//! ```
//! use mapae_crypto::{Algorithm, SigningKey};
//! use mapae_jose::Jwk;
//! use mapae_sd_jwt::{Claim, Claims, Issuance, KeyBinding, KeyBindingExpectation, PathElement, SdJwt, SdJwtPresentation};
//! use mapae_types::{Duration, Entropy, EntropyError, Timestamp};
//!
//! struct Counter(u8); // For the example only: a service hands in the operating system's randomness.
//! impl Entropy for Counter {
//!     fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
//!         bytes.fill_with(|| { self.0 = self.0.wrapping_mul(5).wrapping_add(1); self.0 });
//!         Ok(())
//!     }
//! }
//!
//! let (issuer, holder) = (SigningKey::from_scalar(&[1; 32])?, SigningKey::from_scalar(&[2; 32])?);
//! let now: Timestamp = "2026-11-21T09:00:00Z".parse()?;
//!
//! // The issuer.
//! let claims = Claims::new()
//!     .with("family_name", Claim::selective("Hong"))?
//!     .with("birthdate", Claim::selective("1990-01-01"))?;
//! let unsigned = Issuance {
//!     algorithm: Algorithm::Es256,
//!     x5c: &[],
//!     vct: "https://id.example/resident",
//!     issuer: None,
//!     issued_at: now.start_of_day(),
//!     not_before: None,
//!     expires: Some(now.start_of_day() + Duration::days(365)),
//!     holder: &Jwk::from(holder.public().clone()),
//!     status: None,
//!     decoys: 4,
//! }
//! .prepare(&claims, &mut Counter(0))?;
//! let signature = issuer.sign(unsigned.to_be_signed())?;
//! let issued = unsigned.attach(&signature);
//!
//! // The holder.
//! let held = SdJwt::accept(&issued, issuer.public(), holder.public())?;
//! let selected = held.select(&[&[PathElement::Name("family_name")]])?;
//! let unsigned = selected.bind(Algorithm::Es256, &KeyBinding { audience: "shop", nonce: "n-1", issued_at: now });
//! let signature = holder.sign(unsigned.to_be_signed())?;
//! let presented = unsigned.attach(&signature);
//!
//! // The verifier.
//! let expected = KeyBindingExpectation {
//!     audience: "shop",
//!     nonce: "n-1",
//!     now,
//!     max_age: Duration::seconds(300),
//!     skew: Duration::seconds(60),
//! };
//! let verified =
//!     SdJwtPresentation::parse(&presented)?.verify_issuer(issuer.public())?.process()?.verify_holder(&expected)?;
//! assert_eq!(verified.claims()["family_name"], "Hong");
//! assert!(!verified.claims().contains_key("birthdate"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;
mod disclosure;
mod error;
mod hold;
mod issue;
mod key_binding;
mod path;
mod process;
mod registered;
mod split;
mod verify;

pub use claims::{Claim, Claims, Content};
pub use error::{HolderFault, IssueError, IssuerFault, PresentError, SdJwtError};
pub use hold::{SdJwt, Selected};
pub use issue::{Issuance, UnsignedSdJwt};
pub use key_binding::{KeyBinding, KeyBindingExpectation, UnsignedKeyBinding};
pub use mapae_types::StatusReference;
pub use path::PathElement;
pub use verify::{IssuerVerified, Processed, SdJwtPresentation, VerifiedSdJwt};

/// `typ` of the issuer-signed JWT (SD-JWT VC §3.2.1). The older `vc+sd-jwt` is not accepted.
pub const CREDENTIAL_TYPE: &str = "dc+sd-jwt";

/// `typ` of the key-binding JWT (RFC 9901 §4.3).
pub const KEY_BINDING_TYPE: &str = "kb+jwt";

/// Characters of an SD-JWT that we read at most.
pub const MAX_LEN: usize = 1 << 20;

/// Disclosures of an SD-JWT that we read at most.
pub const MAX_DISCLOSURES: usize = 256;

/// Claims that a disclosure may not carry at the top level: SD-JWT VC §3.2.2.2, and `_sd_alg` (RFC 9901 §4.1.1).
const NEVER_SELECTIVE: [&str; 8] = ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status", HASH_CLAIM];

const DIGESTS: &str = "_sd";
const PLACEHOLDER: &str = "...";
const HASH_CLAIM: &str = "_sd_alg";
