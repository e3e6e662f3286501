//! What stands in extensions, names and times: every kind that there is, and the same a little wrong.

use mapae_x509::{AlternativeName, Certificate, X509Error};

use crate::{
    forge::{AUTHORITY_KEY_ID, BASIC_CONSTRAINTS, Forge, authority_key_id, oid, sequence, tlv},
    parties::key,
};

const SUBJECT_ALTERNATIVES: &str = "2.5.29.17";
const DISTRIBUTION_POINTS: &str = "2.5.29.31";

fn with(change: impl FnOnce(&mut Forge)) -> Result<Certificate, X509Error> {
    let mut forge = Forge::signer(&key(2), &Forge::root(&key(1)));
    change(&mut forge);
    forge.read(&key(1))
}

fn extension(id: &'static str, content: &[u8]) -> Result<Certificate, X509Error> {
    with(|forge| forge.put(id, false, content))
}

fn is_unreadable(read: &Result<Certificate, X509Error>) -> bool {
    matches!(read, Err(X509Error::ExtensionUnreadable { .. }))
}

/// Alternative names of every kind of RFC 5280 §4.2.1.6 but `x400Address`, each with one that is none.
fn general_names() -> Vec<(Vec<u8>, Vec<u8>)> {
    let text = tlv(0x0c, &[b"text"]);
    let (id, part) = (oid("1.2.3"), tlv(0x30, &[&oid("2.5.4.3"), &text]));
    let ascii = |tag: u8| (tlv(tag, &[b"a@b.example"]), tlv(tag, &["한글".as_bytes()]));
    let edi = |text: &[u8]| tlv(0xa5, &[&tlv(0xa0, &[text]), &tlv(0xa1, &[text])]);
    vec![
        (tlv(0xa0, &[&id, &tlv(0xa0, &[&text])]), tlv(0xa0, &[&id, &text])),
        ascii(0x81),
        ascii(0x82),
        (tlv(0xa4, &[&tlv(0x30, &[&tlv(0x31, &[&part])])]), tlv(0xa4, &[&tlv(0x30, &[&part])])),
        (edi(&text), edi(&tlv(0x13, &[b"not_printable"]))),
        ascii(0x86),
        (tlv(0x87, &[&[127, 0, 0, 1]]), tlv(0xa7, &[&[127, 0, 0, 1]])),
        (tlv(0x88, &[&[0x2a, 3]]), tlv(0x88, &[&[0x2a, 0x83]])),
    ]
}

#[test]
fn names_of_every_kind_are_read_and_three_are_kept() {
    let kinds: Vec<Vec<u8>> = general_names().into_iter().map(|(sound, _)| sound).collect();
    let certificate = extension(SUBJECT_ALTERNATIVES, &sequence(kinds)).unwrap();
    let text = || "a@b.example".to_owned();
    let kept = [AlternativeName::Email(text()), AlternativeName::Dns(text()), AlternativeName::Uri(text())];
    assert_eq!(certificate.subject_alternative_names(), kept);
    for (sound, wrong) in general_names() {
        assert!(extension(SUBJECT_ALTERNATIVES, &sequence([sound])).is_ok());
        assert!(is_unreadable(&extension(SUBJECT_ALTERNATIVES, &sequence([wrong.clone()]))), "{wrong:02x?}");
    }
    assert!(is_unreadable(&extension(SUBJECT_ALTERNATIVES, &sequence([tlv(0xa3, &[])]))));
}

#[test]
fn the_first_uri_of_the_distribution_points_counts_and_the_others_are_read() {
    let full = |names: &[&[u8]]| tlv(0xa0, &[&tlv(0xa0, names)]);
    let uri = |text: &str| tlv(0x86, &[text.as_bytes()]);
    let host = tlv(0x82, &[b"id.example"]);
    let relative = tlv(0xa0, &[&tlv(0xa1, &[&tlv(0x30, &[&oid("2.5.4.3"), &tlv(0x0c, &[b"part"])])])]);
    let (reasons, issuer) = (tlv(0x81, &[&[1, 0x06]]), tlv(0xa2, &[&host]));
    let points = |last: &[u8]| {
        let first = tlv(0x30, &[&full(&[&host]), &reasons, &issuer]);
        let second = tlv(0x30, &[&full(&[&uri("https://one.example"), &uri("https://two.example")])]);
        sequence([first, tlv(0x30, &[&relative]), second, tlv(0x30, &[last])])
    };
    let certificate = extension(DISTRIBUTION_POINTS, &points(&full(&[&uri("https://three.example")]))).unwrap();
    assert_eq!(certificate.crl_distribution_point(), Some("https://one.example"));
    for wrong in [tlv(0xa0, &[&host]), tlv(0x81, &[&[0, 0, 0, 0]]), tlv(0xa2, &[&[0x05, 0x00]]), tlv(0xa3, &[])] {
        assert!(is_unreadable(&extension(DISTRIBUTION_POINTS, &points(&wrong))), "{wrong:02x?}");
    }
}

#[test]
fn an_authority_key_identifier_may_name_a_certificate_as_well() {
    let (id, issuer) = (tlv(0x80, &[&[7]]), tlv(0xa1, &[&tlv(0x82, &[b"id.example"])]));
    let with_serial = |serial: &[u8]| extension(AUTHORITY_KEY_ID, &tlv(0x30, &[&id, &issuer, &tlv(0x82, &[serial])]));
    assert_eq!(with_serial(&[5]).unwrap().authority_key_id(), Some(&[7][..]));
    assert!(is_unreadable(&with_serial(&[0, 5])) && is_unreadable(&with_serial(&[1; 22])));
    let more = [&authority_key_id(&[7])[..], &[0]].concat();
    assert!(is_unreadable(&extension(AUTHORITY_KEY_ID, &more)));
}

#[test]
fn constraints_have_a_length_from_0_to_255() {
    let authority = |length: &[u8]| {
        let content = tlv(0x30, &[&[1, 1, 0xff], &tlv(0x02, &[length])]);
        extension(BASIC_CONSTRAINTS, &content)
    };
    for length in [&[0][..], &[127], &[0, 255]] {
        assert!(authority(length).is_ok_and(|certificate| certificate.is_ca()), "{length:?}");
    }
    for length in [&[][..], &[0, 1], &[0x80], &[1, 0]] {
        assert!(is_unreadable(&authority(length)), "{length:?}");
    }
    assert!(is_unreadable(&extension(BASIC_CONSTRAINTS, &tlv(0x30, &[&[1, 1, 1]]))));
}

#[test]
fn a_name_is_read_in_every_string_and_its_parts_in_their_order() {
    let attribute = |kind: &str, tag: u8, text: &[u8]| tlv(0x30, &[&oid(kind), &tlv(tag, &[text])]);
    let common_name = |tag, text: &[u8]| {
        let subject = tlv(0x30, &[&tlv(0x31, &[&attribute("2.5.4.3", tag, text)])]);
        with(|forge| forge.subject = subject).unwrap().subject_common_name().map(str::to_owned)
    };
    for (tag, text) in [(0x13, &b"Name"[..]), (0x14, b"Name"), (0x0c, b"Name"), (0x1e, b"\0N\0a\0m\0e")] {
        assert_eq!(common_name(tag, text).as_deref(), Some("Name"), "{tag:#x}");
    }
    let unreadable = [
        (0x13, &b"a_b"[..]),
        (0x14, b"\xe9"),
        (0x0c, b"\xff"),
        (0x1e, b"\0N\0"),
        (0x1e, b"\xd8\0\xdc\0"),
        (0x1e, b"\xff\xff"),
        (0x16, b"Name"),
    ];
    for (tag, text) in unreadable {
        assert_eq!(common_name(tag, text), None, "{tag:#x} {text:02x?}");
    }
    let (one, two) = (attribute("2.5.4.10", 0x0c, b"One"), attribute("2.5.4.3", 0x0c, b"Two"));
    let subject =
        |part: [&[u8]; 2]| with(|forge| forge.subject = tlv(0x30, &[&tlv(0x31, &part)])).unwrap().subject().to_owned();
    assert_eq!(subject([&one, &two]), "CN=Two+O=One");
    assert_eq!(subject([&two, &one]), "CN=Two+O=One");
}

#[test]
fn times_are_in_utc_and_seconds_from_1970_on() {
    let not_after = |tag, text: &str| {
        let mut der = Forge::signer(&key(2), &Forge::root(&key(1))).der(&key(1));
        let place = der.windows(17).position(|bytes| bytes == b"\x18\x0f20270301000000Z").unwrap();
        let time = tlv(tag, &[text.as_bytes()]);
        // What is signed keeps its length: the sequence around both times is shorter by what the serial number gains.
        let padding = 17 - time.len();
        let before = der.windows(4).position(|bytes| bytes == [0x30, 0x22, 0x18, 0x0f]).unwrap();
        der.splice(place..place + 17, time);
        der[before + 1] -= u8::try_from(padding).unwrap();
        let serial = der.windows(3).position(|bytes| bytes == [0x02, 0x10, 0x42]).unwrap();
        der[serial + 1] += u8::try_from(padding).unwrap();
        der.splice(serial + 2..serial + 2, vec![0x42; padding]);
        Certificate::from_der(&der).map(|certificate| certificate.not_after().to_string())
    };
    for (tag, text, time) in [
        (0x17, "491231235959Z", "2049-12-31T23:59:59Z"),
        (0x17, "700101000000Z", "1970-01-01T00:00:00Z"),
        (0x18, "20240229000000Z", "2024-02-29T00:00:00Z"),
        (0x18, "99991231235959Z", "9999-12-31T23:59:59Z"),
    ] {
        assert_eq!(not_after(tag, text).as_deref(), Ok(time));
    }
    for (tag, text) in [
        (0x17, "500101000000Z"),
        (0x17, "2601010000Z"),
        (0x17, "260101000000+"),
        (0x17, "2601010000 0Z"),
        (0x17, "260101000060Z"),
        (0x17, "260101240000Z"),
        (0x17, "260101006000Z"),
        (0x17, "261301000000Z"),
        (0x18, "20250229000000Z"),
        (0x18, "19691231235959Z"),
        (0x18, "260101000000Z"),
        (0x16, "260101000000Z"),
    ] {
        assert_eq!(not_after(tag, text), Err(X509Error::Unreadable), "{text}");
    }
}
