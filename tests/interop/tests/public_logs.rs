//! Proofs of a log that the public relied on, Certificate Transparency's "Argon 2020": crate `tlog_tiles` has the log's answers
//! among its test data, where they are read, as cargo has put them on this machine.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mapae_interop::install::source;
use mapae_ledger::{MerkleError, TreeHash, TreeHead, leaf_hash};
use serde_json::Value;

/// The size and the root of the earlier tree, as `tlog_tiles` and Go's `sumdb/tlog` have them in their tests.
const EARLIER: (u64, &str) = (3_654_490, "AuIZ5V6sDUj1vn3Y1K85oOaQ7y+FJJKtyRTl1edIKBQ=");
const INDEX: u64 = 10_000;

/// Where cargo unpacked the sources of `tlog_tiles`.
fn folder() -> Result<PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version", "1", "--manifest-path"]).arg(source("Cargo.toml"));
    let metadata: Value = serde_json::from_slice(&cargo.output()?.stdout)?;
    let packages = metadata["packages"].as_array().context("packages")?;
    let found = packages.iter().find(|package| package["name"] == "tlog_tiles").context("tlog_tiles")?;
    let manifest = PathBuf::from(found["manifest_path"].as_str().context("a path")?);
    Ok(manifest.with_file_name("tests").join("http_get"))
}

/// The log's answer to this request, or to the one that begins so and goes on after a hyphen.
fn answer(request: &str) -> Result<Value> {
    for file in fs::read_dir(folder()?)? {
        let file = file?;
        let name = file.file_name().to_string_lossy().into_owned();
        if name == request || (request.ends_with('-') && name.starts_with(request)) {
            return Ok(serde_json::from_slice(&fs::read(file.path())?)?);
        }
    }
    anyhow::bail!("no answer to {request}")
}

fn hashes(answer: &Value) -> Result<Vec<TreeHash>> {
    let lines: Vec<String> = serde_json::from_value(answer.clone())?;
    lines.iter().map(|line| Ok(line.parse()?)).collect()
}

fn head() -> Result<TreeHead> {
    let answer = answer("get-sth")?;
    let root = answer["sha256_root_hash"].as_str().context("a root")?.parse()?;
    Ok(TreeHead::new(answer["tree_size"].as_u64().context("a size")?, root))
}

#[test]
fn an_entry_of_a_public_log_is_proved() -> Result<()> {
    let head = head()?;
    ensure!(head.size() == 961_984_011, "a tree of {}", head.size());
    let entries = answer("get-entries-start-10000-end-10000")?;
    let entry = STANDARD.decode(entries["entries"][0]["leaf_input"].as_str().context("a leaf")?)?;
    let proof = answer("get-proof-by-hash-")?;
    ensure!(proof["leaf_index"] == INDEX, "the proof of {}", proof["leaf_index"]);
    let path = hashes(&proof["audit_path"])?;
    head.includes(INDEX, leaf_hash(&entry), &path)?;
    ensure!(head.includes(INDEX + 1, leaf_hash(&entry), &path) == Err(MerkleError::InclusionInvalid), "another index");
    ensure!(head.includes(INDEX, leaf_hash(&entry[1..]), &path).is_err(), "another entry");
    Ok(())
}

#[test]
fn a_public_log_grew() -> Result<()> {
    let (head, older) = (head()?, TreeHead::new(EARLIER.0, EARLIER.1.parse()?));
    let proof = hashes(&answer("get-sth-consistency-")?["consistency"])?;
    head.extends(older, &proof)?;
    let longer = TreeHead::new(older.size() + 1, older.root());
    ensure!(head.extends(longer, &proof) == Err(MerkleError::ConsistencyInvalid), "another size");
    Ok(())
}
