//! The program of the target `certificate_tbs`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(certificate_tbs);
