//! The program of the target `register_row`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(register_row);
