//! OpenID4VCI 1.0 and HAIP 1.0: messages, and both parties' state machines.
//!
//! Nothing here opens a socket, reads a clock or signs: requests come in as bytes and become typed values, time and
//! randomness are arguments, and what is to be signed is handed out as an [`mapae_jose::UnsignedJws`] (design D5).
//!
//! Of the issuer:
//! - [`CredentialOffer`], [`IssuerMetadata`] and [`ServerMetadata`]: what an issuer says of itself.
//! - [`TokenRequest`], [`PushedAuthorizationRequest`], [`AuthorizationRequest`]: OAuth, as far as it is used here.
//! - [`DpopProof`], [`ClientAttestation`]: who asks, each with its proof of possession.
//! - [`CredentialRequest`] with [`Proofs`]: which keys the copies are bound to, proven before they can be seen.
//! - [`NonceMint`]: nonces that need no memory.
//! - [`WireError`]: what a refusal looks like to a wallet; the one place where faults become answers.
//!
//! Left out: W3C credentials and `di_vp` proofs, bearer tokens, DIDs, federation, compression of what is encrypted.
//!
//! ```
//! use mapae_oid4vci::{CredentialOffer, IssuerUrl, OfferGrants, OfferSource};
//!
//! let offer = CredentialOffer {
//!     issuer: IssuerUrl::parse("https://issuer.example/kr").unwrap(),
//!     configurations: vec!["resident-mdoc".to_owned()],
//!     grants: OfferGrants { authorization_code: Some(None), ..OfferGrants::default() },
//! };
//! assert_eq!(offer.issuer.endpoint("token"), "https://issuer.example/kr/token");
//! assert_eq!(OfferSource::parse(&offer.to_uri()), Ok(OfferSource::Value(Box::new(offer))));
//! ```

mod access_token;
mod attestation;
mod authorization;
mod credential;
mod deferred;
mod details;
mod dpop;
mod encryption;
mod error;
mod fields;
mod form;
mod issuer_url;
mod jwt;
mod members;
mod metadata;
mod nonce;
mod notification;
mod offer;
mod pkce;
mod proof;
mod secret;
mod token;
mod uri;
pub mod wallet;
mod wire;

pub use access_token::AccessToken;
pub use attestation::{
    AttackResistance, AttestedClient, ClientAttestation, ClientAttestationContents, ClientExpected, KeyAttestation,
    KeyAttestationContents, KeyAttestationExpected, PopContents, TrustedProviders, VerifiedKeyAttestation,
};
pub use authorization::{
    AuthorizationRequest, AuthorizationResponse, PushedAuthorizationRequest, PushedAuthorizationResponse,
};
pub use credential::{CredentialId, CredentialRequest, CredentialResponse};
pub use deferred::DeferredRequest;
pub use details::{Asked, AuthorizationDetail, GrantedDetail};
pub use dpop::{DpopContents, DpopExpected, DpopProof, VerifiedDpop};
pub use encryption::{Encryption, MediaType, Received, RequestKey, ResponseEncryption};
pub use error::{
    ClientFault, CredentialFault, DpopFault, EncryptionFault, JwtFault, MessageFault, MetadataFault, NotificationFault,
    OAuthFault, OfferFault, ProofFault,
};
pub use fields::Fields;
pub use issuer_url::IssuerUrl;
pub use metadata::{
    BatchIssuance, ClaimDescription, ClaimStep, CredentialConfiguration, CredentialFormat, CredentialMetadata, Display,
    IssuerMetadata, KeyAttestationsRequired, ProofType, RequestEncryption, ResponseEncryptionSupport, ServerMetadata,
    SignedMetadata,
};
pub use nonce::{ChallengeResponse, NonceKind, NonceMint, NonceResponse, NonceState, Nonces};
pub use notification::{NotificationEvent, NotificationRequest};
pub use offer::{CredentialOffer, OfferGrants, OfferSource, PreAuthorizedGrant, TxCode, TxCodeMode};
pub use pkce::{PkceChallenge, PkceVerifier};
pub use proof::{KeyAttestationRule, ProofContents, ProofExpected, Proofs, ProvenKeys, VerifiedProofs};
pub use secret::Secret;
pub use token::{GrantRequest, TokenRequest, TokenResponse};
pub use wire::{Endpoint, ErrorCode, ErrorResponse, WireError};

/// The algorithm of every key of a wallet: HAIP 1.0 §7 requires P-256 with ES256, and nothing here offers another.
pub const ALGORITHM: mapae_crypto::Algorithm = mapae_crypto::Algorithm::Es256;
