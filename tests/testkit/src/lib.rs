//! A clock, seeded entropy, a PKI and documents for tests.
