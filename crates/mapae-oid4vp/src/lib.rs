//! OpenID4VP 1.0 and HAIP 1.0.
