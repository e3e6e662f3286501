//! Tests of mapae-cose.
