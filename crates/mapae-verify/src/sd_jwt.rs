//! The rules for an SD-JWT VC with key binding, in the order of RFC 9901 §7.3.

use mapae_dcql::Candidate;
use mapae_sd_jwt::{KeyBindingExpectation, SdJwtPresentation, VerifiedSdJwt};
use mapae_trust::TrustedSigner;
use mapae_x509::Role;

use crate::{
    Check, Claims, Format, HolderBinding, Issuer, NotVerified, Refusal, VerifiedCredential,
    mdoc::{check_outlives, check_signed_within},
};

pub(crate) fn verify(presentation: &[u8], check: &Check<'_>) -> Result<VerifiedCredential, NotVerified> {
    let text = core::str::from_utf8(presentation).map_err(|_| Refusal::FormatUnknown)?;
    let parsed = SdJwtPresentation::parse(text)?;
    // HAIP 1.0 §6.1.1: the key is that of the certificate in x5c; `iss` decides nothing (hole 6 of the peers).
    let signer = check.store.signer(parsed.issuer_x5c(), Role::SdJwtSigner, check.now)?;
    let processed = parsed.verify_issuer(signer.certificate().public_key())?.process()?;
    let verified = processed.verify_holder(&check.key_binding())?;
    check_dates(&verified, &signer)?;
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
    let claims = check.asked_claims(verified, &document_type)?;
    let issuer = Issuer::of(signer);
    let format = Format::SdJwt;
    Ok(VerifiedCredential { format, document_type, claims, issuer, evidence, holder_binding, valid_until })
}

/// What the dates of the credential must be to the signer that signed them. `iat` and `exp` are optional.
fn check_dates(verified: &VerifiedSdJwt, signer: &TrustedSigner) -> Result<(), NotVerified> {
    signer.check_signed_at(verified.issued_at())?;
    if let Some(issued_at) = verified.issued_at() {
        check_signed_within(issued_at, signer)?;
    }
    verified.expires().map_or(Ok(()), |expires| check_outlives(expires, signer))
}

impl Check<'_> {
    fn key_binding(&self) -> KeyBindingExpectation<'_> {
        KeyBindingExpectation {
            audience: self.binding.audience,
            nonce: self.binding.nonce,
            now: self.now,
            max_age: self.policy.greatest_presentation_age,
            skew: self.policy.clock_skew,
        }
    }

    fn asked_claims(&self, verified: VerifiedSdJwt, vct: &str) -> Result<Claims, NotVerified> {
        let claims = serde_json::Value::Object(verified.into_claims());
        self.asked(&Candidate::sd_jwt_vc(&[vct], &claims))?;
        match claims {
            serde_json::Value::Object(claims) => Ok(Claims::SdJwt(claims)),
            _ => Err(Refusal::FormatUnknown.into()),
        }
    }
}
