//! The program of the target `ledger_statement`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(ledger_statement);
