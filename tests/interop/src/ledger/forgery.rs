//! Signature lines that crate `mapae-ledger` would not make, put together here: only the signing itself is its.

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::ledger::log::Party;

/// A plain signature over any text.
pub fn signature(party: &Party, text: &str) -> Result<String> {
    Ok(line(party, 1, party.signing.sign(text.as_bytes())?.as_bytes()))
}

/// A cosignature over any text at any time.
pub fn cosignature(party: &Party, text: &str, at: u64) -> Result<String> {
    let message = format!("cosignature/v1\ntime {at}\n{text}");
    Ok(timed(party, at, party.signing.sign(message.as_bytes())?.as_bytes()))
}

/// Any signature behind a time, as cosignatures are written.
pub fn timed(party: &Party, at: u64, signature: &[u8]) -> String {
    line(party, 4, &[&at.to_be_bytes()[..], signature].concat())
}

/// signed-note: em dash, name, base64 of key id and signature. Name and id are those of the verifier key, whoever signed.
fn line(party: &Party, kind: u8, signature: &[u8]) -> String {
    let name = party.verifier.name().as_str();
    let id = Sha256::new().chain_update(name).chain_update([b'\n', kind]);
    let id = id.chain_update(party.verifier.public_key().as_bytes()).finalize();
    format!("\u{2014} {name} {}\n", STANDARD.encode([&id[..4], signature].concat()))
}
