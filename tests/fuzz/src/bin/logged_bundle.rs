//! The program of the target `logged_bundle`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(logged_bundle);
