//! The program of the target `order_payload`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(order_payload);
