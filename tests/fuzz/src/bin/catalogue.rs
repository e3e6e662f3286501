//! The program of the target `catalogue`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(catalogue);
