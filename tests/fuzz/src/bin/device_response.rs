//! The program of the target `device_response`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(device_response);
