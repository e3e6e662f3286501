//! What an answer is worth: each credential verified, and together what was asked for. [`Outcome`] says it.
//!
//! Whose they are: copies of one person share nothing by which they could be matched (design D7), and who it is in the
//! register only those may ask who are registered for it ([`person`]). So two credentials of an answer are one person's if
//! both tell a name, in the same script, and nothing that both tell of the person differs ([`holders`]). What cannot be
//! compared is refused as what differs is.

mod claims;
mod holders;
mod judge;
mod once;
mod outcome;
mod person;

pub(crate) use claims::by_attribute as claims_by_attribute;
pub(crate) use holders::asks_for_a_name;
pub(crate) use judge::{Held, Judge, NotHeld};
pub(crate) use once::Judging;
pub(crate) use outcome::Outcome;
pub(crate) use person::{Holder, PERSON_ID};
