//! The rules for a `DeviceResponse`, in the order of ISO 18013-5 §9.3.

use mapae_cose::cbor::Value;
use mapae_dcql::{Candidate, Elements};
use mapae_mdoc::{DeviceResponse, Document, Element, ValidityInfo, VerifiedMdoc};
use mapae_trust::TrustedSigner;
use mapae_types::Timestamp;
use mapae_x509::Role;

use crate::{Check, Claims, Format, HolderBinding, Issuer, NotVerified, Refusal, VerifiedCredential};

pub(crate) fn verify(presentation: &[u8], check: &Check<'_>) -> Result<Vec<VerifiedCredential>, NotVerified> {
    let response = DeviceResponse::parse(presentation)?;
    let mut verified = Vec::with_capacity(response.documents().len());
    for document in response.documents() {
        verified.push(verify_document(document, check)?);
    }
    Ok(verified)
}

fn verify_document(document: &Document<'_>, check: &Check<'_>) -> Result<VerifiedCredential, NotVerified> {
    let signer = check.store.signer(document.x5chain()?, Role::DocumentSigner, check.now)?;
    let authentic = document.verify_issuer(signer.certificate().public_key())?;
    check_dates(authentic.validity(), &signer)?;
    let valid = authentic.valid_at(check.now)?;
    let verified = valid.verify_device(&check.binding.transcript, check.binding.reader_key)?;
    check_country(&verified, &signer)?;
    let evidence = check.evidence(verified.status(), &signer)?;
    check.asked(Candidate::mdoc(verified.doc_type(), &Disclosed(&verified)), &signer)?;
    Ok(VerifiedCredential {
        format: Format::Mdoc,
        document_type: verified.doc_type().to_owned(),
        claims: claims(&verified),
        issuer: Issuer::of(&signer),
        evidence,
        holder_binding: if verified.by_mac() { HolderBinding::DeviceMac } else { HolderBinding::DeviceSignature },
        valid_until: Some(verified.validity().valid_until()),
    })
}

/// What the dates in the MSO must be to the signer that signed them.
fn check_dates(validity: &ValidityInfo, signer: &TrustedSigner) -> Result<(), NotVerified> {
    signer.check_signed_at(Some(validity.signed()))?;
    // ISO 18013-5 §9.3.1 step 5: `signed` lies within the validity of the signer's certificate.
    check_signed_within(validity.signed(), signer)?;
    check_outlives(validity.valid_until(), signer)
}

/// Namespaces in which `issuing_country` is the element of ISO 18013-5 §7.2.1 or ISO/IEC 23220-2.
const COUNTRY_NAMESPACES: [&str; 2] = ["org.iso.18013.5.1", "org.iso.23220.1"];

/// ISO 18013-5 §9.3.1: if `issuing_country` was disclosed, it is the `countryName` of the signer's certificate.
fn check_country(verified: &VerifiedMdoc<'_, '_>, signer: &TrustedSigner) -> Result<(), NotVerified> {
    let is_country = |e: &Element<'_>| e.identifier == "issuing_country" && COUNTRY_NAMESPACES.contains(&e.namespace);
    let differs = |e: Element<'_>| !matches!(e.value(), Value::Text(country) if signer.certificate().subject_country() == Some(&country));
    if verified.elements().filter(is_country).any(differs) {
        return Err(Refusal::IssuingCountryMismatch.into());
    }
    Ok(())
}

pub(crate) fn check_signed_within(at: Timestamp, signer: &TrustedSigner) -> Result<(), NotVerified> {
    let certificate = signer.certificate();
    // Dates in a copy are rounded to the day (design D7), so the certificate's own day counts from its start.
    if at < certificate.not_before().start_of_day() || at > certificate.not_after() {
        return Err(Refusal::SignedOutsideSigner { signed: at }.into());
    }
    Ok(())
}

/// Edition 2: `validUntil` is not later than the end of the signer's certificate.
pub(crate) fn check_outlives(valid_until: Timestamp, signer: &TrustedSigner) -> Result<(), NotVerified> {
    let signer_until = signer.certificate().not_after();
    if valid_until > signer_until {
        return Err(Refusal::OutlivesSigner { valid_until, signer_until }.into());
    }
    Ok(())
}

fn claims(verified: &VerifiedMdoc<'_, '_>) -> Claims {
    let elements = verified.elements().chain(verified.device_elements().iter().copied());
    Claims::Mdoc(elements.map(|e| (e.namespace.to_owned(), e.identifier.to_owned(), e.value())).collect())
}

/// A verified document as a query sees it.
struct Disclosed<'a>(&'a VerifiedMdoc<'a, 'a>);

impl Elements for Disclosed<'_> {
    fn contains(&self, namespace: &str, element: &str) -> bool {
        self.0.elements().any(|e| e.namespace == namespace && e.identifier == element)
    }

    fn json(&self, namespace: &str, element: &str) -> Option<serde_json::Value> {
        let found = self.0.elements().find(|e| e.namespace == namespace && e.identifier == element)?;
        Some(found.value().to_json())
    }
}
