//! The inflater of pages: it gives what the library gives, and refuses what the library refuses.

use std::io::Write as _;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status, write::ZlibEncoder};
use mapae_status_list::Encoding;
use proptest::prelude::*;

use crate::{
    adler32::adler32,
    deflate::Generator,
    inflate::{Stop, inflate},
};

/// What comes out and how long the stream is.
fn small(stream: &[u8], most: usize) -> Result<(Vec<u8>, usize), Stop> {
    let mut out = Vec::new();
    inflate(stream, &mut out, most).map(|length| (out, length))
}

/// The same by the library.
fn library(stream: &[u8], most: usize) -> Option<(Vec<u8>, usize)> {
    let (mut decompress, mut out) = (Decompress::new(true), Vec::with_capacity(most));
    let status = decompress.decompress_vec(stream, &mut out, FlushDecompress::Finish);
    let length = usize::try_from(decompress.total_in()).unwrap();
    matches!(status, Ok(Status::StreamEnd)).then_some((out, length))
}

fn compressed(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A stream of one block that is given as its bits, the first one lowest.
fn stream_of(bits: &[(u32, u32)], inflated: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0xda];
    let all = bits.iter().flat_map(|(value, count)| (0..*count).map(move |bit| value >> bit & 1));
    for byte in all.collect::<Vec<u32>>().chunks(8) {
        stream.push(u8::try_from(byte.iter().rev().fold(0, |sum, bit| sum << 1 | bit)).unwrap());
    }
    stream.extend(adler32(inflated).to_be_bytes());
    stream
}

fn refused_by_both(stream: &[u8]) {
    assert_eq!(library(stream, 1 << 16), None);
    assert_eq!(small(stream, 1 << 16), Err(Stop::Malformed));
}

#[test]
fn lists_come_out_as_they_went_in() {
    for one_in in [2, 100, 5_000, 1 << 20] {
        let list = Generator(u64::from(one_in)).list(one_in).to_list();
        for stream in [Encoding::Mapae1.compress(list.as_bytes()), compressed(list.as_bytes(), 9)] {
            assert_eq!(small(&stream, 1 << 17), Ok((list.as_bytes().to_vec(), stream.len())));
        }
    }
}

#[test]
fn what_follows_the_stream_is_not_of_it() {
    let stream = compressed(&[1, 2, 3], 6);
    let longer = [&stream[..], &[0, 0]].concat();
    assert_eq!(small(&longer, 9), Ok((vec![1, 2, 3], stream.len())));
}

#[test]
fn the_most_that_may_come_out_is_exact_and_takes_no_more_memory() {
    for level in [0, 1, 9] {
        let stream = compressed(&[7; 5_000], level);
        assert_eq!(small(&stream, 4_999), Err(Stop::Full));
        let mut out = Vec::new();
        inflate(&stream, &mut out, 5_000).unwrap();
        assert_eq!((out.len(), out.capacity()), (5_000, 5_000));
    }
}

#[test]
fn a_stream_cut_anywhere_is_cut() {
    for level in [0, 1, 9] {
        let stream = compressed(&(0..=255).chain(0..=255).collect::<Vec<u8>>(), level);
        for end in 0..stream.len() {
            assert_eq!(small(&stream[..end], 1_000), Err(Stop::Cut), "cut at {end}");
        }
    }
}

#[test]
fn another_method_window_check_or_dictionary_is_refused() {
    let stream = compressed(&[1, 2, 3], 6);
    assert!(small(&stream, 9).is_ok());
    // Method 9; a window of 64 KiB; two bytes that are no multiple of 31; a preset dictionary.
    for head in [[0x79, 0x18], [0x88, 0x1c], [0x78, 0xdb], [0x78, 0x20]] {
        refused_by_both(&[&head[..], &stream[2..]].concat());
    }
}

#[test]
fn a_wrong_checksum_is_refused() {
    let mut stream = compressed(&[1, 2, 3], 6);
    *stream.last_mut().unwrap() ^= 1;
    refused_by_both(&stream);
}

#[test]
fn a_block_of_no_kind_is_refused() {
    refused_by_both(&stream_of(&[(1, 1), (3, 2)], &[]));
}

#[test]
fn a_stored_block_whose_length_was_changed_is_refused() {
    let sound = [(1, 1), (0, 2), (0, 5), (1, 16), (0xfffe, 16), (42, 8)];
    assert_eq!(small(&stream_of(&sound, &[42]), 9).unwrap().0, [42]);
    let changed = sound.map(|(value, count)| (if value == 0xfffe { 0xfffd } else { value }, count));
    refused_by_both(&stream_of(&changed, &[42]));
}

#[test]
fn symbols_that_fixed_codes_have_but_nothing_means_are_refused() {
    // A literal 0 and the block's end; then symbols 286 and 287 with a distance.
    let literal = (0b0000_1100, 8);
    assert_eq!(small(&stream_of(&[(1, 1), (1, 2), literal, (0, 7)], &[0]), 9).unwrap().0, [0]);
    for code in [0b0110_0011, 0b1110_0011] {
        refused_by_both(&stream_of(&[(1, 1), (1, 2), literal, (code, 8), (0, 5), (0, 7)], &[0, 0, 0, 0]));
    }
}

#[test]
fn a_copy_from_before_the_start_is_refused() {
    let block = |distance| [(1, 1), (1, 2), (0b0000_1100, 8), (0b100_0000, 7), (distance, 5), (0, 7)];
    assert_eq!(small(&stream_of(&block(0), &[0; 4]), 9).unwrap().0, [0; 4]);
    refused_by_both(&stream_of(&block(0b10000), &[0; 4]));
}

#[test]
fn a_copy_from_farther_back_than_the_window_is_refused() {
    let (stored, data) = ([(0, 1), (0, 2), (0, 5), (0x9c40, 16), (0x63bf, 16)], vec![(0, 8); 40_000]);
    // Three bytes by distance 29, which ends at 32,768, and by 30 and 31, which would go on from there.
    let copy = |code, extra| [(1, 1), (1, 2), (0b100_0000, 7), (code, 5), (0, extra), (0, 7)];
    let stream = |code, extra| stream_of(&[&stored[..], &data, &copy(code, extra)].concat(), &vec![0; 40_003]);
    assert_eq!(small(&stream(0b10111, 13), 1 << 16).unwrap().0.len(), 40_003);
    for (code, extra) in [(0b01111, 14), (0b01111, 0), (0b11111, 14), (0b11111, 0)] {
        refused_by_both(&stream(code, extra));
    }
}

/// A dynamic block of literals 0 and ends, its codes given by the lengths of their own code and the bits after.
fn dynamic(symbols: u32, distances: u32, own: &[u32], rest: &[(u32, u32)]) -> Vec<u8> {
    let head = [(1, 1), (2, 2), (symbols - 257, 5), (distances - 1, 5), (u32::try_from(own.len()).unwrap() - 4, 4)];
    let own: Vec<(u32, u32)> = own.iter().map(|length| (*length, 3)).collect();
    stream_of(&[&head[..], &own, rest].concat(), &[0])
}

/// Lengths in a code of 1 bit for "1" and 2 bits for "0" and for "eleven zeros and more": symbol 0 and the end have
/// one bit each, and there is one distance.
const OWN: [u32; 18] = [0, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
const ONE: (u32, u32) = (0, 1);
const ZERO: (u32, u32) = (0b01, 2);
const ZEROS: (u32, u32) = (0b11, 2);
/// A literal 0 and the end.
const DATA: [(u32, u32); 2] = [(0, 1), (1, 1)];

fn lengths(distances: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let symbols = [ONE, ZEROS, (127, 7), ZEROS, (106, 7), ONE];
    [&symbols[..], distances, &DATA].concat()
}

#[test]
fn dynamic_codes_are_refused_as_the_library_refuses_them() {
    let sound = dynamic(257, 1, &OWN, &lengths(&[ONE]));
    assert_eq!(small(&sound, 9).unwrap().0, [0]);
    // No distance at all is sound as well.
    assert_eq!(small(&dynamic(257, 1, &OWN, &lengths(&[ZERO])), 9).unwrap().0, [0]);
    // 287 symbols; 31 distances.
    let thirty = [&[ZEROS, (19, 7)][..], &[ONE]].concat();
    refused_by_both(&dynamic(287, 1, &OWN, &lengths(&thirty)));
    refused_by_both(&dynamic(257, 31, &OWN, &lengths(&thirty)));
    // Three distances of one bit are too many; the zeros go on beyond the last length.
    refused_by_both(&dynamic(257, 3, &OWN, &lengths(&[ONE, ONE, ONE])));
    refused_by_both(&dynamic(257, 3, &OWN, &lengths(&[ZEROS, (0, 7)])));
    // The end has no code.
    refused_by_both(&dynamic(257, 1, &OWN, &[ONE, ONE, ZEROS, (127, 7), ZEROS, (106, 7), ONE, DATA[0], DATA[1]]));
}

#[test]
fn a_code_with_gaps_is_refused() {
    let mut gaps = OWN;
    gaps[17] = 2;
    refused_by_both(&dynamic(257, 1, &gaps, &lengths(&[ONE])));
    // Alone or not there at all, a symbol may leave gaps; but here nothing comes of it.
    let zeros = [(0, 32); 6];
    refused_by_both(&dynamic(257, 1, &[0, 0, 0, 1], &zeros));
    refused_by_both(&dynamic(257, 1, &[0, 0, 0, 0], &zeros));
    // Two bits each for the lengths 0, 1 and 2 and for eleven zeros and more; then two distances of one bit, and of two.
    let own = [0, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2];
    let (one, two) = ((0b10, 2), (0b01, 2));
    let with = |distance| [&[one, ZEROS, (127, 7), ZEROS, (106, 7), one, distance, distance], &DATA[..]].concat();
    assert_eq!(small(&dynamic(257, 2, &own, &with(one)), 9).unwrap().0, [0]);
    refused_by_both(&dynamic(257, 2, &own, &with(two)));
}

#[test]
fn a_length_cannot_be_repeated_before_there_is_one() {
    let mut own = OWN;
    own.swap(0, 2);
    refused_by_both(&dynamic(257, 1, &own, &[ZEROS, (0, 2), (0, 32), (0, 32), (0, 32), (0, 32), (0, 32), (0, 32)]));
}

#[test]
fn streams_of_many_blocks_inflate() {
    let mut stream = Vec::with_capacity(1 << 12);
    let mut compress = Compress::new(Compression::best(), true);
    for part in [&[1; 300][..], &[2; 300], &[3; 300]] {
        compress.compress_vec(part, &mut stream, FlushCompress::Full).unwrap();
    }
    compress.compress_vec(&[], &mut stream, FlushCompress::Finish).unwrap();
    let all = [[1; 300], [2; 300], [3; 300]].concat();
    assert_eq!(small(&stream, 900), Ok((all, stream.len())));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_stream_changed_anywhere_is_judged_as_by_the_library(
        bytes in proptest::collection::vec(0_u8..5, 0..400),
        level in 0_u32..=9,
        changes in proptest::collection::vec((0_usize..1 << 12, 0_u8..8), 0..3),
        most in 0_usize..800,
    ) {
        let mut stream = compressed(&bytes, level);
        for (bit, flip) in changes {
            let place = bit % stream.len();
            stream[place] ^= 1 << flip;
        }
        prop_assert_eq!(small(&stream, most).ok(), library(&stream, most));
    }

    #[test]
    fn any_bytes_are_judged_as_by_the_library(bytes: Vec<u8>) {
        let framed = [&[0x78, 0xda], bytes.as_slice()].concat();
        prop_assert_eq!(small(&framed, 1 << 12).ok(), library(&framed, 1 << 12));
    }
}
