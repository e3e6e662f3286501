//! Tests of mapae-sample.
