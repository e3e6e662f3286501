//! The program of the target `presentation_answer`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(presentation_answer);
