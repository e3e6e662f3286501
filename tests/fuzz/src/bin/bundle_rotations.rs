//! The program of the target `bundle_rotations`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(bundle_rotations);
