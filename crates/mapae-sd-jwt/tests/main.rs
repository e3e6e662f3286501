//! Tests of mapae-sd-jwt.
