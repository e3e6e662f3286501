//! The program of the target `jwe`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(jwe);
