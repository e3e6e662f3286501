//! The issuer as a service: registers, a document's life, OpenID4VCI, status lists.
