//! The program of the target `witness_request`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(witness_request);
