//! Turns the catalogue into JSON, which the page reads anyway: a reader of TOML would be a sixth of the module.

use std::{env, error::Error, fs, path::PathBuf};

use mapae_document::Catalogue;

fn main() -> Result<(), Box<dyn Error>> {
    let mut files = Vec::new();
    for (name, text) in Catalogue::builtin_files() {
        files.push((name, serde_json::to_string(&toml::from_str::<serde_json::Value>(text)?)?));
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    // As Rust writes a list of pairs of texts.
    fs::write(out.join("catalogue.rs"), format!("{files:?}"))?;
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
