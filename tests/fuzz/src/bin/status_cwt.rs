//! The program of the target `status_cwt`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(status_cwt);
