//! The program of the target `registration`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(registration);
