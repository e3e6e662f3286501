//! Allocations for one call, counted by the second program of this package.
//!
//! A counting allocator serves a whole program and slows it down; it also hides that a vector may grow in its place.
//! So the program that takes the time does not have one.

use std::{collections::BTreeMap, env, process::Command};

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};

/// What one call asked the allocator for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Allocations {
    /// Allocations; one that grows counts again.
    pub count: u64,
    /// Bytes in all of them together.
    pub bytes: u64,
}

/// Of one operation.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Counted {
    /// Ours.
    pub ours: Allocations,
    /// The limit's.
    pub limit: Allocations,
}

/// By the name of the operation.
pub type Counts = BTreeMap<String, Counted>;

/// Builds and runs the program that counts, if cargo started this one; else nothing is known.
pub fn count() -> Result<Counts> {
    let Some(cargo) = env::var_os("CARGO") else { return Ok(Counts::new()) };
    let arguments = ["run", "--quiet", "--release", "--package", "mapae-benches", "--bin", "mapae-allocations"];
    let output = Command::new(cargo).args(arguments).output().context("cargo")?;
    ensure!(output.status.success(), "mapae-allocations failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}
