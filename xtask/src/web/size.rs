//! What the page costs on the way: as it is, with gzip, with Brotli.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::Result;
use flate2::{Compression, write::GzEncoder};

use crate::command::say;

use super::page::names;

/// What a page's module may take in Brotli, in bytes.
const BUDGET: usize = 400_000;

/// Prints the sizes; false if the module is too large.
pub(crate) fn report(out: &Path) -> Result<bool> {
    let mut module = 0;
    let mut sum = [0; 3];
    say(&format!("{:>10} {:>10} {:>10}", "raw", "gzip", "brotli"));
    for name in names(out)? {
        let sizes = sizes(&fs::read(out.join(&name))?)?;
        line(&name, sizes);
        (0..3).for_each(|column| sum[column] += sizes[column]);
        if Path::new(&name).extension().is_some_and(|extension| extension == "wasm") {
            module += sizes[2];
        }
    }
    line(&out.display().to_string(), sum);
    if module > BUDGET {
        say(&format!("The module takes {module} bytes in Brotli, and may take {BUDGET}"));
    }
    Ok(module <= BUDGET)
}

fn line(name: &str, [raw, gzip, brotli]: [usize; 3]) {
    say(&format!("{raw:>10} {gzip:>10} {brotli:>10}  {name}"));
}

fn sizes(bytes: &[u8]) -> Result<[usize; 3]> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes)?;
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &brotli::enc::BrotliEncoderParams::default())?;
    Ok([bytes.len(), gzip.finish()?.len(), packed.len()])
}
