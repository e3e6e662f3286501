//! The bundle, what it says, and how its questions are answered.

mod forging;
mod freshness;
mod reading;
mod signers;
mod status;
