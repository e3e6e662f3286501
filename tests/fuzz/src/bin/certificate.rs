//! The program of the target `certificate`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(certificate);
