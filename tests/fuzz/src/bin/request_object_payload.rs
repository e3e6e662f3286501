//! The program of the target `request_object_payload`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(request_object_payload);
