//! Tests of mapae-status-list.
