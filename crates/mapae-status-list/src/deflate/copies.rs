//! Where bytes around a nonzero one occurred before.

use std::iter;

use super::{
    alphabet::{MAX_LENGTH, MIN_LENGTH, WINDOW},
    nonzero::Nonzero,
};

/// Earlier places with the same byte that are looked at, the nearest first: near ones have short codes.
const SAME_BYTE: usize = 3;

/// Earlier places with the same byte, as many zeros and the same next byte: most of what is worth a far copy.
const SAME_PAIR: usize = 4;

/// A copy over so many nonzero bytes is good enough to look no further; it bounds the work on dense lists.
const GOOD_ENOUGH: usize = 16;

/// Heads of the chains by pair.
const HASHES: usize = 1 << HASH_BITS;
const HASH_BITS: u32 = 14;

const NONE: u32 = u32::MAX;

/// A place from which the surroundings of a nonzero byte can be copied.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    /// How far back.
    pub(super) distance: u16,
    /// Zeros before the byte that both places have.
    pub(super) zeros: u16,
    /// Bytes from the nonzero one on that both places have; at most [`MAX_LENGTH`].
    pub(super) reach: u16,
}

/// The copies for each nonzero byte.
pub(super) struct Copies {
    copies: Vec<Source>,
    /// Where those of a byte end and those of the next begin.
    ends: Vec<usize>,
}

/// Earlier nonzero bytes in chains, each naming the one before it.
struct Chains {
    last_of_byte: [u32; 256],
    same_byte: Vec<u32>,
    last_of_pair: Vec<u32>,
    same_pair: Vec<u32>,
}

impl Copies {
    pub(super) fn find(nonzero: &Nonzero<'_>) -> Self {
        let count = nonzero.count();
        let mut chains = Chains::new(count);
        let mut found = Self { copies: Vec::with_capacity(4 * count), ends: Vec::with_capacity(count) };
        for (number, link) in (0_u32..).enumerate().take(count) {
            let (byte, pair) = chains.insert(nonzero, number, link);
            found.look(nonzero, number, chains.earlier(byte, pair));
            found.ends.push(found.copies.len());
        }
        found
    }

    /// The copies for the nonzero byte of that number.
    pub(super) fn of(&self, number: usize) -> &[Source] {
        &self.copies[self.start(number)..self.ends[number]]
    }

    fn start(&self, number: usize) -> usize {
        number.checked_sub(1).map_or(0, |before| self.ends[before])
    }

    /// Keeps a copy unless a nearer one does as well.
    fn look(&mut self, nonzero: &Nonzero<'_>, number: usize, earlier: impl Iterator<Item = usize>) {
        let start = self.copies.len();
        for place in earlier {
            let Some(distance) = distance(nonzero, place, number) else { continue };
            let zeros = cut(nonzero.zeros_before(place).min(nonzero.zeros_before(number)));
            let (reach, bytes) = reach(nonzero, place, number);
            let as_good = |known: &Source| known.zeros >= zeros && known.reach >= reach;
            if u32::from(zeros + reach) >= MIN_LENGTH && !self.copies[start..].iter().any(as_good) {
                self.copies.push(Source { distance, zeros, reach });
            }
            if bytes >= GOOD_ENOUGH {
                break;
            }
        }
    }
}

impl Chains {
    fn new(count: usize) -> Self {
        Self {
            last_of_byte: [NONE; 256],
            same_byte: Vec::with_capacity(count),
            last_of_pair: vec![NONE; HASHES],
            same_pair: Vec::with_capacity(count),
        }
    }

    /// Adds a byte and returns the heads of its two chains as they were before.
    fn insert(&mut self, nonzero: &Nonzero<'_>, number: usize, link: u32) -> (u32, u32) {
        let of_byte = &mut self.last_of_byte[usize::from(nonzero.value(number))];
        let byte = std::mem::replace(of_byte, link);
        let pair =
            pair_hash(nonzero, number).map_or(NONE, |hash| std::mem::replace(&mut self.last_of_pair[hash], link));
        self.same_byte.push(byte);
        self.same_pair.push(pair);
        (byte, pair)
    }

    fn earlier(&self, byte: u32, pair: u32) -> impl Iterator<Item = usize> {
        follow(&self.same_byte, byte).take(SAME_BYTE).chain(follow(&self.same_pair, pair).take(SAME_PAIR))
    }
}

fn follow(links: &[u32], first: u32) -> impl Iterator<Item = usize> {
    let present = |link: u32| (link != NONE).then_some(link as usize);
    iter::successors(present(first), move |place| present(links[*place]))
}

/// `None` for the last byte, which has no next one.
fn pair_hash(nonzero: &Nonzero<'_>, number: usize) -> Option<usize> {
    /// 2^32 over the golden ratio (Knuth, TAOCP 3 §6.4).
    const SPREAD: u32 = 0x9e37_79b1;
    let next = number + 1;
    (next < nonzero.count()).then(|| {
        let bytes = u32::from(nonzero.value(number)) | u32::from(nonzero.value(next)) << 8;
        ((bytes | nonzero.zeros_before(next) << 16).wrapping_mul(SPREAD) >> (32 - HASH_BITS)) as usize
    })
}

/// `None` if a copy cannot lie that far back. Two that share a hash need not share their byte.
fn distance(nonzero: &Nonzero<'_>, place: usize, number: usize) -> Option<u16> {
    let distance = u16::try_from(nonzero.at(number) - nonzero.at(place)).ok().filter(|far| *far <= WINDOW);
    distance.filter(|_| nonzero.value(place) == nonzero.value(number))
}

/// How many bytes are the same from two equal nonzero ones on, and how many nonzero ones are among them.
fn reach(nonzero: &Nonzero<'_>, place: usize, number: usize) -> (u16, usize) {
    let (mut reach, mut bytes) = (1, 1);
    loop {
        let (here, there) = (nonzero.zeros_before(number + bytes), nonzero.zeros_before(place + bytes));
        reach += here.min(there);
        let goes_on = here == there && reach < MAX_LENGTH && number + bytes < nonzero.count();
        if !goes_on || nonzero.value(number + bytes) != nonzero.value(place + bytes) {
            return (cut(reach), bytes);
        }
        reach += 1;
        bytes += 1;
    }
}

/// No copy is longer.
fn cut(bytes: u32) -> u16 {
    u16::try_from(bytes.min(MAX_LENGTH)).unwrap_or_default()
}
