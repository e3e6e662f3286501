//! The program of the target `verify`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(verify);
