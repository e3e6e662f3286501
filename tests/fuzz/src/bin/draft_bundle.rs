//! The program of the target `draft_bundle`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(draft_bundle);
