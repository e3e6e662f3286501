//! The wallet page's WebAssembly: records and JSON text in, JSON text out. Every decision is made by the crates; what
//! stands here only translates, and what stands in JavaScript does what it is told (sends, signs, writes) and shows.
//!
//! Times are Unix seconds, which the page reads from the browser's clock. What does not go on is thrown, or told by an
//! errand, as `{code, detail, values}`. Left out: keys and storage, which the browser has (`page/engine-*.js`).

mod begin;
mod catalogue;
mod code;
mod errand;
mod pin;
mod problem;
mod proposals;
mod wallet;
mod want;

pub use errand::Errand;
pub use wallet::Core;

use mapae_types::Timestamp;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::problem::Problem;

/// 32 bytes of a PIN, by Argon2id of one lane.
#[wasm_bindgen]
pub fn pin_key(pin: String, salt: &[u8], memory_kib: u32, passes: u32) -> Result<Vec<u8>, String> {
    Ok(pin::slow(pin, salt, memory_kib, passes)?)
}

/// The text of the first QR code in a picture of grey values, row by row.
#[wasm_bindgen]
pub fn scan(grey: &[u8], width: usize, height: usize) -> Result<Option<String>, String> {
    Ok(code::read(grey, width, height)?)
}

/// The modules of a QR code, row by row: 1 where it is dark.
#[wasm_bindgen]
pub fn qr(text: &str) -> Result<Vec<u8>, String> {
    Ok(code::made(text)?)
}

fn time(seconds: f64) -> Result<Timestamp, Problem> {
    #[expect(clippy::cast_possible_truncation, reason = "saturates, and what is out of range is refused")]
    let whole = seconds.floor() as i64;
    Timestamp::from_unix(whole).map_err(|error| Problem::new("clock_unusable", error))
}
