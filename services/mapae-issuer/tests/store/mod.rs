//! What the issuer relies on, the same for SQLite and PostgreSQL: each scenario runs on both.

mod copies;
mod deferred;
mod grants;
mod life;
mod offers;
mod people;
mod places;
mod publication;
mod races;
mod rate;
mod register;
mod seals;
mod sign_in;
mod sweep;
