//! Tests of mapae-x509.
