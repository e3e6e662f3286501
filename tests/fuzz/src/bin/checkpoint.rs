//! The program of the target `checkpoint`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(checkpoint);
