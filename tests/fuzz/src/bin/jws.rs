//! The program of the target `jws`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(jws);
