//! The program of the target `sd_jwt`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(sd_jwt);
