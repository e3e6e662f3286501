//! The program of the target `credential_request`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(credential_request);
