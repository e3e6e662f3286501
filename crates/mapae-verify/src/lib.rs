//! Does this presentation hold? Bytes, the binding they must answer, a trust store, the time and a policy go
//! in; [`Verified`] claims come out, or the rule that stopped them.
//!
//! The order of the rules is fixed, so that one wrong thing gives one answer: the clock and the bundle's age,
//! the form of the bytes, who signed, what was signed, when it may be used, who holds it, its status, and
//! whether it is what was asked for.
//!
//! [`Verified`] has no public constructor, and nothing else in this crate shows a claim (design D3):
//!
//! ```compile_fail
//! use mapae_verify::{Verified, VerifiedCredential};
//! let made_up = Verified { credentials: Vec::new() };
//! ```
//!
//! Parsed is not verified:
//!
//! ```compile_fail,E0599
//! # let bytes: &[u8] = &[];
//! let response = mapae_mdoc::DeviceResponse::parse(bytes).unwrap();
//! response.documents()[0].elements();
//! ```
//!
//! Left out: OpenID4VP messages (the caller knows nonce, audience and transcript), revocation of relying
//! parties, and any network.

mod asked;
mod binding;
mod evidence;
mod mdoc;
mod reason;
mod rules;
mod sd_jwt;
mod verified;

pub use binding::{Binding, Policy};
pub use evidence::{Evidence, StatusEvidence};
pub use reason::{NotVerified, Refusal, Stale, Undecided};
pub use rules::{Rule, Source, rule, rules};
pub use verified::{Claims, Format, HolderBinding, Issuer, Verified, VerifiedCredential};

// What a caller needs besides, so that one dependency is enough.
pub use mapae_crypto::PublicKey;
pub use mapae_ledger::MajorityPolicy;
pub use mapae_mdoc::SessionTranscript;
pub use mapae_trust::{Bundle, TrustStore};
pub use mapae_types::Timestamp;

use mapae_trust::{Age, Freshness};

/// The longest presentation that is looked at: a dozen documents with portraits.
pub const PRESENTATION_LIMIT: usize = 1 << 20;

/// Judges a presentation: a `DeviceResponse` in CBOR, or an SD-JWT with key binding as text.
///
/// Every document of a response is verified, and one that does not hold refuses them all (hole 19 of the
/// peers). Nothing is written down anywhere; the store only remembers signers and lists that verified.
pub fn verify(
    presentation: &[u8],
    binding: &Binding<'_>,
    store: &TrustStore,
    now: Timestamp,
    policy: &Policy<'_>,
) -> Result<Verified, NotVerified> {
    let freshness = freshness(store, now, policy)?;
    let check = Check { binding, store, now, policy, freshness };
    check.bundle()?;
    let credentials = match Format::detect(presentation)? {
        Format::Mdoc => mdoc::verify(presentation, &check)?,
        Format::SdJwt => vec![sd_jwt::verify(presentation, &check)?],
    };
    Ok(Verified::new(credentials))
}

/// What every rule of one check needs.
struct Check<'a> {
    binding: &'a Binding<'a>,
    store: &'a TrustStore,
    now: Timestamp,
    policy: &'a Policy<'a>,
    freshness: Freshness,
}

/// How old evidence may be: what the bundle says for the class of use, or what the relying party made stricter.
fn freshness(store: &TrustStore, now: Timestamp, policy: &Policy<'_>) -> Result<Freshness, NotVerified> {
    let of_class = store.freshness(policy.use_class, now);
    let unknown =
        || Undecided::UseClassUnknown { class: policy.use_class.map(ToString::to_string).unwrap_or_default() };
    Ok(of_class.ok_or_else(unknown)?.tightened(policy.accept_age))
}

impl Check<'_> {
    /// Design D3: a clock earlier than the bundle decides nothing; a bundle older than allowed refuses.
    fn bundle(&self) -> Result<(), NotVerified> {
        match self.judge(self.store.as_of()) {
            Age::ClockBehind { as_of } => Err(self.clock_behind(as_of)),
            Age::TooOld { age, greatest } => Err(Refusal::EvidenceTooOld { what: Stale::Bundle, age, greatest }.into()),
            Age::Fresh(_) | Age::Marked(_) | Age::Ordered(_) => Ok(()),
        }
    }

    fn clock_behind(&self, as_of: Timestamp) -> NotVerified {
        Undecided::ClockBehind { as_of, now: self.now }.into()
    }

    fn judge(&self, as_of: Timestamp) -> Age {
        self.freshness.judge(as_of, self.now)
    }
}
