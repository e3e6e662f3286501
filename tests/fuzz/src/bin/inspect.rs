//! The program of the target `inspect`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(inspect);
