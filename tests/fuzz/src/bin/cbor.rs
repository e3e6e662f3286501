//! The program of the target `cbor`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(cbor);
