//! The issuer as a service: registers, a document's life, OpenID4VCI, status lists.

pub mod crash;
pub mod ids;
pub mod seal;
pub mod store;
