//! Who is at fault, and in what. What of it a wallet is told stands in [`crate::WireError`].

use mapae_jose::{JsonError, JwkError, JwsError};
use mapae_types::Timestamp;
use mapae_x509::X509Error;

/// A message that is not of its form: the fault of its sender.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageFault {
    /// Longer than any that we read.
    #[error("{len} bytes, over the limit of {limit}")]
    TooLong {
        /// Bytes given.
        len: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// The `Content-Type` is none of those expected.
    #[error("the media type is not one that this endpoint reads")]
    MediaType,
    /// Not `application/x-www-form-urlencoded`.
    #[error("the parameters are not form-encoded UTF-8")]
    NotForm,
    /// Not JSON that has one reading.
    #[error("{0}")]
    Json(#[from] JsonError),
    /// A parameter is missing.
    #[error("{name} is missing")]
    Missing {
        /// The parameter.
        name: &'static str,
    },
    /// A parameter is of another type or outside its bounds.
    #[error("{name} is malformed")]
    Malformed {
        /// The parameter.
        name: &'static str,
    },
    /// A parameter that is named twice, or a header that occurs twice.
    #[error("{name} is given more than once")]
    Repeated {
        /// The parameter.
        name: &'static str,
    },
    /// Two parameters that exclude each other.
    #[error("{name} and {other} exclude each other")]
    Exclusive {
        /// One.
        name: &'static str,
        /// The other.
        other: &'static str,
    },
    /// A parameter that may not be there.
    #[error("{name} may not be given")]
    Unexpected {
        /// The parameter.
        name: &'static str,
    },
}

/// A JWT that is not what its place demands: the fault of its signer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwtFault {
    /// Longer than any that we read.
    #[error("a JWT of {len} characters, over the limit of {limit}")]
    TooLong {
        /// Characters given.
        len: usize,
        /// Characters allowed.
        limit: usize,
    },
    /// It cannot be read, or its signature does not verify.
    #[error("{0}")]
    Jws(#[from] JwsError),
    /// The payload is not a JSON object.
    #[error("the payload: {0}")]
    Payload(#[from] JsonError),
    /// `typ` is another (RFC 8725 §3.11).
    #[error("typ is not {expected}")]
    Type {
        /// The one demanded.
        expected: &'static str,
    },
    /// `alg` is one that we know but do not accept here.
    #[error("the algorithm is not ES256")]
    Algorithm,
    /// The key in the header or in `cnf` is none.
    #[error("{0}")]
    Key(#[from] JwkError),
    /// A header member is missing, malformed, or one too many.
    #[error("the header member {name} is missing, malformed or excluded by another")]
    Member {
        /// The member.
        name: &'static str,
    },
    /// A claim is missing or malformed.
    #[error("the claim {name} is missing or malformed")]
    Claim {
        /// The claim.
        name: &'static str,
    },
    /// A claim has another value than the one demanded.
    #[error("the claim {name} is not what is expected here")]
    Differs {
        /// The claim.
        name: &'static str,
    },
    /// Too old.
    #[error("issued at {issued_at}, too long before {now}")]
    TooOld {
        /// `iat`.
        issued_at: Timestamp,
        /// Our time.
        now: Timestamp,
    },
    /// From the future, further than clocks may disagree.
    #[error("issued at {issued_at}, after {now}")]
    FromFuture {
        /// `iat` or `nbf`.
        issued_at: Timestamp,
        /// Our time.
        now: Timestamp,
    },
    /// Its `exp` has passed.
    #[error("expired at {expired}")]
    Expired {
        /// `exp`.
        expired: Timestamp,
    },
    /// No certificate chain in the header.
    #[error("no certificate in x5c")]
    ChainMissing,
    /// The chain does not lead to a root that we trust for this.
    #[error("the certificate chain: {0}")]
    Chain(#[from] X509Error),
}

/// What is wrong with an OAuth request: the client's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OAuthFault {
    /// The request is not of its form.
    #[error("{0}")]
    Message(#[from] MessageFault),
    /// `grant_type` is none of ours.
    #[error("this grant_type is not supported")]
    GrantUnsupported,
    /// `response_type` is not `code`.
    #[error("this response_type is not supported")]
    ResponseTypeUnsupported,
    /// `code_challenge_method` is not `S256` (HAIP 1.0 §4.1).
    #[error("code_challenge_method is not S256")]
    ChallengeMethod,
    /// `authorization_details` cannot be read or are of an unknown type (RFC 9396 §5).
    #[error("authorization_details are malformed or of an unknown type")]
    AuthorizationDetails,
    /// Nothing that we issue is asked for (RFC 6749 §5.2 `invalid_scope`).
    #[error("neither scope nor authorization_details ask for a credential")]
    NothingAsked,
    /// `dpop_jkt` is not the key of the DPoP proof (RFC 9449 §10.1).
    #[error("dpop_jkt is not the key of the DPoP proof")]
    DpopKeyDiffers,
    /// The verifier does not belong to the challenge (RFC 7636 §4.6).
    #[error("code_verifier does not belong to code_challenge")]
    VerifierMismatch,
}

/// What is wrong with a DPoP proof (RFC 9449 §4.3) or a token's presentation: the client's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DpopFault {
    /// No `DPoP` header.
    #[error("no DPoP proof")]
    Missing,
    /// More than one `DPoP` header.
    #[error("more than one DPoP proof")]
    Repeated,
    /// The JWT is not a DPoP proof.
    #[error("the DPoP proof: {0}")]
    Jwt(#[from] JwtFault),
    /// `nonce` is missing.
    #[error("a nonce is required in the DPoP proof")]
    NonceMissing,
    /// `nonce` is not ours or too old.
    #[error("the nonce of the DPoP proof is not a current one")]
    NonceStale,
    /// The same proof came before (RFC 9449 §11.1).
    #[error("the DPoP proof has been used before")]
    Replayed,
    /// The token or the code is bound to another key.
    #[error("the access token is bound to another key")]
    KeyDiffers,
    /// No `Authorization` header.
    #[error("no access token")]
    TokenMissing,
    /// `Authorization` is not `DPoP` and a token.
    #[error("the access token is not presented as a DPoP token")]
    TokenScheme,
    /// The token is unknown, expired or withdrawn.
    #[error("the access token is unknown, expired or withdrawn")]
    TokenUnknown,
}

/// What is wrong with a client attestation or its proof of possession: the client's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientFault {
    /// No client attestation where one is required.
    #[error("a client attestation is required")]
    Missing,
    /// An attestation without proof of possession, or the reverse, or either of them twice.
    #[error("exactly one client attestation and one proof of possession belong together")]
    Incomplete,
    /// The attestation.
    #[error("the client attestation: {0}")]
    Attestation(JwtFault),
    /// The proof of possession.
    #[error("the proof of possession: {0}")]
    Pop(JwtFault),
    /// `challenge` is missing.
    #[error("a challenge is required in the proof of possession")]
    ChallengeMissing,
    /// `challenge` is not ours or too old.
    #[error("the challenge is not a current one")]
    ChallengeStale,
    /// The attestation is too old for us.
    #[error("the client attestation is not fresh enough")]
    NotFresh,
    /// `client_id` of the request is another.
    #[error("client_id is not that of the client attestation")]
    ClientIdDiffers,
    /// The same proof of possession came before.
    #[error("the proof of possession has been used before")]
    Replayed,
}

/// What is wrong with a key proof (OpenID4VCI §F.4): the wallet's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofFault {
    /// No proofs.
    #[error("proofs are missing")]
    Missing,
    /// Not exactly one type of proof that we support.
    #[error("proofs hold exactly one of jwt and attestation")]
    Type,
    /// None, or more than a batch may have.
    #[error("{count} keys where 1 to {max} are allowed")]
    Count {
        /// Keys given.
        count: usize,
        /// Keys allowed.
        max: usize,
    },
    /// A proof.
    #[error("the key proof: {0}")]
    Proof(JwtFault),
    /// A key attestation.
    #[error("the key attestation: {0}")]
    Attestation(JwtFault),
    /// No key attestation where one is required.
    #[error("a key attestation is required")]
    AttestationMissing,
    /// The attestation's level is none of those accepted.
    #[error("the level of {claim} is not accepted")]
    Level {
        /// `key_storage` or `user_authentication`.
        claim: &'static str,
    },
    /// The proof's key is not among those attested.
    #[error("the key of the proof is not an attested one")]
    KeyNotAttested,
    /// Two copies would have one key.
    #[error("a key occurs twice")]
    KeyRepeated,
    /// A key proof carries no `c_nonce`.
    #[error("a key proof without c_nonce")]
    NonceMissing,
    /// Proofs of one request carry different `c_nonce`s.
    #[error("the key proofs carry different c_nonces")]
    NonceDiffers,
    /// The `c_nonce` is not ours, too old or used.
    #[error("the c_nonce is not a current one")]
    NonceInvalid,
}

/// What is wrong with the encryption of a request, or with the parameters for that of its answer: the wallet's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncryptionFault {
    /// The request had to be encrypted: always, or because it asks for an encrypted answer (§8.2).
    #[error("the request must be encrypted")]
    RequestNotEncrypted,
    /// An encrypted request that nobody here can read.
    #[error("the request is not encrypted to a key of ours")]
    Undecryptable,
    /// The answer must be encrypted, and nothing says how.
    #[error("credential_response_encryption is required")]
    ResponseRequired,
    /// `credential_response_encryption` is malformed or asks for what we do not do.
    #[error("credential_response_encryption: {name} is missing or not supported")]
    Parameter {
        /// The member.
        name: &'static str,
    },
    /// Encryption is not offered here.
    #[error("encryption is not supported")]
    Unsupported,
}

/// What is wrong with a request for credentials: the wallet's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialFault {
    /// The request is not of its form.
    #[error("{0}")]
    Message(#[from] MessageFault),
    /// A key proof.
    #[error("{0}")]
    Proof(#[from] ProofFault),
    /// The encryption.
    #[error("{0}")]
    Encryption(#[from] EncryptionFault),
    /// The configuration is none of the issuer's.
    #[error("the credential configuration is unknown")]
    ConfigurationUnknown,
    /// The identifier is none of the token's.
    #[error("the credential identifier is unknown")]
    IdentifierUnknown,
    /// The issuer will not issue, and asking again does not help.
    #[error("the credential will not be issued")]
    Denied,
    /// The `transaction_id` is unknown or used.
    #[error("the transaction_id is unknown or used")]
    TransactionUnknown,
}

/// What is wrong with a notification: the wallet's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotificationFault {
    /// The request is not of its form.
    #[error("{0}")]
    Message(#[from] MessageFault),
    /// The `notification_id` is none of the token's.
    #[error("the notification_id is unknown")]
    IdUnknown,
}

/// What is wrong with an offer: the fault of whoever made it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OfferFault {
    /// Not of its form.
    #[error("{0}")]
    Message(#[from] MessageFault),
    /// Neither the wallet's scheme nor an address with an offer in its query.
    #[error("not the address of a credential offer")]
    NotAnOffer,
    /// The issuer's identifier is no URL that may be one.
    #[error("credential_issuer is no acceptable URL")]
    Issuer,
}

/// What is wrong with metadata: the issuer's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataFault {
    /// Not of its form.
    #[error("{0}")]
    Message(#[from] MessageFault),
    /// It names another issuer than the one asked (§12.2.4, RFC 8414 §3.3).
    #[error("the metadata are another issuer's")]
    IssuerDiffers,
    /// Claims descriptions that repeat or contradict one another (§C.3).
    #[error("claims descriptions repeat or contradict one another")]
    Claims,
    /// The signature of signed metadata (§12.2.3).
    #[error("the signed metadata: {0}")]
    Signed(#[from] JwtFault),
}
