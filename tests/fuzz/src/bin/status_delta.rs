//! The program of the target `status_delta`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(status_delta);
