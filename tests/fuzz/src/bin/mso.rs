//! The program of the target `mso`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(mso);
