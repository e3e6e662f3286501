use mapae_crypto::SigningKey;
use mapae_document::{CopyLimit, CopyValidity};
use mapae_issue::{Blank, Format};
use mapae_types::{Duration, StatusReference};
use testkit::{Seeded, facts, now};

fn validity() -> CopyValidity {
    let valid_from = now().start_of_day();
    CopyValidity { valid_from, valid_until: valid_from + Duration::days(365), limit: CopyLimit::Days }
}

fn blank(format: Format) -> Blank {
    let (facts, chain) = (facts("resident", 0), vec![vec![0x30, 0x00]]);
    match format {
        Format::Mdoc => Blank::mdoc(&facts, validity(), chain).unwrap(),
        Format::SdJwt => Blank::sd_jwt(&facts, validity(), chain, "https://id.example").unwrap(),
    }
}

fn status(idx: u64) -> StatusReference {
    StatusReference { uri: "https://id.example/status/0".to_owned(), idx }
}

/// An issuer that died after the record must be able to make the very copy that it has on record (design D10).
#[test]
fn the_same_entropy_makes_the_same_copy() {
    for format in Format::ALL {
        let (blank, key) = (blank(format), SigningKey::generate(&mut Seeded::new(1)).unwrap());
        let tbs = |seed| {
            let copy = blank.copy(key.public(), &status(7), &mut Seeded::new(seed)).unwrap();
            copy.to_be_signed().to_vec()
        };
        assert_eq!(tbs(2), tbs(2), "{format}");
        assert_ne!(tbs(2), tbs(3), "{format}");
    }
}

#[test]
fn a_finished_copy_is_what_readers_parse() {
    let signer = SigningKey::generate(&mut Seeded::new(4)).unwrap();
    for format in Format::ALL {
        let blank = blank(format);
        let key = SigningKey::generate(&mut Seeded::new(5)).unwrap();
        let copy = blank.copy(key.public(), &status(9), &mut Seeded::new(6)).unwrap();
        assert_eq!((blank.format(), copy.format()), (format, format));
        assert_eq!(blank.valid_until(), validity().valid_until);
        let signature = signer.sign(copy.to_be_signed()).unwrap();
        let bytes = copy.attach(&signature);
        match format {
            Format::Mdoc => assert!(mapae_mdoc::HeldMdoc::parse(&bytes).is_ok()),
            Format::SdJwt => assert!(String::from_utf8(bytes).unwrap().ends_with('~')),
        }
    }
}

#[test]
fn formats_have_names() {
    for format in Format::ALL {
        assert_eq!(format.name().parse::<Format>().unwrap(), format);
    }
    assert!("jwt_vc".parse::<Format>().is_err());
}
