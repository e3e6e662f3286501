//! Choices drawn from a seed: `ChaCha8` with the seed as key and the person's number as stream, so that no person
//! depends on another and the bytes are the same on every machine.

use mapae_types::Date;
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

/// What the drawn choices are for. Each purpose has its own stream: a new hair style changes nobody's name.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Facts,
    Portrait,
    Overseas,
    Official,
    Welfare,
}

/// A source of choices for one person and purpose.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn new(seed: u64, person: u64, purpose: Purpose) -> Self {
        let mut key = *b"........ Mapae sample people v1 ";
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8] = match purpose {
            Purpose::Facts => b'f',
            Purpose::Portrait => b'p',
            Purpose::Overseas => b'o',
            Purpose::Official => b'g',
            Purpose::Welfare => b'w',
        };
        let mut stream = ChaCha8Rng::from_seed(key);
        stream.set_stream(person);
        Self(stream)
    }

    /// A number from 0 to `bound - 1`; 0 if `bound` is 0.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        // Multiply and shift: the bias is below 2^-32 × bound, which no sample shows.
        let wide = u64::from(self.0.next_u32()) * u64::from(bound);
        u32::try_from(wide >> 32).unwrap_or(0)
    }

    /// A number of `range`, both ends included.
    pub(crate) fn between(&mut self, low: i32, high: i32) -> i32 {
        low.saturating_add_unsigned(self.below(high.abs_diff(low).saturating_add(1)))
    }

    /// Whether something happens that happens to `permille` of a thousand people.
    pub(crate) fn chance(&mut self, permille: u32) -> bool {
        self.below(1000) < permille
    }

    /// One of `items`, each as likely as the next. Tables here are never empty.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
        &items[usize::try_from(self.below(count)).unwrap_or(0)]
    }

    /// One of `items`, as often as `weight` says.
    pub(crate) fn pick_weighted<'a, T>(&mut self, items: &'a [T], weight: impl Fn(&T) -> u32) -> &'a T {
        let mut left = self.below(items.iter().map(&weight).sum());
        for item in items {
            match left.checked_sub(weight(item)) {
                Some(rest) => left = rest,
                None => return item,
            }
        }
        &items[0]
    }

    /// A day of the years `first` to `last`.
    pub(crate) fn day(&mut self, first: i32, last: i32) -> Date {
        loop {
            let (month, day) = (self.below(12) + 1, self.below(31) + 1);
            let drawn = Date::from_ymd(
                self.between(first, last),
                u8::try_from(month).unwrap_or(1),
                u8::try_from(day).unwrap_or(1),
            );
            // Draw again for a 31 April.
            if let Ok(day) = drawn {
                return day;
            }
        }
    }

    /// A fraction from 0 to 1.
    pub(crate) fn fraction(&mut self) -> f32 {
        // 16 bits fit an f32 exactly, so that every machine computes the same.
        f32::from(u16::try_from(self.below(1 << 16)).unwrap_or(0)) / 65_535.0
    }
}
