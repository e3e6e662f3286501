//! The program of the target `key_proof_payload`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(key_proof_payload);
