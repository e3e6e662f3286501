//! The program of the target `bundle_delta`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(bundle_delta);
