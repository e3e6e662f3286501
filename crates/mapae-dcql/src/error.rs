//! What can be wrong, by the party at fault: the author of a query, a credential, an answer.

use crate::{ClaimPath, QueryId};

/// The verifier's query breaks a rule of OpenID4VP 1.0 §6 or §7.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// A required member is absent.
    #[error("the query lacks {member}")]
    Missing {
        /// The member's name.
        member: &'static str,
    },
    /// A member has another JSON type than the specification gives it.
    #[error("{member} of the query has the wrong type")]
    WrongType {
        /// The member's name.
        member: &'static str,
    },
    /// An array that must not be empty is.
    #[error("{member} of the query is empty")]
    Empty {
        /// The member's name.
        member: &'static str,
    },
    /// An id is empty or has characters other than `A–Z a–z 0–9 _ -`.
    #[error("an id of the query has a forbidden form")]
    IdInvalid,
    /// Two credential queries, or two claims of one credential query, have the same id.
    #[error("the query uses the id {id} twice")]
    IdRepeated {
        /// The id that occurs twice.
        id: QueryId,
    },
    /// `claim_sets` or `credential_sets` names an id that nothing has.
    #[error("the query refers to {id}, which it does not define")]
    IdUnknown {
        /// The id referred to.
        id: QueryId,
    },
    /// `claim_sets` is present, but `claims` is not (§6.4.1).
    #[error("the query for {credential} has claim_sets without claims")]
    ClaimSetsWithoutClaims {
        /// The credential query.
        credential: QueryId,
    },
    /// `claim_sets` is present, and a claim has no id (§6.3).
    #[error("the query for {credential} has claim_sets, and a claim without id")]
    ClaimIdMissing {
        /// The credential query.
        credential: QueryId,
    },
    /// The path of an mdoc claim is not a namespace and an element (§7.2.1).
    #[error("the query for {credential} has a path that is no namespace and element")]
    NotAnElement {
        /// The credential query.
        credential: QueryId,
    },
}

/// The credential does not answer the credential query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Mismatch {
    /// The credential has another format, or the query's format is not supported.
    #[error("the credential has another format than the one asked for")]
    Format,
    /// The credential has another document type or `vct`.
    #[error("the credential is of another type than those asked for")]
    Type,
    /// No certificate or list of the credential is among the trusted authorities of the query.
    #[error("the credential's issuer is not among the authorities asked for")]
    Authority,
    /// A claim is absent, or has none of the expected values.
    #[error("the credential lacks the claim {path}, or it has another value")]
    Claim {
        /// The path of the first claim that is missing.
        path: ClaimPath,
    },
    /// None of the alternatives in `claim_sets` can be satisfied.
    #[error("the credential satisfies none of the {alternatives} claim sets")]
    NoClaimSet {
        /// How many alternatives there were.
        alternatives: usize,
    },
}

/// The credentials at hand, or those in an answer, do not satisfy the query as a whole (§6.4.2).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unsatisfied {
    /// Every credential query must be answered, and this one is not.
    #[error("no credential answers the query {id}")]
    CredentialMissing {
        /// The credential query.
        id: QueryId,
    },
    /// None of the options of a required credential set is answered in full.
    #[error("no option of credential set {index} is answered in full")]
    SetMissing {
        /// The place of the set in `credential_sets`, from 0.
        index: usize,
    },
    /// The answer has more than one credential where `multiple` is false.
    #[error("more than one credential for the query {id}")]
    Several {
        /// The credential query.
        id: QueryId,
    },
    /// The answer names a credential query that was not asked.
    #[error("an answer to a query that was not asked")]
    NotAsked,
}
