//! Documents of ISO/IEC 18013-5: issue, present, verify.
//!
//! | step | from | to |
//! |---|---|---|
//! | issue | [`Template`] and one [`Copy`](struct@Copy) | [`UnsignedMdoc`], signed → `IssuerSigned` bytes |
//! | present | [`HeldMdoc`] and a [`SessionTranscript`] | [`UnsignedResponse`], signed → `DeviceResponse` bytes |
//! | verify | [`DeviceResponse`] → [`IssuerAuthentic`] → [`ValidMdoc`] | [`VerifiedMdoc`], the only type here that shows a verifier elements |
//!
//! Each step of verification is a value that only the step before can make (design D3), and the bytes
//! that were signed are never written anew (design D4). Which signer's key is trusted is decided outside,
//! by `mapae-x509` and `mapae-verify`.
//!
//! Left out: device engagement, session encryption and the radio transports (they belong to proximity),
//! and status look-ups (the MSO's reference is handed out).
//!
//! ```
//! use mapae_cose::cbor::Value;
//! use mapae_crypto::SigningKey;
//! use mapae_mdoc::{Copy, DeviceResponse, HeldMdoc, NameSpace, SessionTranscript, Template, ValidityInfo};
//! # struct Counter(u8);
//! # impl mapae_types::Entropy for Counter {
//! #     fn fill(&mut self, bytes: &mut [u8]) -> Result<(), mapae_types::EntropyError> {
//! #         for b in bytes { self.0 = self.0.wrapping_mul(5).wrapping_add(1); *b = self.0; }
//! #         Ok(())
//! #     }
//! # }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (issuer, device) = (SigningKey::from_scalar(&[1; 32])?, SigningKey::from_scalar(&[2; 32])?);
//!
//! let elements = [NameSpace::new("org.iso.18013.5.1", [("family_name", Value::from("HONG"))])];
//! let template = Template::new("org.iso.18013.5.1.mDL", &elements);
//! let signed = "2026-11-21T00:00:00Z".parse()?;
//! let validity = ValidityInfo::new(signed, signed, "2027-11-21T00:00:00Z".parse()?)?;
//! let copy = Copy { device_key: device.public(), validity, status: None, x5chain: &[b"certificate in DER"] };
//! let unsigned = template.issue(&copy, &mut Counter(1))?;
//! let signature = issuer.sign(unsigned.to_be_signed())?;
//! let issuer_signed = unsigned.attach(&signature);
//!
//! let transcript = SessionTranscript::openid4vp("client", "nonce", None, "https://rp.example/response");
//! let held = HeldMdoc::parse(&issuer_signed)?;
//! let unsigned = held.present(&[("org.iso.18013.5.1", "family_name")], &transcript)?;
//! let signature = device.sign(unsigned.to_be_signed())?;
//! let presentation = unsigned.attach(&signature);
//!
//! let response = DeviceResponse::parse(&presentation)?;
//! let document = response.documents()[0].verify_issuer(issuer.public())?;
//! let verified = document.valid_at("2026-12-01T00:00:00Z".parse()?)?.verify_device(&transcript, None)?;
//! assert_eq!(verified.elements().next().unwrap().identifier, "family_name");
//! # Ok(())
//! # }
//! ```

mod device_auth;
mod error;
mod issue;
mod issuer_signed;
mod mso;
mod present;
mod reader_auth;
mod response;
mod transcript;
mod verify;

pub use device_auth::device_mac_key;
pub use error::MdocError;
pub use issue::{Copy, NameSpace, Template, UnsignedMdoc};
pub use mso::ValidityInfo;
pub use present::{HeldElement, HeldMdoc, UnsignedResponse};
pub use reader_auth::{DeviceRequest, DocRequest};
pub use response::{DeviceResponse, Document};
pub use transcript::SessionTranscript;
pub use verify::{Element, IssuerAuthentic, ValidMdoc, VerifiedMdoc};
