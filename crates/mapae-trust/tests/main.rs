//! Tests of mapae-trust.
