//! The program of the target `attestation_payload`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(attestation_payload);
