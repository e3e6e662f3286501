//! What a guess at a wallet's PIN costs whoever has a copy of the browser's profile, on one core of this machine:
//!
//! ```text
//! cargo run --release -p wallet-web --example pin_cost
//! ```
//!
//! The same Argon2id as the page's, compiled for this machine; the page's own takes about a third longer. SECURITY.md
//! computes with the result.

use std::{
    hint::black_box,
    io::{self, Write as _},
    time::Instant,
};

/// As `page/engine-worker.js` has it.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const GUESSES: u32 = 20;

fn main() -> io::Result<()> {
    let begun = Instant::now();
    for guess in 0..GUESSES {
        let slow = wallet_web::pin_key(format!("{guess:06}"), b"a salt of a test", MEMORY_KIB, PASSES);
        black_box(slow.map_err(io::Error::other)?);
    }
    let each = begun.elapsed().as_secs_f64() / f64::from(GUESSES);
    let mut out = io::stdout();
    writeln!(out, "one guess: {:.0} ms of one core, {MEMORY_KIB} KiB of memory", each * 1000.0)?;
    for (what, pins) in
        [("6 digits", 1e6), ("8 digits", 1e8), ("10 digits", 1e10), ("8 small letters and digits", 36f64.powi(8))]
    {
        writeln!(out, "{what}: {:.0} core-hours for all, half of that on average", pins * each / 3600.0)?;
    }
    Ok(())
}
