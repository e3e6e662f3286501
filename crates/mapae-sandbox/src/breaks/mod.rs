//! What an answer can do wrong, and which rule refuses it.
//!
//! Each is one wrong thing beside which everything is right, so that the rule that refuses it is the one that it is about.

mod altered;
mod make;
mod words;

use core::str::FromStr;

use mapae_issue::Format;
use mapae_verify as verify;

/// One thing that an answer does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Break {
    /// A claim has another value than the issuer signed.
    AlteredClaim,
    /// The holder signed another nonce.
    WrongNonce,
    /// The holder signed for another verifier.
    WrongAudience,
    /// What the same person showed the same verifier in an earlier session.
    Replayed,
    /// The whole answer to another session of the same verifier.
    MixUp,
    /// Encrypted to another key.
    WrongKey,
    /// Not encrypted.
    NotEncrypted,
    /// Signed by another device than the copy was issued to.
    OtherDevice,
    /// Not signed by the holder at all.
    NoKeyBinding,
    /// The holder's signature names the algorithm `none`.
    AlgorithmNone,
    /// The copy's time is over.
    Expired,
    /// The copy's time has not begun.
    NotYetValid,
    /// The copy was revoked.
    Revoked,
    /// The copy is suspended.
    Suspended,
    /// What is known of the copy's status is too old.
    StaleStatus,
    /// An issuer of a country that nobody trusts.
    UnknownIssuer,
    /// A signer whose key is in other hands.
    DistrustedSigner,
    /// A claim that nobody asked for.
    MoreThanAsked,
    /// A claim less than was asked for.
    LessThanAsked,
    /// Another document than was asked for.
    OtherDocument,
    /// Two persons' documents in one answer.
    TwoPersons,
    /// The person declines.
    Declined,
    /// Bytes that are no presentation.
    Malformed,
    /// The `state` of another request.
    WrongState,
    /// Authorises another transaction.
    WrongTransaction,
    /// The right answer, twice.
    SecondAnswer,
}

/// How a verifier refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Expected {
    /// The code of the reason: in the session's result, or of the problem for an answer that was not taken.
    pub code: &'static str,
    /// The clause that is broken, or, of a refusal by the person, used.
    pub clause: &'static str,
}

/// A name that is none of a break. It is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such break")]
pub struct BreakUnknown;

/// Which rule refuses it.
enum Refuses {
    /// One of `mapae-verify`, by its code, for an mdoc and for an SD-JWT.
    Rule(Option<&'static str>, Option<&'static str>),
    /// One of the exchange.
    Exchange(Expected),
    /// One of the exchange that SD-JWTs alone have.
    SdJwtExchange(Expected),
}

const fn exchange(code: &'static str, clause: &'static str) -> Refuses {
    Refuses::Exchange(Expected { code, clause })
}

const fn rule(code: &'static str) -> Refuses {
    Refuses::Rule(Some(code), Some(code))
}

impl Break {
    /// All of them.
    pub const ALL: [Self; 26] = [
        Self::AlteredClaim,
        Self::WrongNonce,
        Self::WrongAudience,
        Self::Replayed,
        Self::MixUp,
        Self::WrongKey,
        Self::NotEncrypted,
        Self::OtherDevice,
        Self::NoKeyBinding,
        Self::AlgorithmNone,
        Self::Expired,
        Self::NotYetValid,
        Self::Revoked,
        Self::Suspended,
        Self::StaleStatus,
        Self::UnknownIssuer,
        Self::DistrustedSigner,
        Self::MoreThanAsked,
        Self::LessThanAsked,
        Self::OtherDocument,
        Self::TwoPersons,
        Self::Declined,
        Self::Malformed,
        Self::WrongState,
        Self::WrongTransaction,
        Self::SecondAnswer,
    ];

    /// By which rule a verifier refuses it in that format; nothing where it has no meaning.
    pub fn expected(self, format: Format) -> Option<Expected> {
        match (self.refuses(), format) {
            (Refuses::Exchange(expected), _) | (Refuses::SdJwtExchange(expected), Format::SdJwt) => Some(expected),
            (Refuses::SdJwtExchange(_), Format::Mdoc) => None,
            (Refuses::Rule(code, _), Format::Mdoc) => by_rule(code?, verify::Format::Mdoc),
            (Refuses::Rule(_, code), Format::SdJwt) => by_rule(code?, verify::Format::SdJwt),
        }
    }

    const fn refuses(self) -> Refuses {
        match self {
            Self::AlteredClaim => Refuses::Rule(Some("digest_mismatch"), Some("digest_missing")),
            Self::WrongNonce | Self::Replayed => Refuses::Rule(Some("holder_binding_invalid"), Some("wrong_nonce")),
            Self::WrongAudience => Refuses::Rule(Some("holder_binding_invalid"), Some("wrong_audience")),
            Self::MixUp | Self::WrongKey => exchange("answer_undecryptable", "OpenID4VP 1.0 §8.3"),
            Self::NotEncrypted => exchange("answer_not_encrypted", "OpenID4VP 1.0 §8.3.1"),
            Self::OtherDevice => rule("holder_binding_invalid"),
            Self::NoKeyBinding => rule("holder_binding_missing"),
            Self::AlgorithmNone => rule("unsupported"),
            Self::Expired => rule("expired"),
            Self::NotYetValid => rule("not_yet_valid"),
            Self::Revoked => rule("revoked"),
            Self::Suspended => rule("suspended"),
            Self::StaleStatus => rule("status_too_old"),
            Self::UnknownIssuer => rule("issuer_unknown"),
            Self::DistrustedSigner => rule("signer_compromised"),
            Self::MoreThanAsked => exchange("more_than_asked", "OpenID4VP 1.0 §6.4.1"),
            Self::LessThanAsked | Self::OtherDocument => rule("not_what_was_asked"),
            Self::TwoPersons => exchange("holders_differ", "Mapae rule: one answer, one person (hole 18 of the peers)"),
            Self::Declined => exchange("access_denied", "OpenID4VP 1.0 §8.5"),
            Self::Malformed => rule("malformed"),
            Self::WrongState => exchange("state_differs", "OpenID4VP 1.0 §14.3.2"),
            Self::WrongTransaction => {
                Refuses::SdJwtExchange(Expected { code: "transaction_foreign", clause: "OpenID4VP 1.0 §B.3.3.1" })
            }
            Self::SecondAnswer => exchange("answer_taken", "OpenID4VP 1.0 §14.3.2"),
        }
    }

    /// Whether the answer is the only thing that is needed to refuse it: of the others the request must say something.
    pub const fn needs(self) -> Option<&'static str> {
        match self {
            Self::TwoPersons => Some("two_documents"),
            Self::WrongTransaction => Some("transaction_data"),
            _ => None,
        }
    }
}

fn by_rule(code: &'static str, format: verify::Format) -> Option<Expected> {
    let (clause, _) = verify::rule(code)?.enforced_in(format);
    Some(Expected { code, clause })
}

impl FromStr for Break {
    type Err = BreakUnknown;

    fn from_str(name: &str) -> Result<Self, BreakUnknown> {
        Self::ALL.into_iter().find(|known| known.name() == name).ok_or(BreakUnknown)
    }
}
