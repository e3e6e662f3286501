//! Status lists and daily entries, on a clock that the test moves and over a store that it fills by hand.

mod days;
mod ledger;
mod lists;
mod replicas;
mod scene;
mod serving;
