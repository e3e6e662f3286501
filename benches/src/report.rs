//! The output: a table for people, whose rows appear as they are measured, or one JSON document.

use std::{fs, io::Write as _, thread};

use anyhow::Result;
use serde::Serialize;

use crate::{
    counting::Counted,
    harness::{Effort, Measurement, Operation},
};

/// What the numbers were measured on.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// The processor's name for itself.
    pub cpu: String,
    /// Cores that this process may use.
    pub cores: usize,
    /// Architecture and operating system.
    pub platform: String,
}

/// One operation's result.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The operation.
    pub name: &'static str,
    /// What the limit consists of.
    pub limit_is: &'static str,
    /// Microseconds and ratios.
    #[serde(flatten)]
    pub measurement: Measurement,
    /// The greatest ratio allowed.
    pub target: Option<f64>,
    /// Whether best over best is within it.
    pub within: Option<bool>,
    /// Allocations for one call.
    pub allocations: Option<Counted>,
}

/// Everything of one run.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The machine.
    pub machine: Machine,
    /// How much was measured.
    pub effort: Effort,
    /// The results, in the order of measurement.
    pub operations: Vec<Row>,
}

/// A table of which the head is printed.
pub struct Table(());

impl Machine {
    /// The one that we run on.
    pub fn this() -> Self {
        let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        Self {
            cpu: model.map_or("unknown", |(_, name)| name.trim()).to_owned(),
            cores: thread::available_parallelism().map_or(1, usize::from),
            platform: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
        }
    }
}

impl Row {
    /// Puts together what is known of an operation.
    pub fn new(operation: &Operation<'_>, measurement: Measurement, allocations: Option<&Counted>) -> Self {
        Self {
            name: operation.name,
            limit_is: operation.limit_is,
            measurement,
            target: operation.target,
            within: operation.target.map(|target| measurement.best_ratio <= target),
            allocations: allocations.copied(),
        }
    }

    /// Whether the target, if there is one, is met.
    pub fn met(&self) -> bool {
        self.within != Some(false)
    }
}

impl Report {
    /// Prints the JSON document.
    pub fn print(&self) -> Result<()> {
        Ok(writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(self)?)?)
    }
}

impl Table {
    /// Prints the head.
    pub fn begin(machine: &Machine, effort: Effort) -> Result<Self> {
        let Effort { rounds, batch_ms } = effort;
        let Machine { cpu, cores, platform } = machine;
        let mut out = std::io::stdout();
        writeln!(
            out,
            "{cpu}, {cores} cores, {platform}; {rounds} batches of {batch_ms} ms of each; µs for one call\n"
        )?;
        writeln!(
            out,
            "{:<24} {:>9} {:>9} {:>9} {:>9} {:>7} {:>7} {:>6}      {:>6} {:>8}",
            "", "ours best", "median", "limit", "median", "ratio", "paired", "target", "allocs", "bytes"
        )?;
        Ok(Self(()))
    }

    /// Prints a row.
    pub fn add(&self, row: &Row) -> Result<()> {
        let Measurement { ours, limit, best_ratio, paired_median, .. } = row.measurement;
        let target = row.target.map_or(String::new(), |target| format!("{target:.2}"));
        let verdict = row.within.map_or("", |within| if within { "ok" } else { "OVER" });
        let (count, bytes) = row
            .allocations
            .map_or_else(Default::default, |counted| (counted.ours.count.to_string(), counted.ours.bytes.to_string()));
        let name = row.name;
        Ok(writeln!(
            std::io::stdout(),
            "{name:<24} {:>9.1} {:>9.1} {:>9.1} {:>9.1} {best_ratio:>7.3} {paired_median:>7.3} {target:>6} {verdict:<4} \
             {count:>6} {bytes:>8}",
            ours.best,
            ours.median,
            limit.best,
            limit.median,
        )?)
    }
}
