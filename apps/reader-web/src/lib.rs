//! The reader page's WebAssembly: bytes and JSON text in, JSON text out. Every decision is made by the crates; what
//! stands here only translates, and what stands in JavaScript only shows.
//!
//! Times are Unix seconds, which the page reads from the browser's clock. What is wrong with something that the page
//! was handed is thrown as JSON text: `{code, detail, values}`. Nothing here remembers a presentation.

mod catalogue;
mod policy;
mod problem;
mod reader;
mod tree;

pub use reader::Reader;

use mapae_reader::{Handed, Request, policy as policies, presentation};
use serde_json::json;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::problem::Problem;

/// What a file is on which verdicts rest: `policy`, `order` or `bundle`.
#[wasm_bindgen]
pub fn recognised(file: &[u8]) -> String {
    let kind = match Handed::of(file) {
        Handed::Policy => "policy",
        Handed::Order => "order",
        Handed::Bundle => "bundle",
    };
    kind.to_owned()
}

/// What a ledger's policy says: `{ledger, threshold, cosigners, fingerprint}`.
#[wasm_bindgen]
pub fn policy(file: &[u8]) -> Result<String, String> {
    Ok(policies::summary(file, &policy::read(file)?).to_string())
}

/// Throws if a policy would take the place of another, or that of the key or ledger of the bundles that `memory` knows.
#[expect(clippy::needless_pass_by_value, reason = "no optional slice crosses from JavaScript")]
#[wasm_bindgen]
pub fn check_policy(file: &[u8], held: Option<Vec<u8>>, memory: Option<String>) -> Result<(), String> {
    Ok(policy::check(file, held.as_deref(), memory)?)
}

/// What a request asks: `{client_id, purpose, issued_at, fingerprint, asks: [{ko, en}]}`.
#[wasm_bindgen]
pub fn asked(file: &[u8]) -> Result<String, String> {
    let request = Request::parse(file).map_err(|error| Problem::new("request_unusable", error))?;
    let catalogue = catalogue::builtin()?;
    let said = json!({
        "client_id": request.client_id(),
        "purpose": request.purpose(),
        "issued_at": request.issued_at().map(|time| time.to_string()),
        "fingerprint": request.fingerprint(),
        "asks": mapae_reader::asked(&request, &catalogue),
    });
    Ok(said.to_string())
}

/// The bytes of a presentation that was pasted as text.
#[wasm_bindgen]
pub fn pasted(text: &str) -> Result<Vec<u8>, String> {
    presentation::from_text(text).map_err(|error| Problem::new("not_a_presentation", error).into())
}

/// A file as a tree: `{label, kind, value, offset, length, …, editable, children}`.
#[wasm_bindgen]
pub fn inspect(file: &[u8]) -> Result<String, String> {
    Ok(tree::of(file)?.to_json().to_string())
}

/// The value at the end of a path in the tree of `original`, as it is in `changed`.
#[wasm_bindgen]
pub fn leaf(original: &[u8], changed: &[u8], path: &[u32]) -> Result<Vec<u8>, String> {
    Ok(tree::leaf(original, changed, path)?)
}

/// `changed` with one byte of that value changed further, through base64url where it stands inside that.
#[wasm_bindgen]
pub fn change(original: &[u8], changed: &[u8], path: &[u32], index: usize, byte: u8) -> Result<Vec<u8>, String> {
    Ok(tree::change(original, changed, path, index, byte)?)
}

/// Alterations worth trying: `[{id, path, index, byte}]`.
#[wasm_bindgen]
pub fn tries(presentation: &[u8]) -> Result<String, String> {
    Ok(mapae_reader::tries(presentation, &tree::of(presentation)?).to_string())
}

/// The request as somebody else would have made it: with another nonce.
#[wasm_bindgen]
pub fn other_request(request: &[u8]) -> Result<Vec<u8>, String> {
    Ok(tree::other_request(request)?)
}
