//! The program of the target `tlog_proof`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(tlog_proof);
