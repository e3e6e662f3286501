//! What wallets keep secret: pre-authorized codes, authorization codes, request URIs, tokens, transaction ids.
//!
//! Each is an id of the store with a tag that only this service can make: base64url(id ‖ HMAC-SHA-256 over a label and
//! the id, cut to 16 bytes). So the store holds no secret and no hash of one, a made-up token is refused before the store
//! is asked, and who repeats a request gets the same token (design D10). Whoever changes the secret ends every token.
//!
//! Labels keep a secret of one kind from passing for another.

use core::{fmt, marker::PhantomData};

use mapae_crypto::{constant_time_eq, hmac_sha256};
use mapae_jose::base64url;

use crate::ids::{self, BatchIdKind, DeferredIdKind, GrantIdKind, IssuerId, IssuerIdKind, OfferIdKind, SignInIdKind};

/// Bytes of a tag. RFC 2104 §5: at least half of the hash's.
const TAG: usize = 16;

/// What a sealed id of kind `K` is good for.
#[derive(Debug, Clone, Copy)]
pub struct Use<K> {
    label: &'static str,
    kind: PhantomData<fn() -> K>,
}

impl<K> Use<K> {
    const fn labelled(label: &'static str) -> Self {
        Self { label, kind: PhantomData }
    }
}

/// A pre-authorized code (OpenID4VCI §4.1.1).
pub const PRE_AUTHORIZED_CODE: Use<OfferIdKind> = Use::labelled("pre-authorized code");
/// The end of an offer's address (OpenID4VCI §4.1.3).
pub const OFFER_REFERENCE: Use<OfferIdKind> = Use::labelled("offer reference");
/// A request URI (RFC 9126 §2.2).
pub const REQUEST_URI: Use<SignInIdKind> = Use::labelled("request uri");
/// What marks the browser in which a sign-in began.
pub const BROWSER: Use<SignInIdKind> = Use::labelled("sign-in browser");
/// The `state` towards the provider that signs the citizen in.
pub const SIGN_IN_STATE: Use<SignInIdKind> = Use::labelled("sign-in state");
/// An authorization code (RFC 6749 §4.1.2).
pub const AUTHORIZATION_CODE: Use<SignInIdKind> = Use::labelled("authorization code");
/// An access token.
pub const ACCESS_TOKEN: Use<GrantIdKind> = Use::labelled("access token");
/// A refresh token; its id is the root grant's.
pub const REFRESH_TOKEN: Use<GrantIdKind> = Use::labelled("refresh token");
/// A transaction id (OpenID4VCI §8.3).
pub const TRANSACTION_ID: Use<DeferredIdKind> = Use::labelled("transaction id");
/// A notification id (OpenID4VCI §11).
pub const NOTIFICATION_ID: Use<BatchIdKind> = Use::labelled("notification id");

/// Seals ids, and opens what it sealed.
#[derive(Clone)]
pub struct Seal([u8; 32]);

impl Seal {
    /// With a secret for this purpose alone.
    pub const fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    /// The id and its tag, 43 characters.
    pub fn seal<K: IssuerIdKind>(&self, purpose: Use<K>, id: IssuerId<K>) -> String {
        let mut sealed = [0; ids::LEN + TAG];
        let (front, tag) = sealed.split_at_mut(id.as_bytes().len());
        front.copy_from_slice(id.as_bytes());
        tag.copy_from_slice(&self.tag(purpose, id));
        base64url::encode(sealed)
    }

    /// The id, if this service sealed it for that purpose.
    pub fn open<K: IssuerIdKind>(&self, purpose: Use<K>, text: &str) -> Option<IssuerId<K>> {
        let sealed: [u8; ids::LEN + TAG] = base64url::decode(text).ok()?.try_into().ok()?;
        let (front, tag) = sealed.split_first_chunk()?;
        let id = IssuerId::from_bytes(*front);
        constant_time_eq(&self.tag(purpose, id), tag).then_some(id)
    }

    /// The tag of a transaction code (OpenID4VCI §6.1): six digits, which a plain hash would give away.
    pub fn tx_code(&self, offer: IssuerId<OfferIdKind>, code: &str) -> [u8; 32] {
        hmac_sha256(&self.0, &[b"tx_code".as_slice(), &[0], offer.as_bytes(), code.as_bytes()])
    }

    fn tag<K: IssuerIdKind>(&self, purpose: Use<K>, id: IssuerId<K>) -> [u8; TAG] {
        let tag = hmac_sha256(&self.0, &[purpose.label.as_bytes(), &[0], id.as_bytes()]);
        let mut cut = [0; TAG];
        cut.copy_from_slice(&tag[..TAG]);
        cut
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal([redacted])")
    }
}
