//! Members of the MSO (§9.1.2.4): which must be there, which may be.

use mapae_cose::{
    CoseError,
    cbor::{CborError, Value},
};
use mapae_mdoc::MdocError;

use crate::{
    editing::{at, map, mso_of, remove, set, with_mso},
    fixture::{MDL, expected, verify},
};

#[test]
fn each_mandatory_member_is_needed() {
    for member in ["version", "digestAlgorithm", "valueDigests", "deviceKeyInfo", "docType", "validityInfo"] {
        let verdict = verify(&with_mso(|mso| remove(mso, member)));
        assert!(matches!(verdict, Err(MdocError::Cbor(CborError::Missing(_, name))) if name == member), "{member}");
    }
    let keyless = verify(&with_mso(|mso| *at(mso, "deviceKeyInfo") = map([])));
    assert!(matches!(keyless, Err(MdocError::Cbor(CborError::Missing(_, "deviceKey")))));
    for date in ["signed", "validFrom", "validUntil"] {
        let verdict = verify(&with_mso(|mso| remove(at(mso, "validityInfo"), date)));
        assert!(matches!(verdict, Err(MdocError::Cbor(CborError::Missing(_, name))) if name == date), "{date}");
    }
}

/// Hole 12 of the peers: a private extension required of every issuer's mdoc.
#[test]
fn peer_hole_12_an_mso_with_the_mandatory_members_only_is_accepted() {
    let plain = with_mso(|mso| remove(mso, "status"));
    let Value::Map(members) = mso_of(&plain) else { panic!("not a map") };
    assert_eq!(members.len(), 6);
    assert_eq!(verify(&plain), Ok(expected()));
}

#[test]
fn peer_hole_12_members_that_nobody_knows_are_passed_over() {
    let extended = with_mso(|mso| {
        set(mso, "com.example.extension", Value::Array(vec![Value::Null]));
        set(at(mso, "deviceKeyInfo"), "keyInfo", map([("1", Value::from(1))]));
        set(at(mso, "validityInfo"), "expectedUpdate", Value::date_time("2027-01-01T00:00:00Z".parse().unwrap()));
    });
    assert_eq!(verify(&extended), Ok(expected()));
}

#[test]
fn another_minor_version_is_accepted_and_another_major_one_refused() {
    for version in ["1.0", "1.1", "1.27"] {
        assert_eq!(verify(&with_mso(|mso| set(mso, "version", version))), Ok(expected()), "{version}");
    }
    for version in ["2.0", "0.9", "10.0", "1", ""] {
        let verdict = verify(&with_mso(|mso| set(mso, "version", version)));
        assert_eq!(verdict, Err(MdocError::VersionUnsupported("MobileSecurityObject")), "{version}");
    }
}

#[test]
fn a_device_key_that_is_no_point_is_refused() {
    let verdict = verify(&with_mso(|mso| {
        let Value::Map(key) = at(mso, "deviceKeyInfo/deviceKey") else { panic!("not a map") };
        key.iter_mut().filter(|(label, _)| *label == Value::from(-3)).for_each(|(_, y)| *y = Value::Bytes(vec![1; 32]));
    }));
    assert_eq!(verdict, Err(CoseError::KeyInvalid.into()));
}

#[test]
fn digest_ids_are_integers_that_are_not_negative() {
    for key in [Value::from(-1), Value::from("0")] {
        let verdict = verify(&with_mso(|mso| {
            let Value::Map(digests) = at(mso, &format!("valueDigests/{MDL}")) else { panic!("not a map") };
            digests.push((key, Value::Bytes(vec![0; 32])));
        }));
        assert!(matches!(verdict, Err(MdocError::Cbor(CborError::Unexpected(_)))));
    }
}

#[test]
fn peer_hole_16_a_digest_id_that_occurs_twice_is_refused() {
    let verdict = verify(&with_mso(|mso| {
        let Value::Map(digests) = at(mso, &format!("valueDigests/{MDL}")) else { panic!("not a map") };
        digests.push(digests[0].clone());
    }));
    assert!(matches!(verdict, Err(MdocError::Cbor(CborError::DuplicateKey(_)))));
}
