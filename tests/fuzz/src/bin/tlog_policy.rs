//! The program of the target `tlog_policy`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(tlog_policy);
