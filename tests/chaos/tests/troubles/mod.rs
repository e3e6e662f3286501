//! The kinds of trouble, each a run of its own.

mod killing;
mod losing;
mod mirrors;
mod rogues;

pub(crate) use killing::{killed, too_few, two_sequencers};
pub(crate) use losing::{lost_state, restored_directory};
pub(crate) use mirrors::hostile_mirrors;
pub(crate) use rogues::{insert, plausible, rogue_operator};
