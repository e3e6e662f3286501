//! The program of the target `issuer_answer`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(issuer_answer);
