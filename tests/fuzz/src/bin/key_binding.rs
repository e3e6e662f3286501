//! The program of the target `key_binding`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(key_binding);
