//! A sample country for developers: people with documents, and wallets that answer a verifier rightly, or wrongly on purpose.
//!
//! A [`Country`] issues to people who do not exist ([`mapae_sample`]), registers relying parties and publishes a bundle;
//! a [`Pocket`] is a person's wallet that consents to everything. [`Break`] names what an answer can do wrong, and which
//! rule a verifier refuses it by. Nothing here is a secret: who has the seed has every key.
//!
//! Left out: sending ([`open`] and [`Pocket::answer`] take and give messages), the Digital Credentials API, and the
//! wallet that asks its holder (`mapae-wallet`).
//!
//! ```
//! use mapae_oid4vp::{Begun, Call, HttpRequest, HttpResponse};
//! use mapae_sandbox::Country;
//! use mapae_types::{Entropy, Timestamp};
//!
//! fn answer(link: &str, now: Timestamp, entropy: &mut dyn Entropy, send: impl Fn(&HttpRequest) -> HttpResponse) {
//!     let country = Country::new(&[7; 32], now, "https://sandbox.example").unwrap();
//!     let adult = country.people("licence").next().unwrap();
//!     let pocket = country.issue(adult, &["resident", "licence"], entropy).unwrap();
//!
//!     let Begun::Fetch(awaiting) = Call::parse(link).unwrap().begin(entropy).unwrap() else { return };
//!     let response = send(awaiting.request());
//!     let request = mapae_sandbox::open(awaiting, &response, &[country.root().clone()], now).unwrap();
//!     send(&pocket.answer(&request, now, entropy).unwrap());
//! }
//! ```

mod answer;
mod breaks;
mod card;
mod cast;
mod country;
mod error;
mod open;
mod pki;
mod pocket;
mod present;
mod register;
mod relying_party;
mod status;

pub use breaks::{Break, BreakUnknown, Expected};
pub use country::Country;
pub use error::SandboxError;
pub use open::open;
pub use pocket::Pocket;
pub use relying_party::RelyingPartyPlan;
