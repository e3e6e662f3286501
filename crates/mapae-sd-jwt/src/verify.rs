//! The verifier's side (RFC 9901 §7.3, SD-JWT VC §3.4): each stage is a value that only the stage before can make, and
//! only the last shows claims.

use mapae_crypto::PublicKey;
use mapae_jose::{Jwk, Jws, Object, Value};
use mapae_types::Timestamp;

use crate::{
    CREDENTIAL_TYPE, IssuerFault, KeyBindingExpectation, SdJwtError, StatusReference, key_binding,
    process::process,
    registered::{Registered, malformed, time},
    split::split,
};

/// A presentation whose outer form has been read. Nothing has been verified.
pub struct SdJwtPresentation<'a> {
    issuer: Jws<'a>,
    rest: Rest<'a>,
}

/// What later stages need besides the issuer-signed JWT.
struct Rest<'a> {
    disclosures: Vec<&'a str>,
    bound: &'a str,
    key_binding: Jws<'a>,
}

impl<'a> SdJwtPresentation<'a> {
    /// Splits a presentation and reads both headers. Without a key-binding JWT it is refused.
    pub fn parse(text: &'a str) -> Result<Self, SdJwtError> {
        let split = split(text)?;
        let issuer = parse_issuer(split.jwt)?;
        let key_binding = key_binding::parse(split.key_binding)?;
        Ok(Self { issuer, rest: Rest { disclosures: split.disclosures, bound: split.bound, key_binding } })
    }

    /// The certificates that came along, the signer's first, as DER; empty if none. Whether to trust them is for the
    /// caller to decide, who then verifies with the key of the very certificate that was trusted.
    pub fn issuer_x5c(&self) -> &[Vec<u8>] {
        self.issuer.header().x5c()
    }

    /// Checks the issuer's signature and reads the claims on which validity rests.
    pub fn verify_issuer(self, key: &PublicKey) -> Result<IssuerVerified<'a>, SdJwtError> {
        let (payload, registered) = verify_issuer(self.issuer, key)?;
        Ok(IssuerVerified { payload, registered, rest: self.rest })
    }
}

/// Reads the issuer-signed JWT and checks its `typ`.
pub(crate) fn parse_issuer(jwt: &str) -> Result<Jws<'_>, IssuerFault> {
    let jws = Jws::parse(jwt)?;
    match jws.header().typ() {
        Some(CREDENTIAL_TYPE) => Ok(jws),
        typ => Err(IssuerFault::TypeUnsupported { typ: typ.map(|typ| typ.chars().take(32).collect()) }),
    }
}

pub(crate) fn verify_issuer(jws: Jws<'_>, key: &PublicKey) -> Result<(Object, Registered), IssuerFault> {
    let payload = jws.verify(key)?.payload_object().map_err(IssuerFault::Payload)?;
    let registered = Registered::read(&payload)?;
    Ok((payload, registered))
}

/// A presentation whose issuer's signature holds. Only [`SdJwtPresentation::verify_issuer`] makes one.
pub struct IssuerVerified<'a> {
    payload: Object,
    registered: Registered,
    rest: Rest<'a>,
}

impl<'a> IssuerVerified<'a> {
    /// Puts the disclosures in the places of their digests (RFC 9901 §7.1 steps 3 to 5).
    pub fn process(self) -> Result<Processed<'a>, SdJwtError> {
        let claims = process(self.payload, self.registered.hash, &self.rest.disclosures, &mut ())?;
        let issued_at = time(&claims, "iat").map_err(malformed)?;
        Ok(Processed { claims, issued_at, registered: self.registered, rest: self.rest })
    }
}

/// A presentation whose disclosures all belong to what the issuer signed. Only [`IssuerVerified::process`] makes one.
pub struct Processed<'a> {
    claims: Object,
    issued_at: Option<Timestamp>,
    registered: Registered,
    rest: Rest<'a>,
}

impl Processed<'_> {
    /// Checks that the credential is valid now, and that its holder made this presentation for this verifier and
    /// request, recently (RFC 9901 §7.1 step 6, §7.3 step 5).
    pub fn verify_holder(self, expected: &KeyBindingExpectation<'_>) -> Result<VerifiedSdJwt, SdJwtError> {
        let Self { claims, issued_at, registered, rest } = self;
        check_validity(&registered, expected)?;
        check_audience(&claims, expected.audience)?;
        let bound_at = expected.check(rest.key_binding, &registered.holder, registered.hash, rest.bound)?;
        Ok(VerifiedSdJwt { claims, issued_at, bound_at, registered })
    }
}

fn check_validity(registered: &Registered, expected: &KeyBindingExpectation<'_>) -> Result<(), SdJwtError> {
    // RFC 7519 §4.1.4 lets a verifier allow for clocks that differ. We do not where the issuer's dates are concerned:
    // they are whole days, and an mdoc with the same dates ends to the second.
    let now = expected.now;
    // RFC 7519 §4.1.4: "on or after".
    if let Some(expired) = registered.expires.filter(|expires| now >= *expires) {
        return Err(SdJwtError::Expired { expired, now });
    }
    if let Some(not_before) = registered.not_before.filter(|not_before| now < *not_before) {
        return Err(SdJwtError::NotYetValid { not_before, now });
    }
    Ok(())
}

/// RFC 7519 §4.1.3: one string or an array of them, if the issuer restricted its readers at all.
fn check_audience(claims: &Object, us: &str) -> Result<(), SdJwtError> {
    let allowed = match claims.get("aud") {
        None => true,
        Some(Value::String(audience)) => audience == us,
        Some(Value::Array(audiences)) => audiences.iter().any(|audience| audience == us),
        Some(_) => return Err(IssuerFault::ClaimMalformed { name: "aud" }.into()),
    };
    if allowed { Ok(()) } else { Err(SdJwtError::AudienceExcluded) }
}

/// A presentation that holds: signed by the issuer, valid at the time given, made by its holder for this request.
/// Only [`Processed::verify_holder`] makes one, and nothing else shows claims:
///
/// ```compile_fail
/// # let presentation = String::new();
/// # let key: mapae_crypto::PublicKey = todo!();
/// let processed = mapae_sd_jwt::SdJwtPresentation::parse(&presentation).unwrap().verify_issuer(&key).unwrap().process();
/// processed.unwrap().claims();
/// ```
///
/// Whether the issuer is trusted, and the copy's status, are for the caller.
#[derive(Clone)]
pub struct VerifiedSdJwt {
    claims: Object,
    issued_at: Option<Timestamp>,
    bound_at: Timestamp,
    registered: Registered,
}

impl VerifiedSdJwt {
    /// The processed payload: open and disclosed claims, registered ones included, without digests.
    pub const fn claims(&self) -> &Object {
        &self.claims
    }

    /// The claims, taken out.
    pub fn into_claims(self) -> Object {
        self.claims
    }

    /// The type of credential.
    pub fn vct(&self) -> &str {
        &self.registered.vct
    }

    /// `iss`: what the issuer calls itself. The certificate decides who it is.
    pub fn issuer(&self) -> Option<&str> {
        self.registered.issuer.as_deref()
    }

    /// `iat`, if open or disclosed.
    pub const fn issued_at(&self) -> Option<Timestamp> {
        self.issued_at
    }

    /// `nbf`.
    pub const fn not_before(&self) -> Option<Timestamp> {
        self.registered.not_before
    }

    /// `exp`.
    pub const fn expires(&self) -> Option<Timestamp> {
        self.registered.expires
    }

    /// Where the status is published. Absent means that the issuer publishes none.
    pub const fn status(&self) -> Option<&StatusReference> {
        self.registered.status.as_ref()
    }

    /// The key that proved to be the holder's.
    pub const fn holder(&self) -> &Jwk {
        &self.registered.holder
    }

    /// When the holder signed, by the holder's clock.
    pub const fn bound_at(&self) -> Timestamp {
        self.bound_at
    }
}

impl core::fmt::Debug for VerifiedSdJwt {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("VerifiedSdJwt").field("vct", &self.registered.vct).finish_non_exhaustive()
    }
}

macro_rules! redacted {
    ($($name:ident),*) => {$(
        impl core::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    )*};
}

redacted!(SdJwtPresentation, IssuerVerified, Processed);
