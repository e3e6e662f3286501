//! Judging an answer whole: each presentation by `mapae-verify` against its own query, and all of them together.

use mapae_dcql::{ClaimPath, CredentialQuery, QueryId};
use mapae_document::Catalogue;
use mapae_oid4vp::verifier::{AnsweredTransaction, ReceivedPresentations};
use mapae_trust::TrustStore;
use mapae_types::{Duration, Timestamp, UseClass};
use mapae_verify::{Binding, Format, NotVerified, Policy, Verified, VerifiedCredential, verify};

use super::{
    claims::{self, Leaf},
    holders::{Apart, Person, one_person},
};
use crate::asking::Holders;

/// By what an answer is judged.
pub(crate) struct Judge<'a> {
    /// The newest bundle that could be had.
    pub(crate) store: &'a TrustStore,
    pub(crate) catalogue: &'a Catalogue,
    /// The registered class of use.
    pub(crate) class: &'a UseClass,
    /// How old evidence may be, if that is stricter than the bundle.
    pub(crate) accept_age: Option<Duration>,
    /// How long before the answer a holder may have signed: as long as the request held.
    pub(crate) within: Duration,
}

/// An answer that holds. Only [`Judge::judge`] makes one, of what `mapae-verify` verified.
pub(crate) struct Held {
    credentials: Vec<HeldCredential>,
    transactions: Vec<AnsweredTransaction>,
    verified: Vec<Verified>,
}

/// A credential that was asked for, and holds.
pub(crate) struct HeldCredential {
    query: QueryId,
    credential: VerifiedCredentialFacts,
    claims: Vec<Leaf>,
}

/// What is told of a verified credential beside its claims.
pub(super) struct VerifiedCredentialFacts {
    pub(super) format: Format,
    pub(super) document_type: String,
    pub(super) issuer: mapae_verify::Issuer,
    pub(super) evidence: mapae_verify::Evidence,
    pub(super) valid_until: Option<Timestamp>,
}

/// Why an answer does not hold. Nothing of what it claims comes out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotHeld {
    /// No bundle could be had since this verifier was set up.
    #[error("there is no trust bundle yet")]
    BundleMissing,
    /// A rule of the format, of trust or of the query.
    #[error("{reason}")]
    NotVerified { query: QueryId, reason: NotVerified },
    /// More documents than the query takes.
    #[error("more credentials than were asked for")]
    Several { query: QueryId },
    /// More than was asked for (OpenID4VP 1.0 §6.4.1).
    #[error("{path} was disclosed and not asked for")]
    Unasked { query: QueryId, path: ClaimPath },
    /// Two persons' documents.
    #[error("the credentials differ in {attribute}: they are not one person's")]
    HoldersDiffer { attribute: &'static str },
    /// Perhaps two persons' documents.
    #[error("nothing shows that the credentials are one person's")]
    HoldersNotComparable,
}

impl Judge<'_> {
    /// All of an answer, or nothing (peers' hole 19).
    pub(crate) fn judge(
        &self,
        received: &ReceivedPresentations,
        holders: Holders,
        at: Timestamp,
    ) -> Result<Held, NotHeld> {
        let (mut credentials, mut verified) = (Vec::new(), Vec::new());
        for (id, presentations) in received.presentations() {
            credentials.extend(self.answers(received, id, presentations, at, &mut verified)?);
        }
        if holders == Holders::One {
            check_holders(&credentials)?;
        }
        Ok(Held { credentials, transactions: received.transactions().to_vec(), verified })
    }

    /// The presentations of one query, which must answer that one.
    fn answers(
        &self,
        received: &ReceivedPresentations,
        id: &QueryId,
        presentations: &[Vec<u8>],
        at: Timestamp,
        all: &mut Vec<Verified>,
    ) -> Result<Vec<HeldCredential>, NotHeld> {
        let query = received.query().credential(id.as_str());
        let (Some(query), Some(alone)) = (query, received.asked_of(id)) else {
            return Err(NotHeld::Several { query: id.clone() });
        };
        let policy = Policy::default().asking(&alone).for_use(Some(self.class));
        let policy = policy.accepting_age(self.accept_age).presented_within(self.within);
        let mut held = Vec::new();
        for presentation in presentations {
            let binding = Binding::new(received.transcript().clone(), received.audience(), received.nonce());
            let verified = verify(presentation, &binding, self.store, at, &policy);
            let verified = verified.map_err(|reason| NotHeld::NotVerified { query: id.clone(), reason })?;
            held.extend(self.asked_of(&verified, query, presentation)?);
            all.push(verified);
        }
        if held.len() > 1 && !query.multiple() { Err(NotHeld::Several { query: id.clone() }) } else { Ok(held) }
    }

    fn asked_of(
        &self,
        verified: &Verified,
        query: &CredentialQuery,
        presentation: &[u8],
    ) -> Result<Vec<HeldCredential>, NotHeld> {
        verified.credentials().iter().map(|credential| self.held(credential, query, presentation)).collect()
    }

    fn held(
        &self,
        credential: &VerifiedCredential,
        query: &CredentialQuery,
        presentation: &[u8],
    ) -> Result<HeldCredential, NotHeld> {
        let disclosed = match credential.format() {
            Format::Mdoc => None,
            Format::SdJwt => Some(claims::disclosed_names(presentation)),
        };
        let leaves = claims::leaves(credential, self.catalogue);
        let asked = claims::asked_only(leaves, query, disclosed.as_deref());
        let claims = asked.map_err(|path| NotHeld::Unasked { query: query.id().clone(), path })?;
        Ok(HeldCredential { query: query.id().clone(), credential: VerifiedCredentialFacts::of(credential), claims })
    }
}

fn check_holders(credentials: &[HeldCredential]) -> Result<(), NotHeld> {
    let told = |one: &HeldCredential| one.claims.iter().map(|leaf| (leaf.id.clone(), leaf.value.clone())).collect();
    let persons: Vec<Person> = credentials.iter().map(told).collect();
    one_person(&persons.iter().collect::<Vec<_>>()).map_err(|apart| match apart {
        Apart::Differ(attribute) => NotHeld::HoldersDiffer { attribute },
        Apart::NotComparable => NotHeld::HoldersNotComparable,
    })
}

impl Held {
    pub(super) fn credentials(&self) -> &[HeldCredential] {
        &self.credentials
    }

    /// The presentations, each as it was verified.
    pub(crate) fn verified(&self) -> &[Verified] {
        &self.verified
    }

    pub(super) fn transactions(&self) -> &[AnsweredTransaction] {
        &self.transactions
    }
}

impl HeldCredential {
    pub(super) const fn query(&self) -> &QueryId {
        &self.query
    }

    pub(super) const fn facts(&self) -> &VerifiedCredentialFacts {
        &self.credential
    }

    pub(super) fn claims(&self) -> &[Leaf] {
        &self.claims
    }
}

impl VerifiedCredentialFacts {
    fn of(credential: &VerifiedCredential) -> Self {
        Self {
            format: credential.format(),
            document_type: credential.document_type().to_owned(),
            issuer: credential.issuer().clone(),
            evidence: credential.evidence().clone(),
            valid_until: credential.valid_until(),
        }
    }
}

impl NotHeld {
    /// A word for programs that stays the same.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::BundleMissing => "bundle_missing",
            Self::NotVerified { reason, .. } => reason.code(),
            Self::Several { .. } | Self::Unasked { .. } => "more_than_asked",
            Self::HoldersDiffer { .. } => "holders_differ",
            Self::HoldersNotComparable => "holders_not_comparable",
        }
    }

    /// Which credential query it is about.
    pub(crate) fn query(&self) -> Option<&str> {
        match self {
            Self::NotVerified { query, .. } | Self::Several { query } | Self::Unasked { query, .. } => {
                Some(query.as_str())
            }
            _ => None,
        }
    }

    /// Whether a rule is broken, or something is missing to judge by.
    pub(crate) const fn verdict(&self) -> &'static str {
        match self {
            Self::BundleMissing | Self::NotVerified { reason: NotVerified::Undecided(_), .. } => "undecided",
            _ => "refused",
        }
    }
}
