//! The program of the target `session_transcript`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(session_transcript);
