//! The program of the target `status_encode`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(status_encode);
