//! The program of the target `cose_key`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(cose_key);
