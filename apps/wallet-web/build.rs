//! Checks the catalogue and packs it: to read TOML, and to check again, would be a twentieth of the module.

use std::{env, error::Error, fs, path::PathBuf};

use mapae_document::Catalogue;

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    fs::write(out.join("catalogue.json"), Catalogue::builtin()?.pack())?;
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
