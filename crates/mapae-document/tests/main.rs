//! Tests of mapae-document.
