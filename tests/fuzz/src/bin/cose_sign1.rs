//! The program of the target `cose_sign1`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(cose_sign1);
