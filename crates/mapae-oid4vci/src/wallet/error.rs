//! What stopped an exchange, by the party at fault (design D17).

use mapae_jose::JweError;
use mapae_mdoc::MdocError;
use mapae_sd_jwt::SdJwtError;
use mapae_types::EntropyError;

use super::{Endpoint, KeyUnusable, Refusal};
use crate::{JwtFault, MessageFault, MetadataFault};

/// Why a wallet's exchange ended. Its words hold those of its fault, which is no `source` besides.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WalletError {
    /// Whoever made the offer; it is not authenticated (OpenID4VCI §13.5).
    #[error("the offer: {0}")]
    Offer(OfferFault),
    /// The issuer, or its authorization server.
    #[error("the issuer: {0}")]
    Issuer(IssuerFault),
    /// The wallet provider.
    #[error("the wallet provider: {0}")]
    Provider(ProviderFault),
    /// The person who holds the device.
    #[error("{0}")]
    User(UserFault),
    /// This wallet, or the device under it.
    #[error("this wallet: {0}")]
    Us(OurFault),
}

/// Who can mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Party {
    /// Whoever made the offer.
    Offer,
    /// The issuer.
    Issuer,
    /// The wallet provider.
    Provider,
    /// The person.
    User,
    /// This wallet.
    Us,
}

impl WalletError {
    /// Who can mend it.
    pub const fn party(&self) -> Party {
        match self {
            Self::Offer(_) => Party::Offer,
            Self::Issuer(_) => Party::Issuer,
            Self::Provider(_) => Party::Provider,
            Self::User(_) => Party::User,
            Self::Us(_) => Party::Us,
        }
    }

    /// Whether the same request may succeed a little later: the other side is busy or down.
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Issuer(IssuerFault::Refused(refusal)) | Self::Provider(ProviderFault::Refused(refusal)) => {
                refusal.is_passing()
            }
            _ => false,
        }
    }
}

impl From<OfferFault> for WalletError {
    fn from(fault: OfferFault) -> Self {
        Self::Offer(fault)
    }
}

impl From<IssuerFault> for WalletError {
    fn from(fault: IssuerFault) -> Self {
        Self::Issuer(fault)
    }
}

impl From<ProviderFault> for WalletError {
    fn from(fault: ProviderFault) -> Self {
        Self::Provider(fault)
    }
}

impl From<UserFault> for WalletError {
    fn from(fault: UserFault) -> Self {
        Self::User(fault)
    }
}

impl From<OurFault> for WalletError {
    fn from(fault: OurFault) -> Self {
        Self::Us(fault)
    }
}

impl From<EntropyError> for WalletError {
    fn from(error: EntropyError) -> Self {
        OurFault::Entropy(error).into()
    }
}

impl From<KeyUnusable> for WalletError {
    fn from(error: KeyUnusable) -> Self {
        OurFault::Key(error).into()
    }
}

/// An offer that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OfferFault {
    /// Not an offer's address, or an offer that breaks OpenID4VCI §4.1.
    #[error("{0}")]
    Unreadable(#[from] crate::OfferFault),
    /// It does not lie where its address points.
    #[error("nobody makes it any more: {0}")]
    Gone(Refusal),
    /// Its address is neither HTTPS nor on this machine.
    #[error("an address without TLS")]
    Insecure,
    /// It names a credential that the issuer does not announce.
    #[error("`{0}` is not among the issuer's credentials")]
    ConfigurationUnknown(String),
    /// It has no grant that this wallet can use.
    #[error("no grant of a kind that this wallet uses")]
    NoGrant,
}

/// What an issuer did that it must not, or refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum IssuerFault {
    /// It said no.
    #[error("{0}")]
    Refused(Refusal),
    /// Its answer cannot be read.
    #[error("the answer of the {at}: {fault}")]
    Malformed {
        /// Where.
        at: Endpoint,
        /// What is wrong with it.
        fault: MessageFault,
    },
    /// Its metadata cannot be read, speak for another (OpenID4VCI §12.2.4, RFC 8414 §3.3) or bear a signature that
    /// leads to nobody whom we trust (OpenID4VCI §12.2.3).
    #[error("the {at}: {fault}")]
    Metadata {
        /// Which metadata.
        at: Endpoint,
        /// What is wrong with them.
        fault: MetadataFault,
    },
    /// An address that is neither HTTPS nor on this machine.
    #[error("the {at} has an address without TLS")]
    Insecure {
        /// Whose.
        at: Endpoint,
    },
    /// It does not say where something is that this exchange needs.
    #[error("it has no {at}")]
    NoEndpoint {
        /// What it lacks.
        at: Endpoint,
    },
    /// Its metadata had to be signed and are not (OpenID4VCI §12.2.3).
    #[error("its metadata are not signed")]
    MetadataUnsigned,
    /// It neither takes DPoP nor gives tokens bound to it (HAIP §4).
    #[error("its tokens are not bound to the device")]
    NotSenderConstrained,
    /// The redirect is no answer to our request: another state, or another server's name (RFC 9207 §2.4).
    #[error("the redirect answers another request")]
    RedirectForeign,
    /// It asks for a fresh nonce again and again.
    #[error("the {at} refuses every nonce")]
    NonceLoop {
        /// Where.
        at: Endpoint,
    },
    /// It issued more than there were keys, or nothing.
    #[error("{issued} credentials for {keys} keys")]
    Count {
        /// Keys sent.
        keys: usize,
        /// Credentials received.
        issued: usize,
    },
    /// A credential is not what was asked for.
    #[error("credential {place}: {fault}")]
    Credential {
        /// Its place in the answer, from 1.
        place: usize,
        /// What is wrong with it.
        fault: CredentialFault,
    },
    /// An answer that had to be encrypted is not.
    #[error("the answer of the {at} is not encrypted")]
    NotEncrypted {
        /// Where.
        at: Endpoint,
    },
    /// An encrypted answer that cannot be opened.
    #[error("the encrypted answer: {0}")]
    Undecryptable(#[source] JweError),
    /// An answer of another transaction (OpenID4VCI §9.2).
    #[error("the answer is about another transaction")]
    OtherTransaction,
    /// It takes no kind of proof that this wallet can make.
    #[error("`{configuration}`: it takes no kind of proof that this wallet can make")]
    ProofsUnsupported {
        /// The credential.
        configuration: String,
    },
    /// It requires encryption by algorithms that this wallet does not have.
    #[error("it encrypts by no algorithm of ours")]
    EncryptionUnsupported,
}

/// A credential that the wallet does not take.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialFault {
    /// Not a string in the encoding of its format.
    #[error("not in the encoding of its format")]
    Encoding,
    /// Not an `IssuerSigned` that can be read.
    #[error("{0}")]
    Mdoc(#[source] MdocError),
    /// Not an SD-JWT VC that can be read.
    #[error("{0}")]
    SdJwt(#[source] SdJwtError),
    /// `docType` or `vct` is not the announced one.
    #[error("of another type than announced")]
    OtherType,
    /// Bound to a key that is not ours.
    #[error("bound to a key that is not this device's")]
    KeyForeign,
    /// Bound to the key of another credential of the same answer (OpenID4VCI §8.3).
    #[error("bound to a key that another one has")]
    KeyTwice,
}

/// What a wallet provider did that it must not, or refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProviderFault {
    /// It said no.
    #[error("{0}")]
    Refused(Refusal),
    /// Its answer cannot be read.
    #[error("the answer of the {at}: {fault}")]
    Malformed {
        /// Where.
        at: Endpoint,
        /// What is wrong with it.
        fault: MessageFault,
    },
    /// Its attestation is not one, or does not verify by the certificate that it carries.
    #[error("its attestation: {0}")]
    Attestation(#[from] JwtFault),
    /// Its attestation is for other keys than ours.
    #[error("it attests other keys")]
    OtherKeys,
    /// Its address is neither HTTPS nor on this machine.
    #[error("an address without TLS")]
    Insecure,
}

/// What a person did, or has to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UserFault {
    /// The offer needs the code that came by another way.
    #[error("the code that was sent to you is needed{}", described(.description.as_deref()))]
    TxCodeMissing {
        /// What the issuer says about how to get it.
        description: Option<String>,
    },
    /// The code has another form than the offer says. Nothing was sent, no try is lost.
    #[error("the code has {}", form(*.length, *.digits))]
    TxCodeForm {
        /// Characters that it has.
        length: Option<usize>,
        /// Whether they are digits.
        digits: bool,
    },
    /// The issuer says that it is another code.
    #[error("the code is wrong{}", left(*.tries_left))]
    TxCodeWrong {
        /// How many tries are left, if the issuer says so.
        tries_left: Option<u64>,
    },
    /// The person did not agree, or could not sign in.
    #[error("signing in was declined")]
    Declined,
}

fn described(description: Option<&str>) -> String {
    description.map(|text| format!(" ({text})")).unwrap_or_default()
}

fn form(length: Option<usize>, digits: bool) -> String {
    let of = if digits { "digits" } else { "characters" };
    length.map_or_else(|| format!("only {of}"), |length| format!("{length} {of}"))
}

fn left(tries: Option<u64>) -> String {
    match tries {
        None => String::new(),
        Some(0) => "; the offer is void, ask for a new one".to_owned(),
        Some(1) => "; one try is left".to_owned(),
        Some(tries) => format!("; {tries} tries are left"),
    }
}

/// What this wallet lacks or was asked that it cannot do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OurFault {
    /// No randomness.
    #[error("{0}")]
    Entropy(EntropyError),
    /// A key that cannot be used.
    #[error("{0}")]
    Key(KeyUnusable),
    /// A format that it does not know.
    #[error("the format of `{configuration}` is not one of ours")]
    FormatUnsupported {
        /// The credential.
        configuration: String,
    },
    /// The issuer wants to know the wallet, and there is no attestation of it (HAIP §4.4.1).
    #[error("the issuer requires an attestation of the wallet: a wallet provider is needed")]
    ClientAttestationMissing,
    /// The issuer wants to know how keys are kept, and there is no attestation of them.
    #[error("the issuer requires an attestation of the keys: a wallet provider is needed")]
    KeyAttestationMissing,
    /// More keys than the issuer takes at once, or none.
    #[error("{keys} keys where the issuer takes 1 to {limit}")]
    BatchSize {
        /// Keys given.
        keys: usize,
        /// Keys that the issuer takes.
        limit: usize,
    },
    /// The grant does not cover the credential.
    #[error("`{configuration}` was not granted")]
    NotGranted {
        /// The credential.
        configuration: String,
    },
    /// The grant has no refresh token.
    #[error("the issuer gave no means of refilling; ask it for a new offer")]
    NotRefillable,
    /// What was stored of an exchange cannot be read.
    #[error("what was stored of an exchange is malformed: {0}")]
    StoredMalformed(&'static str),
}
