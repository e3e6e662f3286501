//! Tests of mapae-verify.
