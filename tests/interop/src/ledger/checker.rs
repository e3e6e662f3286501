//! `python/tlog_check.py`: proofs, consistency, forks and whole logs, as the specifications' texts have them.

use std::path::Path;

use anyhow::{Result, anyhow, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::ledger::Handed;
use crate::ledger::log::{ORIGIN, Party};
use crate::peer::python;

/// Why the checker refused each case; nothing where it accepted.
pub type Refusals = Vec<Option<String>>;

/// Judges proofs.
pub fn proofs(cases: &[Handed]) -> Result<Refusals> {
    refusals(
        "proofs",
        cases.iter().map(
            |case| json!({"policy": encode(&case.policy), "proof": encode(&case.proof), "entry": encode(&case.entry)}),
        ),
    )
}

/// Judges whether the newer checkpoint's tree extends the older one's.
pub fn consistency(cases: &[(String, String, Vec<String>)]) -> Result<Refusals> {
    let log = Party::log(ORIGIN)?.verifier.to_string();
    refusals("consistency", cases.iter().map(|(older, newer, proof)| {
        json!({"log": log, "older": encode(older.as_bytes()), "newer": encode(newer.as_bytes()), "proof": proof})
    }))
}

/// Judges evidence of forks.
pub fn forks(cases: &[String]) -> Result<Refusals> {
    let log = Party::log(ORIGIN)?.verifier.to_string();
    refusals("forks", cases.iter().map(|evidence| json!({"log": log, "evidence": encode(evidence.as_bytes())})))
}

/// Reads a log from its files, and says what entries it has.
pub fn tiles(folder: &Path, size: u64) -> Result<Vec<Vec<u8>>> {
    let log = Party::log(ORIGIN)?.verifier.to_string();
    let answer = ask("tiles", json!({"folder": folder, "origin": ORIGIN, "log": log, "size": size}))?;
    let entries: Vec<String> = serde_json::from_value(answer["entries"].clone())?;
    entries.iter().map(|entry| Ok(STANDARD.decode(entry)?)).collect()
}

fn refusals(job: &str, cases: impl Iterator<Item = Value>) -> Result<Refusals> {
    let cases: Vec<Value> = cases.collect();
    let count = cases.len();
    let answer = ask(job, json!({"cases": cases}))?;
    let refusals: Refusals = serde_json::from_value(answer["refused"].clone())?;
    ensure!(refusals.len() == count, "{count} cases and {} answers", refusals.len());
    Ok(refusals)
}

fn ask(name: &str, mut job: Value) -> Result<Value> {
    job["job"] = json!(name);
    let answer = python("tlog_check.py", &job)?;
    if answer["ok"] == true { Ok(answer) } else { Err(anyhow!("the checker could not {name}: {}", answer["error"])) }
}

fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
