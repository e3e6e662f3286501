//! What is issued holds under its role, says what Annex B wants, and cannot be asked for wrongly.

use mapae_types::Duration;
use mapae_x509::{
    AlternativeName, Certificate, Role, RootParams, SignerParams, X509Error, attestation_signer, document_signer,
    iaca_root, mdoc_reader, reader_root, sd_jwt_signer, status_signer, verify_chain, vical_signer,
    wallet_provider_root,
};

use crate::{
    forge::time,
    parties::{Authority, Issue, key, root_params, signer_params},
};

const KINDS: [(Issue, Role); 6] = [
    (document_signer, Role::DocumentSigner),
    (sd_jwt_signer, Role::SdJwtSigner),
    (status_signer, Role::StatusSigner),
    (mdoc_reader, Role::MdocReader),
    (vical_signer, Role::VicalSigner),
    (attestation_signer, Role::AttestationSigner),
];

#[test]
fn each_kind_holds_under_its_own_role_and_no_other() {
    let authority = Authority::new();
    let anchors = [authority.root.clone()];
    for (issue, kind) in KINDS {
        let leaf = [authority.issue(issue, &signer_params(key(2).public()))];
        for (_, role) in KINDS {
            let verdict = verify_chain(&leaf, &anchors, role, time("2026-11-21T00:00:00Z"));
            assert_eq!(verdict.is_ok(), role == kind, "a {kind} as {role}");
        }
    }
}

#[test]
fn a_root_says_what_table_b1_wants() {
    let root = Authority::new().root;
    let root = root.certificate();
    assert_eq!(root.subject(), "CN=Sample IACA,O=견본부,C=KR");
    assert_eq!(root.issuer(), root.subject());
    assert!(root.is_ca());
    assert_eq!(root.subject_key_id(), root.authority_key_id());
    assert_eq!(root.subject_key_id().map(<[u8]>::len), Some(20));
    assert_eq!(root.issuer_alternative_names(), [AlternativeName::Email("pki@id.example".into())]);
    assert_eq!(root.crl_distribution_point(), Some("https://id.example/iaca.crl"));
}

#[test]
fn a_leaf_says_what_table_b3_wants() {
    let authority = Authority::new();
    let root = authority.root.certificate();
    let host = [AlternativeName::Dns("reader.example".into()), AlternativeName::Uri("https://id.example".into())];
    let holder = key(2);
    let params = SignerParams { alternative_names: &host, ..signer_params(holder.public()) };
    for (issue, _) in KINDS {
        let leaf = authority.issue(issue, &params);
        assert_eq!(leaf.issuer(), root.subject());
        assert_eq!((leaf.subject_country(), leaf.subject_state_or_province()), (Some("KR"), None));
        assert_eq!((leaf.subject_organization(), leaf.subject_common_name()), (Some("견본부"), Some("Sample signer")));
        assert_eq!(leaf.authority_key_id(), root.subject_key_id());
        assert_ne!(leaf.subject_key_id(), root.subject_key_id());
        assert_eq!(leaf.issuer_alternative_names(), root.issuer_alternative_names());
        assert_eq!(leaf.crl_distribution_point(), root.crl_distribution_point());
        assert_eq!(leaf.subject_alternative_names(), host);
        assert!(!leaf.is_ca());
    }
}

#[test]
fn serial_numbers_are_positive_and_always_16_octets() {
    let authority = Authority::new();
    let holder = key(2);
    for random in [[0; 16], [0xff; 16], [0x80; 16]] {
        let params = SignerParams { serial: random, ..signer_params(holder.public()) };
        let serial = authority.issue(document_signer, &params).serial().to_vec();
        assert_eq!(serial.len(), 16);
        assert!((0x40..0x80).contains(&serial[0]));
        assert_eq!(serial[1..], random[1..]);
    }
}

#[test]
fn a_leaf_of_a_root_with_a_state_gets_that_state() {
    let root_key = key(1);
    let unsigned =
        iaca_root(&RootParams { state_or_province: Some("Jeju"), ..root_params(root_key.public()) }).unwrap();
    let signature = root_key.sign(unsigned.to_be_signed()).unwrap();
    let root = mapae_x509::TrustAnchor::new(unsigned.attach(&signature).unwrap()).unwrap();
    let unsigned = document_signer(&root, &signer_params(key(2).public())).unwrap();
    let signature = root_key.sign(unsigned.to_be_signed()).unwrap();
    let leaf = unsigned.attach(&signature).unwrap();
    assert_eq!(leaf.subject(), "CN=Sample signer,O=견본부,ST=Jeju,C=KR");
    assert!(verify_chain(&[leaf], &[root], Role::DocumentSigner, time("2026-11-21T00:00:00Z")).is_ok());
}

#[test]
fn dates_from_2050_on_survive() {
    let root_key = key(1);
    let (not_before, not_after) = (time("2040-01-01T00:00:00Z"), time("2059-12-31T23:59:59Z"));
    let params = RootParams { not_before, not_after, ..root_params(root_key.public()) };
    let unsigned = iaca_root(&params).unwrap();
    let signature = root_key.sign(unsigned.to_be_signed()).unwrap();
    let root = unsigned.attach(&signature).unwrap();
    assert_eq!((root.not_before(), root.not_after()), (not_before, not_after));
}

#[test]
fn a_signature_by_another_key_or_over_something_else_cannot_be_attached() {
    let authority = Authority::new();
    let unsigned = document_signer(&authority.root, &signer_params(key(2).public())).unwrap();
    let foreign = key(9).sign(unsigned.to_be_signed()).unwrap();
    assert_eq!(unsigned.clone().attach(&foreign), Err(X509Error::IssuingSignatureInvalid));
    let over_else = authority.sign(b"something else");
    assert_eq!(unsigned.attach(&over_else), Err(X509Error::IssuingSignatureInvalid));
}

/// The refusal of a document signer asked for with one change.
fn refusal(issue: Issue, change: impl FnOnce(&mut SignerParams<'_>)) -> Option<X509Error> {
    let authority = Authority::new();
    let holder = key(2);
    let mut params = signer_params(holder.public());
    change(&mut params);
    issue(&authority.root, &params).err()
}

#[test]
fn validity_is_as_long_as_the_profile_allows_and_no_second_longer() {
    let from = time("2026-01-01T00:00:00Z");
    for ((issue, role), days) in KINDS.into_iter().zip([457, 457, 1187, 1187, 1187, 457]) {
        let limit = Duration::days(days);
        assert_eq!(refusal(issue, |p| p.not_after = from + limit), None, "{role}");
        let asked = Duration::seconds(limit.as_seconds() + 1);
        let refused = refusal(issue, |p| p.not_after = from + asked);
        assert_eq!(refused, Some(X509Error::IssuingValidityTooLong { asked, limit }), "{role}");
    }
}

#[test]
fn validity_is_not_empty_and_within_the_roots() {
    let (not_before, not_after) = (time("2026-01-01T00:00:00Z"), time("2036-01-01T00:00:00Z"));
    assert_eq!(refusal(document_signer, |p| p.not_after = not_before), Some(X509Error::IssuingValidityInvalid));
    let outside = Some(X509Error::IssuingOutsideRoot { not_before, not_after });
    assert_eq!(refusal(document_signer, |p| p.not_before = time("2025-12-31T23:59:59Z")), outside);
    let late = refusal(document_signer, |p| {
        (p.not_before, p.not_after) = (time("2035-12-01T00:00:00Z"), time("2036-01-01T00:00:01Z"));
    });
    assert_eq!(late, outside);
}

#[test]
fn names_and_addresses_are_checked() {
    const LONG: &str = "Sixty-five characters: one more than a name in a certificate has.";
    assert_eq!(LONG.len(), 65);
    for name in ["", LONG, "line\nbreak"] {
        assert_eq!(refusal(document_signer, |p| p.common_name = name), Some(X509Error::IssuingNameInvalid));
        assert_eq!(refusal(document_signer, |p| p.organization = Some(name)), Some(X509Error::IssuingNameInvalid));
    }
    assert_eq!(refusal(document_signer, |p| p.common_name = &LONG[..64]), None);
    for address in [
        AlternativeName::Uri("no-scheme".into()),
        AlternativeName::Email("nobody".into()),
        AlternativeName::Dns("https://host".into()),
        AlternativeName::Dns(String::new()),
        AlternativeName::Uri("https://한국.example".into()),
    ] {
        let root_key = key(1);
        let params = RootParams { contact: address.clone(), ..root_params(root_key.public()) };
        assert_eq!(iaca_root(&params).err(), Some(X509Error::IssuingAddressInvalid), "{address:?}");
    }
}

#[test]
fn a_root_is_checked_as_well() {
    let root_key = key(1);
    let refusal = |change: &dyn Fn(&mut RootParams<'_>)| {
        let mut params = root_params(root_key.public());
        change(&mut params);
        iaca_root(&params).err()
    };
    assert_eq!(refusal(&|_| {}), None);
    for country in ["", "K", "kr", "KOR", "한"] {
        assert_eq!(refusal(&|p| p.country = country), Some(X509Error::IssuingCountryInvalid), "{country}");
    }
    assert_eq!(refusal(&|p| p.crl_url = "nowhere"), Some(X509Error::IssuingAddressInvalid));
    let too_long = refusal(&|p| p.not_after = time("2046-02-01T00:00:00Z"));
    assert!(matches!(too_long, Some(X509Error::IssuingValidityTooLong { .. })));
    let before_1970 = refusal(&|p| p.not_before = time("1969-12-31T23:59:59Z"));
    assert!(before_1970.is_some());
}

#[test]
fn a_signer_needs_a_key_of_its_own() {
    let authority = Authority::new();
    let refused = document_signer(&authority.root, &signer_params(authority.key.public())).err();
    assert_eq!(refused, Some(X509Error::IssuingKeyReused));
}

#[test]
fn what_is_issued_reads_back_from_pem() {
    let authority = Authority::new();
    let leaf = authority.issue(document_signer, &signer_params(key(2).public()));
    assert_eq!(Certificate::from_pem(&leaf.to_pem()), Ok(leaf));
}

#[test]
fn roots_of_readers_and_of_wallet_providers_certify_as_one_of_issuers_does() {
    let own_key = key(1);
    for (unsigned, leaf, role) in [
        (reader_root(&root_params(own_key.public())), mdoc_reader as Issue, Role::MdocReader),
        (wallet_provider_root(&root_params(own_key.public())), attestation_signer, Role::AttestationSigner),
    ] {
        let unsigned = unsigned.unwrap();
        let signature = own_key.sign(unsigned.to_be_signed()).unwrap();
        let root = mapae_x509::TrustAnchor::new(unsigned.attach(&signature).unwrap()).unwrap();
        let unsigned = leaf(&root, &signer_params(key(2).public())).unwrap();
        let signature = own_key.sign(unsigned.to_be_signed()).unwrap();
        let leaf = [unsigned.attach(&signature).unwrap()];
        assert!(verify_chain(&leaf, &[root], role, time("2026-11-21T00:00:00Z")).is_ok());
    }
}
