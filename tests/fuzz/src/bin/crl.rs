//! The program of the target `crl`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(crl);
