//! Certificates and revocation lists.

use mapae_crypto::{PublicKey, SigningKey};
use mapae_x509::{Certificate, Crl, Role, TrustAnchor, verify_chain};

use crate::parties::{REVOKED_SERIAL, now, parties};

/// A certificate, as DER or PEM: it is kept as it came, and the root vouches only for keys that it certified.
pub fn certificate(data: &[u8]) -> bool {
    if let Ok(text) = str::from_utf8(data) {
        let _many = Certificate::many_from_pem(text);
        return Certificate::from_pem(text).is_ok_and(|certificate| look_at(&certificate));
    }
    let Ok(certificate) = Certificate::from_der(data) else { return false };
    assert_eq!(certificate.der(), data);
    look_at(&certificate)
}

fn look_at(certificate: &Certificate) -> bool {
    assert_eq!(Certificate::from_pem(&certificate.to_pem()).as_ref(), Ok(certificate));
    let _names = (certificate.subject(), certificate.subject_country(), certificate.issuer_alternative_names());
    let _shown = (certificate.crl_distribution_point(), format!("{certificate:?}"));
    if let Ok(anchor) = TrustAnchor::new(certificate.clone()) {
        assert!(anchor.certificate().is_ca());
    }
    for (role, key) in roles() {
        if chains(certificate, role) {
            assert_eq!(certificate.public_key(), key);
        }
    }
    true
}

fn roles() -> [(Role, &'static PublicKey); 4] {
    let parties = parties();
    [
        (Role::DocumentSigner, parties.document_signer.key.public()),
        (Role::SdJwtSigner, parties.sd_jwt_signer.key.public()),
        (Role::StatusSigner, parties.status_signer.key.public()),
        (Role::MdocReader, parties.reader.key.public()),
    ]
}

fn chains(certificate: &Certificate, role: Role) -> bool {
    let anchors = core::slice::from_ref(&parties().root);
    verify_chain(core::slice::from_ref(certificate), anchors, role, now()).is_ok()
}

/// The inside of a certificate, which the root signs whatever it says.
pub fn certificate_tbs(data: &[u8]) -> bool {
    let Ok(certificate) = Certificate::from_der(&signed(data, &parties().root_key)) else { return false };
    if let Ok(anchor) = TrustAnchor::new(certificate.clone()) {
        assert!(anchor.certificate().is_ca());
        return true;
    }
    roles().into_iter().any(|(role, _)| chains(&certificate, role))
}

/// A revocation list, as DER or PEM: the root's only if it says what the root's says.
pub fn crl(data: &[u8]) -> bool {
    let list = match str::from_utf8(data) {
        Ok(text) => Crl::from_pem(text),
        Err(_) => Crl::from_der(data),
    };
    let Ok(list) = list else { return false };
    let _shown = (list.issuer(), format!("{list:?}"));
    let Ok(verified) = list.verify(&parties().root, now()) else { return false };
    assert!(verified.revocation_of(&REVOKED_SERIAL).is_some() && verified.number() == Some(&[7]));
    true
}

/// The inside of a revocation list, which the root signs whatever it says.
pub fn crl_tbs(data: &[u8]) -> bool {
    let Ok(list) = Crl::from_der(&signed(data, &parties().root_key)) else { return false };
    let Ok(verified) = list.verify(&parties().root, now()) else { return false };
    let _found = (verified.revocation_of(&REVOKED_SERIAL), verified.revocation_of(&[]));
    assert!(verified.this_update() <= now() && now() < verified.next_update());
    true
}

/// `SEQUENCE { tbs, AlgorithmIdentifier ecdsa-with-SHA256, BIT STRING }`.
fn signed(tbs: &[u8], key: &SigningKey) -> Vec<u8> {
    const ECDSA_WITH_SHA256: [u8; 12] = [0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
    let signature = key.sign(tbs).map(|signature| signature.to_der()).unwrap_or_default();
    let bits = tlv(0x03, &[&[0], signature.as_slice()].concat());
    tlv(0x30, &[tbs, &ECDSA_WITH_SHA256, &bits].concat())
}

/// Tag, length and content in DER.
fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let digits = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    let head = match digits {
        [] => vec![tag, 0],
        [short @ ..=0x7f] => vec![tag, *short],
        // Eight digits at most.
        long => [&[tag, 0x80 | u8::try_from(long.len()).unwrap_or(8)], long].concat(),
    };
    [head.as_slice(), content].concat()
}
