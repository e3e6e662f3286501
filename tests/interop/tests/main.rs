//! Interoperability, both ways. `MAPAE_INTEROP_WRITE=1` rewrites `docs/interop.md` from what the peers do.

mod matrix;
mod mdoc;
mod sd_jwt;
