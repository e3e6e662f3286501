//! Names of what the issuer keeps, typed by kind.
//!
//! An id is the second in which it was made, then random bytes: nobody guesses one, and what is made together lies
//! together in the store's indices, so that the last document costs what the first did. None is a secret; what a wallet
//! has to keep secret is an id that was [sealed](crate::seal).

use core::{fmt, marker::PhantomData, str::FromStr};

use mapae_types::{Entropy, EntropyError, Timestamp, hex};

/// What an [`IssuerId`] names.
pub trait IssuerIdKind: Copy + Ord + core::hash::Hash + Send + Sync + 'static {
    /// The word in error messages.
    const NAME: &'static str;
}

macro_rules! kinds {
    ($($kind:ident, $id:ident, $name:literal, $doc:literal;)+) => {$(
        #[doc = concat!("Marks the id of ", $doc)]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $kind {}

        impl IssuerIdKind for $kind {
            const NAME: &'static str = $name;
        }

        #[doc = concat!("The id of ", $doc)]
        pub type $id = IssuerId<$kind>;
    )+};
}

kinds! {
    DocumentIdKind, DocumentId, "document id", "a person's document, from application to its end.";
    OfferIdKind, OfferId, "offer id", "an offer.";
    SignInIdKind, SignInId, "sign-in id", "a citizen's way through the authorization endpoint.";
    GrantIdKind, GrantId, "grant id", "a leave to fetch copies, which an access token stands for.";
    BatchIdKind, BatchId, "batch id", "copies that were made together.";
    DeferredIdKind, DeferredId, "deferred id", "a request that is to be answered later.";
}

/// Bytes of an id.
pub const LEN: usize = 16;

/// 16 bytes: five of time, eleven random ones. Written in hex.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IssuerId<K> {
    bytes: [u8; LEN],
    kind: PhantomData<fn() -> K>,
}

impl<K> IssuerId<K> {
    /// A new one.
    pub fn new(at: Timestamp, entropy: &mut impl Entropy) -> Result<Self, EntropyError> {
        let mut bytes: [u8; LEN] = entropy.array()?;
        let [_, _, _, time @ ..] = at.unix().to_be_bytes();
        bytes[..5].copy_from_slice(&time);
        Ok(Self::from_bytes(bytes))
    }

    /// One that was made before.
    pub const fn from_bytes(bytes: [u8; LEN]) -> Self {
        Self { bytes, kind: PhantomData }
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; LEN] {
        &self.bytes
    }
}

impl<K: IssuerIdKind> FromStr for IssuerId<K> {
    type Err = IssuerIdError;

    fn from_str(text: &str) -> Result<Self, IssuerIdError> {
        let bytes = hex::decode(text).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self::from_bytes).ok_or(IssuerIdError { kind: K::NAME })
    }
}

impl<K> fmt::Display for IssuerId<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.bytes))
    }
}

impl<K: IssuerIdKind> fmt::Debug for IssuerId<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {self}", K::NAME)
    }
}

/// The text is no such id. It does not repeat the text, which may be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a {kind} has 32 hexadecimal digits")]
pub struct IssuerIdError {
    kind: &'static str,
}
