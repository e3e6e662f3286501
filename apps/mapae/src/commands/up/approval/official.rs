//! Who is there, as Apache tells it.

use axum::http::HeaderMap;
use mapae_crypto::constant_time_eq;
use mapae_jose::base64url;
use zeroize::Zeroizing;

/// The header in which Apache shows the secret.
const PROXY: &str = "x-approval-proxy";

/// By what Apache is known.
pub(super) struct Proxy(Zeroizing<String>);

/// An official who signed in.
#[derive(Clone)]
pub(super) struct Official {
    pub(super) name: String,
    pub(super) ministry: String,
    pub(super) staff_number: String,
    /// The provider's name of the person for this system alone.
    pub(super) subject: String,
}

impl Proxy {
    pub(super) fn new(secret: &str) -> Self {
        Self(Zeroizing::new(secret.to_owned()))
    }

    /// Nobody, unless it is Apache that tells.
    pub(super) fn official(&self, headers: &HeaderMap) -> Option<Official> {
        let shown = headers.get(PROXY)?;
        constant_time_eq(shown.as_bytes(), self.0.as_bytes()).then_some(())?;
        let claim = |name: &str| claim(headers, name);
        Some(Official {
            name: format!("{}{}", claim("family_name_hangul")?, claim("given_name_hangul")?),
            ministry: claim("ministry_hangul")?,
            staff_number: claim("staff_number")?,
            subject: claim("sub")?,
        })
    }
}

/// `OIDCPassClaimsAs headers base64url`.
fn claim(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(format!("oidc_claim_{name}"))?;
    String::from_utf8(base64url::decode(value.as_bytes()).ok()?).ok()
}
