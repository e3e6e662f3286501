//! Tests of mapae-dcql.
