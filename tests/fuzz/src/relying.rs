//! What foreign readers and relying parties bring: lists of issuers' roots, registrations.

use mapae_cose::{Headers, UnsignedSign1};
use mapae_crypto::Algorithm;
use mapae_dcql::{ClaimQuery, CredentialQuery, DcqlQuery, Wanted};
use mapae_trust::{RegisteredDocument, RegisteredKind, Registration, VerifiedVical, Vical};

use crate::parties::{PROVIDER, now, parties};

/// A list of issuers: it is believed only if it is its signer's.
pub fn vical(data: &[u8]) -> bool {
    let Ok(vical) = Vical::parse(data) else { return false };
    let _claimed = vical.chain().len();
    let Ok(verified) = vical.verify(std::slice::from_ref(&parties().root), now()) else { return false };
    assert_eq!((verified.provider(), verified.entries().len()), (PROVIDER, 1));
    true
}

/// The inside of a list, which its signer signs whatever it says.
pub fn vical_payload(data: &[u8]) -> bool {
    let signer = &parties().vical_signer;
    let protected = Headers::algorithm(Algorithm::Es256);
    let unsigned = UnsignedSign1::new(&protected, &Headers::x5chain(vec![signer.certificate.der()]), data);
    let Ok(signature) = signer.key.sign(unsigned.to_be_signed()) else { return false };
    let verified = Vical::parse(unsigned.attach(&signature))
        .and_then(|vical| vical.verify(std::slice::from_ref(&parties().root), now()));
    verified.is_ok_and(|verified| is_consistent(&verified))
}

fn is_consistent(verified: &VerifiedVical) -> bool {
    assert!(verified.date() <= now());
    for entry in verified.entries() {
        let listed = |doc_type: &String| verified.roots(doc_type).any(|root| entry.root() == Ok(root));
        assert!(entry.root().is_err() || entry.doc_types().iter().all(listed));
        assert!(!entry.doc_types().is_empty());
    }
    true
}

/// A registration: what is read has no second encoding, and a request for all that it names stays inside.
pub fn registration(data: &[u8]) -> bool {
    let Ok(registration) = Registration::from_bytes(data) else { return false };
    assert_eq!(registration.to_bytes(), data);
    let credentials =
        registration.documents().iter().enumerate().filter_map(|(place, document)| all_of(place, document));
    let Ok(query) = DcqlQuery::new(credentials.collect(), Vec::new()) else { return false };
    for purpose in registration.purposes() {
        assert!(registration.covers(&query, Some(purpose.ko())).is_ok());
    }
    true
}

fn all_of(place: usize, document: &RegisteredDocument) -> Option<CredentialQuery> {
    let wanted = match document.kind() {
        RegisteredKind::Mdoc(doctype) => Wanted::Mdoc { doctype: doctype.clone() },
        RegisteredKind::SdJwtVc(vct) => Wanted::SdJwtVc { vct_values: vec![vct.clone()] },
        _ => return None,
    };
    let claims = document.elements().iter().cloned().map(ClaimQuery::new).collect();
    CredentialQuery::new(format!("q{place}").parse().ok()?, wanted).and_then(|q| q.with_claims(claims, Vec::new())).ok()
}
