//! The program of the target `bundle`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(bundle);
