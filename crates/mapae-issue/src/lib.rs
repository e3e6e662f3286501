//! a person's copies in both formats, up to what the issuer signs.
