//! Our encoder: correct for whatever it is given, small for what lists are, and the same forever.

use std::io::Read as _;

use flate2::read::ZlibDecoder;
use mapae_crypto::sha256;
use mapae_status_list::{Encoding, LIST_LEN, RevocationList};
use proptest::prelude::*;

const LIST_BYTES: usize = (LIST_LEN / 8) as usize;

/// Constants of Knuth's MMIX: the same numbers on every machine.
pub(crate) struct Generator(pub(crate) u64);

impl Generator {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    /// A list of 2^20 entries of which one in `one_in` is revoked, some of them twice.
    pub(crate) fn list(&mut self, one_in: u32) -> RevocationList {
        let mut list = RevocationList::new(LIST_LEN);
        for _ in 0..LIST_LEN / one_in {
            list.revoke(u32::try_from(self.below(LIST_LEN as usize)).unwrap()).unwrap();
        }
        list
    }

    fn shuffle(&mut self, bytes: &mut [u8]) {
        for last in (1..bytes.len()).rev() {
            bytes.swap(last, self.below(last + 1));
        }
    }
}

fn compress(bytes: &[u8]) -> Vec<u8> {
    Encoding::Mapae1.compress(bytes)
}

/// What two inflaters, which share no code, make of what we wrote.
fn inflated(bytes: &[u8]) -> [Vec<u8>; 2] {
    let compressed = compress(bytes);
    let mut by_zlib = Vec::new();
    ZlibDecoder::new(&compressed[..]).read_to_end(&mut by_zlib).unwrap();
    [by_zlib, miniz_oxide::inflate::decompress_to_vec_zlib(&compressed).unwrap()]
}

fn comes_back(bytes: &[u8]) -> bool {
    inflated(bytes).iter().all(|inflated| inflated == bytes)
}

/// Bytes of which each next value is 1.55 times as frequent: Huffman's tree of them is deeper than the 15 that are
/// allowed, although common ones end up in copies.
fn steep() -> Vec<u8> {
    let (mut bytes, mut hundredths) = (Vec::new(), 100);
    for value in 1..=25 {
        bytes.extend(std::iter::repeat_n(value, hundredths / 100));
        hundredths = hundredths * 155 / 100 + 1;
    }
    Generator(0).shuffle(&mut bytes);
    bytes
}

fn random(len: usize) -> Vec<u8> {
    let mut generator = Generator(1);
    (0..len).map(|_| u8::try_from(generator.below(256)).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// The least bytes that any encoder needs for a random list with so many revoked.
fn entropy(revoked: u32) -> f64 {
    let (all, p) = (f64::from(LIST_LEN), f64::from(revoked) / f64::from(LIST_LEN));
    -all * (p * p.log2() + (1.0 - p) * (1.0 - p).log2()) / 8.0
}

#[test]
fn the_ends_of_what_a_list_can_be_come_back() {
    for len in [0, 1, 2, 3, 4, 257, 258, 259, 260, 0xffff, 0x1_0000, LIST_BYTES - 1, LIST_BYTES, LIST_BYTES + 1] {
        for byte in [0x00, 0x01, 0x80, 0xff] {
            assert!(comes_back(&vec![byte; len]), "{len} bytes {byte:#04x}");
        }
        assert!(comes_back(&random(len)), "{len} random bytes");
    }
}

#[test]
fn lists_of_every_density_come_back() {
    for one_in in [1 << 20, 1 << 10, 100, 33, 10, 3, 1] {
        let list = Generator(u64::from(one_in)).list(one_in);
        assert!(comes_back(list.to_list().as_bytes()), "1 in {one_in}");
        assert_eq!(list.encode().inflate(LIST_BYTES).unwrap(), list.to_list());
    }
}

#[test]
fn several_blocks_come_back() {
    let sparse = Generator(2).list(100).to_list().as_bytes().to_vec();
    assert!(comes_back(&[sparse.clone(), random(LIST_BYTES), sparse, vec![0; 5]].concat()));
}

#[test]
fn codes_keep_to_the_15_bits_that_there_are() {
    assert!(comes_back(&steep()));
}

#[test]
fn a_sparse_list_is_at_most_1_45_times_its_entropy() {
    for (one_in, most) in [(1000, 1.45), (300, 1.40), (100, 1.35), (50, 1.30), (33, 1.30)] {
        let list = Generator(u64::from(one_in)).list(one_in);
        let bytes = u32::try_from(list.encode().compressed().len()).unwrap();
        let ratio = f64::from(bytes) / entropy(list.revoked());
        assert!((1.0..=most).contains(&ratio), "1 in {one_in}: {bytes} bytes, {ratio:.3} times the entropy");
    }
}

#[test]
fn a_list_without_structure_is_stored_and_hardly_grows() {
    // Head, checksum, and 5 bytes for each of the blocks of at most 65,535 bytes.
    assert_eq!(compress(&random(LIST_BYTES)).len(), LIST_BYTES + 6 + 3 * 5);
    assert_eq!(compress(&[]), [0x78, 0xda, 0x01, 0, 0, 0xff, 0xff, 0, 0, 0, 1]);
}

/// Never change these. A delta that was published yesterday, or lies on a stick in a shelter, rests on its receiver
/// making the bytes that its publisher made: `TokenDelta::apply` would give tokens whose signatures are wrong, and every
/// receiver would fetch the bundle whole, all on one day. Whoever improves the encoder adds `Encoding::Mapae2`.
#[test]
fn what_the_encoding_writes_never_changes() {
    let sparse = |one_in| Generator(7).list(one_in).to_list().as_bytes().to_vec();
    for (name, bytes, hash) in [
        ("nothing", vec![], "174c8dbe4e5daa15a218adb0c19311109798abd48f3429043a17fcf9c8fa3afe"),
        ("no entry revoked", vec![0; LIST_BYTES], "07e19cc38b312efb03368f3647da1f9a603f6b4bd23d06c4eac1749a300b212e"),
        (
            "all entries revoked",
            vec![0xff; LIST_BYTES],
            "271ce9881a58ddd05779638ba8dead459e88c1f8cb5b128f23c99fe38ca02d6c",
        ),
        ("1 in 1,000", sparse(1000), "5cad7c9ef2cb6a98865b4b293a6196ea61fe98ab0a55fefeb4f8f5a84d09b413"),
        ("1 in 100", sparse(100), "2b6d827b9918da1de493066ce27a511b2e030e247b90cac9b1e1d40a3bd15a7e"),
        ("1 in 33", sparse(33), "bf2ee096933edae509e191b01dc900e9a5b48919147eeb6436c6f589b0c44283"),
        ("1 in 3", sparse(3), "ac54a1b250586efbf7b433a37bad0056c2db6df443973bf7d6dbbc3140a9569a"),
        ("a steep tree", steep(), "dd56d42829470311fd96340d39122cac174540a4f9c15f2955b2d9719cb672be"),
        (
            "two blocks",
            [sparse(100), sparse(50)].concat(),
            "e54a0cf4d9f71c07c0752c32f4571b11f7047f442a27685998034007f7feb0c5",
        ),
    ] {
        assert_eq!(hex(&sha256(&compress(&bytes))), hash, "{name}");
    }
}

#[test]
fn an_encoding_is_found_by_its_number() {
    assert_eq!(Encoding::from_version(Encoding::Mapae1.version()), Some(Encoding::Mapae1));
    assert_eq!(Encoding::Mapae1.version(), 1);
    assert_eq!((Encoding::from_version(0), Encoding::from_version(2)), (None, None));
}

proptest! {
    #[test]
    fn whatever_is_compressed_comes_back(bytes: Vec<u8>) {
        prop_assert!(comes_back(&bytes));
    }

    #[test]
    fn runs_of_few_values_come_back(runs in proptest::collection::vec((0_u8..4, 1_usize..600), 0..60)) {
        let bytes: Vec<u8> = runs.into_iter().flat_map(|(value, count)| vec![value; count]).collect();
        prop_assert!(comes_back(&bytes));
    }

    #[test]
    fn zeros_with_few_others_between_come_back(gaps in proptest::collection::vec((0_usize..300, 0_u32..8), 0..400)) {
        let bytes: Vec<u8> = gaps.into_iter().flat_map(|(zeros, bit)| [vec![0; zeros], vec![1 << bit]].concat()).collect();
        prop_assert!(comes_back(&bytes));
    }
}
