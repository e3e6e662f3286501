//! The program of the target `ledger_entry`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(ledger_entry);
