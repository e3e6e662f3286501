//! The program of the target `jwk`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(jwk);
