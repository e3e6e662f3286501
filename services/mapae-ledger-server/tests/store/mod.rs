//! What the services rely on, the same for SQLite and PostgreSQL: each scenario runs on both.

mod crash;
mod log;
mod places;
mod rate;
mod witness;
