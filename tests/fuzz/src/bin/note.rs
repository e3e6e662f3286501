//! The program of the target `note`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(note);
