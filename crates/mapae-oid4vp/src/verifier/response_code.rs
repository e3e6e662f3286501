//! The code by which the browser that began a session fetches what came of it (OpenID4VP 1.0 §8.2, §13.3, §14.2).
//!
//! It goes to the wallet with the page to go on to, and nowhere else: who began a session on another device and had its
//! link opened by somebody has the session and not the code. Left out: keeping the hash and forgetting it after one use.

use mapae_crypto::{constant_time_eq, sha256_of};
use mapae_jose::base64url;
use mapae_types::{Entropy, EntropyError};
use zeroize::Zeroizing;

use super::DraftFault;
use crate::{form::FormWriter, uri};

/// What the hash is for, so that it is no hash of something else.
const LABEL: &[u8] = b"mapae response code v1\0";
/// The parameter of §13.3.
const NAME: &str = "response_code";

/// A fresh code of 256 bits.
pub struct ResponseCode(Zeroizing<String>);

impl ResponseCode {
    /// Draws one.
    pub fn draw(entropy: &mut dyn Entropy) -> Result<Self, EntropyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(bytes.as_mut())?;
        Ok(Self(Zeroizing::new(base64url::encode(bytes.as_ref()))))
    }

    /// The page to go on to, with the code as a parameter: of its query, or of its fragment if it ends in `#`, which a page
    /// can keep from its server. For [`accepted`](super::accepted) alone.
    pub fn redirect_uri(&self, page: &str) -> Result<String, DraftFault> {
        if !uri::is_page(page) {
            return Err(DraftFault::PageInsecure);
        }
        match page.split_once('#') {
            None => Ok(FormWriter::after(page).add(NAME, &self.0).finish()),
            Some((_, "")) => Ok(format!("{page}{NAME}={}", &*self.0)),
            Some((before, fragment)) => {
                Ok(format!("{}#{fragment}", FormWriter::after(before).add(NAME, &self.0).finish()))
            }
        }
    }

    /// What is kept of it: bound to the session of the browser that began, by what that browser alone knows of it.
    pub fn hash(&self, session: &str) -> ResponseCodeHash {
        ResponseCodeHash(hash(session, &self.0))
    }
}

impl core::fmt::Debug for ResponseCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ResponseCode([redacted])")
    }
}

/// What is kept of a code. Nobody who reads it can fetch anything by it.
#[derive(Debug, PartialEq, Eq)]
pub struct ResponseCodeHash([u8; 32]);

/// The code was that of the session. Only [`ResponseCodeHash::redeem`] says so.
///
/// ```compile_fail
/// # fn twice(hash: mapae_oid4vp::verifier::ResponseCodeHash) {
/// let once = hash.redeem("session", "code");
/// let twice = hash.redeem("session", "code");
/// # }
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct CodeRedeemed(());

/// No code of this session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the response code is not that of this session")]
pub struct CodeForeign;

impl ResponseCodeHash {
    /// As it was kept.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// To be kept.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Takes the code that a browser brings, of the session that it brings.
    pub fn redeem(self, session: &str, code: &str) -> Result<CodeRedeemed, CodeForeign> {
        if constant_time_eq(&self.0, &hash(session, code)) { Ok(CodeRedeemed(())) } else { Err(CodeForeign) }
    }
}

/// The length tells where the session ends.
fn hash(session: &str, code: &str) -> [u8; 32] {
    let len = u64::try_from(session.len()).unwrap_or(u64::MAX).to_be_bytes();
    sha256_of(&[LABEL, &len, session.as_bytes(), code.as_bytes()])
}
