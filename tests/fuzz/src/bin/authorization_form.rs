//! The program of the target `authorization_form`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(authorization_form);
