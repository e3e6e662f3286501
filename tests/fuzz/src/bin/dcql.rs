//! The program of the target `dcql`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(dcql);
