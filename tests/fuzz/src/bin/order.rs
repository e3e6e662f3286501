//! The program of the target `order`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(order);
