//! The program of the target `status_jwt`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(status_jwt);
