//! What is done beside documents, each in a transaction of its own.

pub(super) mod health;
pub(super) mod publication;
pub(super) mod register;
pub(super) mod sign_in;
pub(super) mod sweep;
