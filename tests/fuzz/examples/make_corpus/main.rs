//! Writes the seeds that every target must accept: `corpus/<target>/valid-…`.
//!
//! ```text
//! cargo run --manifest-path tests/fuzz/Cargo.toml --example make_corpus [target…]
//! ```
//!
//! Without targets, all. Keys, salts and times are constants; signatures are random, so each run changes the bytes of
//! what is signed. Run it when a format changed and the replay says that a seed is no longer accepted. Other files are
//! left alone.

mod cbor;
mod entries;
mod issuing;
mod ledger;
mod logged;
mod presenting;
mod relying;
mod signed;
mod text;

use std::{env, error::Error, fs, path::Path};

/// Target, name without `valid-`, content.
type Seed = (&'static str, &'static str, Vec<u8>);

fn main() -> Result<(), Box<dyn Error>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let chosen: Vec<String> = env::args().skip(1).collect();
    let is_chosen = |target: &str| chosen.is_empty() || chosen.iter().any(|name| name == target);
    for (target, name, content) in seeds()?.into_iter().filter(|(target, ..)| is_chosen(target)) {
        let folder = corpus.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("valid-{name}")), content)?;
    }
    Ok(())
}

fn seeds() -> Result<Vec<Seed>, Box<dyn Error>> {
    let unsigned = [text::seeds(), cbor::seeds()?].concat();
    let ledger = [ledger::seeds()?, entries::seeds()?, logged::seeds()?].concat();
    Ok([unsigned, ledger, relying::seeds()?, signed::seeds()?, issuing::seeds()?, presenting::seeds()?].concat())
}
