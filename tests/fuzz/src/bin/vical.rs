//! The program of the target `vical`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(vical);
