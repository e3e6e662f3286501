//! The program of the target `mdoc_issuer_signed`.
#![cfg_attr(fuzzing, no_main)]

mapae_fuzz::program!(mdoc_issuer_signed);
