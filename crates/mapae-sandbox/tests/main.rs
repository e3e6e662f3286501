//! A sample country against the verifier's half of `mapae-oid4vp` and `mapae-verify`.

mod answering;
mod breaking;
mod issuing;
mod scene;
