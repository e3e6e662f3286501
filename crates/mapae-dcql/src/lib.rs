//! Queries of OpenID4VP and what satisfies them.
