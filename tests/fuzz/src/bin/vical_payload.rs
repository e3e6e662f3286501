//! The program of the target `vical_payload`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(vical_payload);
