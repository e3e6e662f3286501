//! The program of the target `bundle_payload`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(bundle_payload);
