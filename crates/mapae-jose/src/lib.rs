//! JOSE, as far as Mapae needs it: strict JSON, base64url, JWS and JWE in compact form, public keys as JWK.
//!
//! Strict means that every input has one reading: a JSON object that names a member twice, base64url with
//! padding or stray bits, a header with an extension that nobody here understands, are refused, not repaired.
//! Left out: the JSON serialisations, MACs, RSA, key management for JWE other than ECDH-ES.
//!
//! Nothing here signs. [`UnsignedJws`] says what is to be signed and takes the signature (design D5); the
//! payload of a received [`Jws`] can be read only once it is a [`VerifiedJws`].
//!
//! ```
//! use mapae_crypto::SigningKey;
//! use mapae_jose::{Jws, Object, UnsignedJws};
//!
//! let key = SigningKey::from_scalar(&[7; 32]).unwrap();
//! let header = Object::from_iter([("alg".into(), "ES256".into()), ("typ".into(), "example+jwt".into())]);
//! let unsigned = UnsignedJws::new(&header, br#"{"answer":42}"#);
//! let signature = key.sign(unsigned.to_be_signed()).unwrap();
//! let text = unsigned.attach(&signature);
//!
//! let verified = Jws::parse(&text).unwrap().verify(key.public()).unwrap();
//! assert_eq!(verified.payload_object().unwrap()["answer"], 42);
//! ```

pub mod base64url;
mod header;
pub mod json;
mod jwe;
mod jwk;
mod jws;

pub use header::{Header, x5c_value};
pub use json::{JsonError, Object, Value};
pub use jwe::{Jwe, JweEncrypter, JweError, JweHeader};
pub use jwk::{Jwk, JwkError};
pub use jws::{Jws, JwsError, UnsignedJws, VerifiedJws};
