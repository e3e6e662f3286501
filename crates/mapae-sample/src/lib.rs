//! People who do not exist: registers and portraits from a seed.
//!
//! Everything here is made up, and shows it: the resident numbers carry a region code that was never assigned, the
//! road names say "sample" or "example", and each portrait wears a band with the words 견본 and SAMPLE. What is
//! plausible is the shape: names as frequent as in Korea, romanised as in passports; real provinces and districts;
//! check digits that hold; some people too young, without a card or with an expired licence, so that refusals occur.
//!
//! Person `n` depends on the seed and on `n` alone. A register of millions can be streamed, cut into parts and
//! made in any order, and has the same bytes each time and on every machine.
//!
//! Left out: files (the caller writes what [`resident_csv_row`] returns) and the meaning of the columns, which the
//! catalogue of `mapae-document` gives.
//!
//! ```
//! use mapae_sample::{SamplePeople, resident_csv_header, resident_csv_row};
//!
//! let people = SamplePeople::new(42);
//! let mut register = resident_csv_header();
//! for person in people.take(2) {
//!     register.push_str(&resident_csv_row(&person));
//! }
//! assert_eq!(register.lines().count(), 3);
//! ```

mod address;
mod dice;
mod licence;
mod name;
mod number;
mod person;
mod places;
mod portrait;
mod register;
mod romanise;

pub use address::Address;
pub use licence::{LicenceClass, LicenceStatus, SampleLicence};
pub use name::Name;
pub use number::resident_number_holds;
pub use person::{SamplePerson, Sex};
pub use register::{
    LICENCE_COLUMNS, RESIDENT_COLUMNS, licence_csv_header, licence_csv_row, resident_csv_header, resident_csv_row,
};
pub use romanise::romanise;

/// The people of one seed: an endless iterator, and any single one by number.
#[derive(Debug, Clone)]
pub struct SamplePeople {
    seed: u64,
    next: u64,
}

impl SamplePeople {
    /// The people of `seed`, from number 0.
    pub const fn new(seed: u64) -> Self {
        Self { seed, next: 0 }
    }

    /// Person `n`, the same however it is reached.
    pub fn person(&self, n: u64) -> SamplePerson {
        SamplePerson::new(self.seed, n)
    }
}

impl Iterator for SamplePeople {
    type Item = SamplePerson;

    fn next(&mut self) -> Option<SamplePerson> {
        let person = self.person(self.next);
        self.next = self.next.checked_add(1)?;
        Some(person)
    }
}
