//! The program of the target `presentation_call`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(presentation_call);
