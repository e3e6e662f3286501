//! Tests of mapae-mdoc.
