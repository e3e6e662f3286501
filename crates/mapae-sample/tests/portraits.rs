use mapae_sample::SamplePeople;

/// Segments of a JPEG up to the start of the scan: marker and payload.
fn segments(jpeg: &[u8]) -> Vec<(u8, &[u8])> {
    let mut rest = &jpeg[2..];
    let mut found = Vec::new();
    loop {
        assert_eq!(rest[0], 0xff);
        let length = usize::from(u16::from_be_bytes([rest[2], rest[3]]));
        found.push((rest[1], &rest[4..2 + length]));
        if rest[1] == 0xda {
            return found;
        }
        rest = &rest[2 + length..];
    }
}

#[test]
fn portraits_of_200_people_are_8_to_12_kilobytes() {
    for person in SamplePeople::new(11).take(200) {
        let size = person.portrait().len();
        assert!((8_000..=12_000).contains(&size), "{:?}: {size}", person.id);
    }
}

#[test]
fn a_portrait_is_a_baseline_jpeg_of_360_by_480_in_colour() {
    let jpeg = SamplePeople::new(11).person(0).portrait();
    assert!(jpeg.starts_with(&[0xff, 0xd8]) && jpeg.ends_with(&[0xff, 0xd9]));
    let segments = segments(&jpeg);
    // SOF0 is baseline; progressive would be C2.
    let (_, frame) = segments.iter().find(|(marker, _)| *marker == 0xc0).unwrap();
    assert_eq!(frame[1..6], [1, 0xe0, 1, 0x68, 3]);
}

#[test]
fn two_people_do_not_look_alike() {
    let people = SamplePeople::new(11);
    assert_ne!(people.person(0).portrait(), people.person(1).portrait());
}
