//! Tests of mapae-jose.
