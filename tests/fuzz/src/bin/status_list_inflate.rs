//! The program of the target `status_list_inflate`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(status_list_inflate);
