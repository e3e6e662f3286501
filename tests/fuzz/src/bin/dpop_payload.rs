//! The program of the target `dpop_payload`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(dpop_payload);
