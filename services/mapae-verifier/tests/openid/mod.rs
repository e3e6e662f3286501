//! People who sign in at the library's own applications, and those who would like to be them.

mod browser;
mod kept;
mod keys;
pub(crate) mod library;
mod mixed_up;
mod not_held;
mod pages;
mod plain;
mod refused;
mod setup;
mod stores;
mod subjects;
