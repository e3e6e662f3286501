//! Certificates made by others: rcgen, ISO/IEC 18013-5 Annex D, and AAMVA's list of American authorities.

use std::path::PathBuf;

use mapae_x509::{AlternativeName, Certificate, Crl, Role, TrustAnchor, X509Error, verify_chain};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CustomExtension, DnType, DnValue,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, PublicKeyData, RevocationReason,
    RevokedCertParams, SerialNumber,
};

use crate::forge::time;

const MDL_DS: [u64; 6] = [1, 0, 18013, 5, 1, 2];

fn params(common_name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CountryName, DnValue::PrintableString("UT".try_into().unwrap()));
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2027, 1, 1);
    params
}

fn root_params() -> CertificateParams {
    let mut root = params("Utopia root");
    root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    root
}

fn signer_params() -> CertificateParams {
    let mut signer = params("Utopia signer");
    signer.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    signer.extended_key_usages = vec![ExtendedKeyUsagePurpose::Other(MDL_DS.to_vec())];
    signer
}

fn verify(signer: &CertificateParams, algorithm: &'static rcgen::SignatureAlgorithm) -> Result<(), X509Error> {
    let (root_key, signer_key) = (KeyPair::generate_for(algorithm).unwrap(), KeyPair::generate().unwrap());
    let root = root_params().self_signed(&root_key).unwrap();
    let signer = signer.signed_by(&signer_key, &Issuer::new(root_params(), &root_key)).unwrap();
    let anchor = TrustAnchor::new(Certificate::from_der(root.der())?)?;
    let chain = [Certificate::from_der(signer.der())?];
    verify_chain(&chain, &[anchor], Role::DocumentSigner, time("2026-11-21T00:00:00Z")).map(|_| ())
}

/// Hole 12 of the peers: a private extension required of every issuer's mdoc. Nothing but key usage and
/// extended key usage is demanded of a document signer: no key identifier, list or alternative name.
#[test]
fn peer_hole_12_no_private_extension_is_required_of_a_foreign_issuer() {
    assert_eq!(verify(&signer_params(), &rcgen::PKCS_ECDSA_P256_SHA256), Ok(()));
}

#[test]
fn a_foreign_private_extension_does_no_harm_unless_critical() {
    let mut signer = signer_params();
    let mut private = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 32473, 7], vec![0x05, 0x00]);
    signer.custom_extensions = vec![private.clone()];
    assert_eq!(verify(&signer, &rcgen::PKCS_ECDSA_P256_SHA256), Ok(()));
    private.set_criticality(true);
    signer.custom_extensions = vec![private];
    let refused = verify(&signer, &rcgen::PKCS_ECDSA_P256_SHA256);
    assert!(matches!(refused, Err(X509Error::ExtensionUnknown { .. })));
}

#[test]
fn a_root_on_p384_may_certify_a_signer_on_p256() {
    assert_eq!(verify(&signer_params(), &rcgen::PKCS_ECDSA_P384_SHA384), Ok(()));
}

#[test]
fn a_root_with_an_edwards_key_is_not_supported() {
    let refused = verify(&signer_params(), &rcgen::PKCS_ED25519);
    assert!(matches!(refused, Err(X509Error::AlgorithmUnsupported { .. })));
}

#[test]
fn a_foreign_list_is_read_and_verified() {
    let root_key = KeyPair::generate().unwrap();
    let anchor = root_params().self_signed(&root_key).unwrap();
    let anchor = TrustAnchor::new(Certificate::from_der(anchor.der()).unwrap()).unwrap();
    let list = CertificateRevocationListParams {
        this_update: rcgen::date_time_ymd(2026, 11, 1),
        next_update: rcgen::date_time_ymd(2026, 12, 1),
        crl_number: SerialNumber::from_slice(&[9]),
        issuing_distribution_point: None,
        revoked_certs: vec![RevokedCertParams {
            serial_number: SerialNumber::from_slice(&[0xd0, 1]),
            revocation_time: rcgen::date_time_ymd(2026, 11, 2),
            reason_code: Some(RevocationReason::CessationOfOperation),
            invalidity_date: None,
        }],
        key_identifier_method: KeyIdMethod::Sha256,
    };
    let list = list.signed_by(&Issuer::new(root_params(), &root_key)).unwrap();
    let list = Crl::from_der(list.der()).unwrap().verify(&anchor, time("2026-11-21T00:00:00Z")).unwrap();
    let found = list.revocation_of(&[0xd0, 1]).unwrap();
    assert_eq!(found.reason, mapae_x509::RevocationReason::CessationOfOperation);
    assert_eq!(root_key.der_bytes().len(), 65);
}

/// The folder of vectors by others, or nothing after saying so.
fn vectors() -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let folder = std::env::var_os("MAPAE_VECTORS").map_or_else(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: MAPAE_VECTORS not found");
    None
}

fn annex_d(constant: &str) -> Option<Certificate> {
    let text = std::fs::read_to_string(vectors()?.join("mdoc/iso18013-5-annex-d.json")).unwrap();
    let start = text.find(&format!("\"{constant}\"")).unwrap() + constant.len() + 2;
    let hex = text[start..].split('"').nth(1).unwrap();
    let byte = |i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap();
    Some(Certificate::from_der(&(0..hex.len()).step_by(2).map(byte).collect::<Vec<_>>()).unwrap())
}

#[test]
fn the_document_signer_of_iso_annex_d_is_read() {
    let Some(signer) = annex_d("ISO_18013_5_ANNEX_D_DS_CERT") else { return };
    assert_eq!((signer.subject(), signer.issuer()), ("C=US,CN=utopia ds", "C=US,CN=utopia iaca"));
    assert_eq!(signer.not_after().to_string(), "2021-10-01T00:00:00Z");
    assert_eq!(signer.issuer_alternative_names(), [AlternativeName::Email("example@example.com".into())]);
    // The standard's example names a host where it wants a URI.
    assert_eq!(signer.crl_distribution_point(), None);
    // Its root is not printed: all that can be said is that nobody else's is it.
    let verdict = verify_chain(&[signer], &[], Role::DocumentSigner, time("2020-11-01T00:00:00Z"));
    assert_eq!(verdict.unwrap_err(), X509Error::IssuerUnknown { issuer: "C=US,CN=utopia iaca".into() });
}

#[test]
fn the_reader_of_iso_annex_d_is_read_and_is_no_document_signer() {
    let Some(reader) = annex_d("ISO_18013_5_ANNEX_D_READER_CERT") else { return };
    assert_eq!((reader.subject(), reader.issuer()), ("CN=reader", "CN=reader root"));
    let at = time("2020-11-01T00:00:00Z");
    let as_reader = verify_chain(std::slice::from_ref(&reader), &[], Role::MdocReader, at).unwrap_err();
    assert_eq!(as_reader, X509Error::IssuerUnknown { issuer: "CN=reader root".into() });
    let as_signer = verify_chain(&[reader], &[], Role::DocumentSigner, at).unwrap_err();
    assert!(matches!(as_signer, X509Error::PurposeForbids { .. }));
}

#[test]
fn the_authorities_of_aamva_are_read_and_its_vical_signer_signs_lists_and_nothing_else() {
    let Some(folder) = vectors() else { return };
    let read = |name: &str| std::fs::read_to_string(folder.join("vical").join(name)).unwrap();
    let root = TrustAnchor::new(Certificate::from_pem(&read("aamva_ca_root.crt")).unwrap()).unwrap();
    let authority = Certificate::from_pem(&read("aamva_ca_intermediate.crt")).unwrap();
    assert!(root.certificate().subject().starts_with("CN=AAMVA DTS Root CA,OU="));
    assert_eq!(authority.crl_distribution_point(), Some("http://aamvadtscrl.dts.aamva.org/CRLs/AAMVADTSRootCA.crl"));
    let signer = vical_certificates(&folder).remove(0);
    // It carries `nonRepudiation` instead of `digitalSignature`, and a purpose of its own.
    for role in [Role::DocumentSigner, Role::SdJwtSigner, Role::StatusSigner, Role::MdocReader] {
        let chain = [signer.clone(), authority.clone()];
        let verdict = verify_chain(&chain, std::slice::from_ref(&root), role, time("2025-11-18T00:00:00Z"));
        assert!(matches!(verdict, Err(X509Error::KeyUsageForbids { .. })), "{role}");
    }
    let chain = [signer, authority];
    let at = time("2025-11-18T00:00:00Z");
    assert!(verify_chain(&chain, &[root], Role::VicalSigner, at).is_ok());
}

#[test]
fn every_authority_that_aamva_lists_can_be_trusted() {
    let Some(folder) = vectors() else { return };
    // The VICAL's own signer and the authority above it come first.
    let roots: Vec<_> = vical_certificates(&folder).into_iter().skip(2).map(TrustAnchor::new).collect();
    assert_eq!(roots.len(), 15);
    for root in roots {
        let root = root.unwrap();
        assert_eq!(root.certificate().subject_country(), Some("US"));
    }
}

/// The certificates within the VICAL, found by their first bytes: reading CBOR is another crate's work.
fn vical_certificates(folder: &std::path::Path) -> Vec<Certificate> {
    let bytes = std::fs::read(folder.join("vical/aamva-vical-2025-11-18-1763491092481.cbor")).unwrap();
    let (mut found, mut place) = (Vec::new(), 0);
    while place + 8 < bytes.len() {
        if let [0x30, 0x82, high, low, 0x30, 0x82, ..] = bytes[place..] {
            let length = 4 + usize::from(u16::from_be_bytes([high, low]));
            if place + length <= bytes.len() {
                found.push(Certificate::from_der(&bytes[place..place + length]).unwrap());
                place += length;
                continue;
            }
        }
        place += 1;
    }
    found
}
