//! The whole system in real processes, and what is left of it afterwards.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod audit;
mod country;
mod dump;
mod lists;
mod mirror;
mod needles;
mod no_central_record;
mod observation;
mod on_purpose;
mod phone;
mod process;
mod proxy;
mod relying_party;
mod scene;
mod sign_in;
mod terminal;
mod web;
