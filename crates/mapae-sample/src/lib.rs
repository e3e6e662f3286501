//! People who do not exist: registers and portraits from a seed.
//!
//! Everything here is made up, and shows it: the resident numbers carry a region code that was never assigned, the
//! road names say "sample" or "example", and each portrait wears a band with the words 견본 and SAMPLE. What is
//! plausible is the shape: names as frequent as in Korea, romanised as in passports; real provinces and districts;
//! check digits that hold; about as many drivers, officials, Koreans abroad and disabled people as there are; some too
//! young, without a card, on leave or with an expired licence, so that refusals occur.
//!
//! Person `n` depends on the seed and on `n` alone. A register of millions can be streamed, cut into parts and
//! made in any order, and has the same bytes each time and on every machine.
//!
//! Left out: files (the caller writes what [`Register::csv_row`] returns) and the meaning of the columns, which the
//! catalogue of `mapae-document` gives.
//!
//! ```
//! use mapae_sample::{Register, SamplePeople};
//!
//! let rows = SamplePeople::new(42).take(2).filter_map(|person| Register::Resident.csv_row(&person));
//! let register: String = std::iter::once(Register::Resident.csv_header()).chain(rows).collect();
//! assert_eq!(register.lines().count(), 3);
//! ```

mod address;
mod cells;
mod columns;
mod dice;
mod licence;
mod name;
mod number;
mod official;
mod overseas;
mod person;
mod places;
mod portrait;
mod register;
mod romanise;
mod welfare;

pub use address::Address;
pub use licence::{LicenceClass, LicenceStatus, SampleLicence};
pub use name::Name;
pub use number::resident_number_holds;
pub use official::{Duty, SampleOfficial};
pub use overseas::SampleOverseas;
pub use person::{SamplePerson, Sex};
pub use register::Register;
pub use romanise::romanise;
pub use welfare::{SampleWelfare, Severity};

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
