//! The program of the target `device_request`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(device_request);
