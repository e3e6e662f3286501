//! The program of the target `fork_evidence`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(fork_evidence);
