//! The program of the target `json`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(json);
