//! The program of the target `credential_offer`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(credential_offer);
