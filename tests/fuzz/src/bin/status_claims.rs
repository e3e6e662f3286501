//! The program of the target `status_claims`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(status_claims);
