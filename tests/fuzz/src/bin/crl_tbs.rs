//! The program of the target `crl_tbs`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(crl_tbs);
