//! The program of the target `base64url`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(base64url);
