//! Scenarios: what holds for both stores, and what each does by itself when things go wrong.

mod address;
mod both;
mod places;
mod postgres;
mod sqlite;
