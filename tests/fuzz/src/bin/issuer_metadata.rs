//! The program of the target `issuer_metadata`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(issuer_metadata);
