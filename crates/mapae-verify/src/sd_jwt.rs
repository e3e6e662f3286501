//! The rules for an SD-JWT VC with key binding, in the order of RFC 9901 §7.3.

use mapae_dcql::Candidate;
use mapae_jose::{Object, Value};
use mapae_sd_jwt::{HolderFault, KeyBindingExpectation, SdJwtError, SdJwtPresentation, VerifiedSdJwt};
use mapae_trust::TrustedSigner;
use mapae_types::Timestamp;
use mapae_x509::Role;

use crate::{
    Check, Claims, Format, HolderBinding, Issuer, NotVerified, Refusal, VerifiedCredential,
    mdoc::{check_outlives, check_signed_within},
};

pub(crate) fn verify(presentation: &[u8], check: &Check<'_>) -> Result<VerifiedCredential, NotVerified> {
    let text = simdutf8::basic::from_utf8(presentation).map_err(|_| Refusal::FormatUnknown)?;
    let parsed = SdJwtPresentation::parse(text)?;
    // HAIP 1.0 §6.1.1: the key is that of the certificate in x5c; `iss` decides nothing (hole 6 of the peers).
    let signer = check.store.signer(parsed.issuer_x5c(), Role::SdJwtSigner, check.now)?;
    let processed = parsed.verify_issuer(signer.certificate().public_key())?.process()?;
    let verified = processed.verify_holder(&check.key_binding()?)?;
    check_dates(&verified, &signer, check.now)?;
    let evidence = check.evidence(verified.status(), &signer)?;
    finish(verified, &signer, evidence, check)
}

fn finish(
    verified: VerifiedSdJwt,
    signer: &TrustedSigner,
    evidence: crate::Evidence,
    check: &Check<'_>,
) -> Result<VerifiedCredential, NotVerified> {
    let document_type = verified.vct().to_owned();
    let holder_binding = HolderBinding::KeyBinding { signed_at: verified.bound_at() };
    let valid_until = verified.expires();
    let claims = check.asked_claims(verified, &document_type, signer)?;
    let issuer = Issuer::of(signer);
    let format = Format::SdJwt;
    Ok(VerifiedCredential { format, document_type, claims, issuer, evidence, holder_binding, valid_until })
}

/// What the dates of the credential must be to the signer that signed them. `iat` and `exp` are optional.
fn check_dates(verified: &VerifiedSdJwt, signer: &TrustedSigner, now: Timestamp) -> Result<(), NotVerified> {
    signer.check_signed_at(verified.issued_at())?;
    if let Some(issued_at) = verified.issued_at() {
        check_signed_within(issued_at, signer)?;
        // Without `nbf` a credential would hold before it was signed; an MSO cannot say so (ISO 18013-5 §9.1.2.4).
        if issued_at > now {
            return Err(SdJwtError::NotYetValid { not_before: issued_at, now }.into());
        }
    }
    verified.expires().map_or(Ok(()), |expires| check_outlives(expires, signer))
}

impl Check<'_> {
    /// A session without audience or nonce, of proximity say, is one that no key binding can answer: it would
    /// hold in every such session (RFC 9901 §7.3 step 5).
    fn key_binding(&self) -> Result<KeyBindingExpectation<'_>, SdJwtError> {
        let (audience, nonce) = (self.binding.audience, self.binding.nonce);
        if audience.is_empty() {
            return Err(HolderFault::AudienceMismatch.into());
        }
        if nonce.is_empty() {
            return Err(HolderFault::NonceMismatch.into());
        }
        let (max_age, skew) = (self.policy.greatest_presentation_age, self.policy.clock_skew);
        Ok(KeyBindingExpectation { audience, nonce, now: self.now, max_age, skew })
    }

    fn asked_claims(&self, verified: VerifiedSdJwt, vct: &str, signer: &TrustedSigner) -> Result<Claims, NotVerified> {
        let claims = Value::Object(verified.into_claims());
        self.asked(Candidate::sd_jwt_vc(&[vct], &claims), signer)?;
        match claims {
            Value::Object(claims) => Ok(Claims::SdJwt(about_subject(claims))),
            _ => Err(Refusal::FormatUnknown.into()),
        }
    }
}

/// What says something of the credential and not of its subject (SD-JWT VC §3.2.2.2, RFC 7519 §4.1).
const ABOUT_THE_CREDENTIAL: [&str; 10] =
    ["vct", "vct#integrity", "iss", "iat", "nbf", "exp", "aud", "jti", "cnf", "status"];

/// Leaves the claims about the subject. A relying party that stores what it is handed must not come to store the
/// copy's key and status index, by which it could be linked (design D7); nor are objects claims whose members were
/// all withheld.
fn about_subject(mut claims: Object) -> Object {
    claims.retain(|name, value| !ABOUT_THE_CREDENTIAL.contains(&name.as_str()) && !prune(value));
    claims
}

/// Removes the empty objects inside an object, and says whether it is one then.
fn prune(value: &mut Value) -> bool {
    let Value::Object(members) = value else { return false };
    members.retain(|_, member| !prune(member));
    members.is_empty()
}
