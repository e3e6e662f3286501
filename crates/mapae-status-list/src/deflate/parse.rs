//! The cheapest way to write a block as literals and copies.
//!
//! Costs are bits. Each place of the block has the least cost at which it was reached, and the token that did it.
//! Within a run of zeros a later place is never worse than an earlier one but for rounding of lengths to codes, so
//! only the longest of each copy is tried, and places dearer than the end of their run are not gone on from.

use super::{
    alphabet::{self, DISTANCES, LITERALS_AND_LENGTHS, MAX_LENGTH, MIN_LENGTH},
    copies::Copies,
    huffman::{Codebook, MAX_BITS},
    nonzero::Nonzero,
};

/// What a block is written as.
#[derive(Debug, Clone, Copy)]
pub(super) enum Token {
    /// A byte.
    Literal(u8),
    /// `length` bytes from `distance` before.
    Copy { length: u32, distance: u16 },
}

/// The bits that a token takes.
pub(super) struct Costs {
    literal: [u32; 256],
    length: [u32; MAX_LENGTH as usize + 1],
    distance: [u32; DISTANCES],
}

/// How often each symbol occurs.
pub(super) struct Frequencies {
    pub(super) literals_and_lengths: [u32; LITERALS_AND_LENGTHS],
    pub(super) distances: [u32; DISTANCES],
}

/// The cheapest way to a place: what it costs, and its last token. A literal is one byte long, from nowhere.
#[derive(Clone, Copy)]
struct Way {
    cost: u32,
    length: u16,
    distance: u16,
}

struct Search<'s> {
    nonzero: &'s Nonzero<'s>,
    copies: &'s Copies,
    costs: &'s Costs,
    ways: Vec<Way>,
}

const UNREACHED: u32 = u32::MAX;

/// The tokens of the block that take the least bits.
pub(super) fn cheapest(nonzero: &Nonzero<'_>, copies: &Copies, costs: &Costs) -> Vec<Token> {
    let mut ways = vec![Way { cost: UNREACHED, length: 0, distance: 0 }; nonzero.data().len() + 1];
    ways[0].cost = 0;
    let mut search = Search { nonzero, copies, costs, ways };
    search.run();
    search.tokens()
}

impl Search<'_> {
    fn run(&mut self) {
        let mut start = 0;
        for number in 0..=self.nonzero.count() {
            let end = self.nonzero.at(number);
            for place in start..end {
                self.go_on_from_zero(number, start, place, end);
            }
            self.go_on_from_nonzero(number, end);
            start = end.saturating_add(1);
        }
    }

    /// From a zero in the run between `start` and `end`, where the nonzero byte of that number lies.
    fn go_on_from_zero(&mut self, number: usize, start: u32, place: u32, end: u32) {
        if self.ways[place as usize].cost >= self.ways[end as usize].cost {
            return;
        }
        self.reach(place, 1, 0, self.costs.literal[0]);
        let rest = (end - place).min(MAX_LENGTH);
        if place > start {
            self.copy(place, rest, 1);
        } else if let Some(before) = number.checked_sub(1) {
            // No zero precedes, but some lie before the nonzero byte that does.
            let length = rest.min(self.nonzero.zeros_before(before));
            self.copy(place, length, distance_over(length));
        }
        self.copies_around(number, place, end);
    }

    fn go_on_from_nonzero(&mut self, number: usize, place: u32) {
        if number < self.nonzero.count() && self.ways[place as usize].cost != UNREACHED {
            self.reach(place, 1, 0, self.costs.literal[usize::from(self.nonzero.value(number))]);
            self.copies_around(number, place, place);
        }
    }

    /// Copies of the zeros from `place` on, of the nonzero byte at `end` and of what follows.
    fn copies_around(&mut self, number: usize, place: u32, end: u32) {
        if number == self.nonzero.count() {
            return;
        }
        let zeros = end - place;
        let copies = self.copies;
        for copy in copies.of(number).iter().filter(|copy| u32::from(copy.zeros) >= zeros) {
            self.copy(place, (zeros + u32::from(copy.reach)).min(MAX_LENGTH), copy.distance);
        }
    }

    fn copy(&mut self, place: u32, length: u32, distance: u16) {
        if length >= MIN_LENGTH {
            self.reach(place, length, distance, self.costs.copy(length, distance));
        }
    }

    fn reach(&mut self, place: u32, length: u32, distance: u16, cost: u32) {
        let cost = self.ways[place as usize].cost + cost;
        let way = &mut self.ways[(place + length) as usize];
        if cost < way.cost {
            *way = Way { cost, length: u16::try_from(length).unwrap_or_default(), distance };
        }
    }

    /// Follows the way back from the end.
    fn tokens(&self) -> Vec<Token> {
        let (mut tokens, mut to) = (Vec::new(), self.nonzero.data().len());
        while to > 0 {
            let Way { length, distance, .. } = self.ways[to];
            to -= usize::from(length);
            tokens.push(match distance {
                0 => Token::Literal(self.nonzero.data()[to]),
                _ => Token::Copy { length: length.into(), distance },
            });
        }
        tokens.reverse();
        tokens
    }
}

/// From how far back to copy zeros over one nonzero byte: the nearest place with that many.
fn distance_over(zeros: u32) -> u16 {
    u16::try_from(zeros + 1).unwrap_or_default()
}

impl Costs {
    /// A guess to begin with: most bytes are zero, the others mostly have one bit set.
    pub(super) fn of_a_sparse_list() -> Self {
        let mut symbols = [5; LITERALS_AND_LENGTHS];
        symbols[..256].fill(8);
        symbols[0] = 2;
        (0..8).for_each(|bit| symbols[1 << bit] = 5);
        let mut distances = [4; DISTANCES];
        distances[0] = 2;
        Self::new(&symbols, &distances)
    }

    /// What tokens would take under the best code for these.
    pub(super) fn after(tokens: &[Token]) -> Self {
        let frequencies = Frequencies::of(tokens);
        let symbols = Codebook::new(&frequencies.literals_and_lengths, MAX_BITS);
        let distances = Codebook::new(&frequencies.distances, MAX_BITS);
        Self::new(&symbols.lengths().map(known), &distances.lengths().map(known))
    }

    fn new(symbols: &[u32; LITERALS_AND_LENGTHS], distances: &[u32; DISTANCES]) -> Self {
        let mut costs = Self { literal: [0; 256], length: [0; MAX_LENGTH as usize + 1], distance: [0; DISTANCES] };
        costs.literal.copy_from_slice(&symbols[..256]);
        for (length, cost) in (0..).zip(&mut costs.length) {
            let code = alphabet::length(length);
            *cost = symbols[code.symbol] + code.extra_bits;
        }
        costs.distance = *distances;
        costs
    }

    fn copy(&self, length: u32, distance: u16) -> u32 {
        let code = alphabet::distance(distance);
        self.length[length as usize] + self.distance[code.symbol] + code.extra_bits
    }
}

/// A symbol that did not occur may occur now, at about the price of one that occurs once.
fn known(bits: u8) -> u32 {
    if bits == 0 { MAX_BITS.into() } else { bits.into() }
}

impl Frequencies {
    pub(super) fn of(tokens: &[Token]) -> Self {
        let mut all = Self { literals_and_lengths: [0; LITERALS_AND_LENGTHS], distances: [0; DISTANCES] };
        all.literals_and_lengths[alphabet::END] = 1;
        for token in tokens {
            match *token {
                Token::Literal(byte) => all.literals_and_lengths[usize::from(byte)] += 1,
                Token::Copy { length, distance } => {
                    all.literals_and_lengths[alphabet::length(length).symbol] += 1;
                    all.distances[alphabet::distance(distance).symbol] += 1;
                }
            }
        }
        all
    }
}
