//! Writes the seeds that every target must accept: `corpus/<target>/valid-…`.
//!
//! ```text
//! cargo run --manifest-path tests/fuzz/Cargo.toml --example make_corpus
//! ```
//!
//! Keys, salts and times are constants; signatures are random, so each run changes the bytes of what is signed. Run it
//! when a format changed and the replay says that a seed is no longer accepted. Other files are left alone.

mod cbor;
mod entries;
mod ledger;
mod relying;
mod signed;
mod text;

use std::{error::Error, fs, path::Path};

/// Target, name without `valid-`, content.
type Seed = (&'static str, &'static str, Vec<u8>);

fn main() -> Result<(), Box<dyn Error>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (target, name, content) in
        [text::seeds(), cbor::seeds()?, ledger::seeds()?, entries::seeds()?, relying::seeds()?, signed::seeds()?]
            .concat()
    {
        let folder = corpus.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("valid-{name}")), content)?;
    }
    Ok(())
}
