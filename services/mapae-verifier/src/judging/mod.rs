//! What an answer is worth: each credential verified, and together what was asked for. [`Outcome`] says it.
//!
//! Whose they are: copies of one person share nothing by which they could be matched (design D7), and no document tells the
//! register's person. So two credentials of an answer are one person's if both tell a name, in the same script, and
//! nothing that both tell of the person differs ([`holders`]). What cannot be compared is refused as what differs is.

mod claims;
mod holders;
mod judge;
mod outcome;

pub(crate) use holders::asks_for_a_name;
pub(crate) use judge::{Judge, NotHeld};
pub(crate) use outcome::Outcome;
