//! What a run says at its end.

use std::time::Duration;

use anyhow::anyhow;
use serde_json::{Map, Value, json};

use super::{Flow, LoadVerifyArgs, costs::Costs, open::Open, run::Measured, session::STEPS};
use crate::failure::{Failure, Outcome};

/// A verifier's time over that of its cryptography at most, on SQLite and on PostgreSQL, whose own time is not in it.
const TARGETS: [f64; 2] = [1.8, 2.2];

/// A run, and what it is compared with.
pub(super) struct Report {
    asked: u32,
    in_flight: u32,
    replicas: u32,
    flow: Flow,
    on_postgres: bool,
    measured: Measured,
    costs: Costs,
    open: Option<Open>,
    /// Microseconds of each step: the middle, and what one in a hundred exceeds.
    steps: Vec<(f64, f64)>,
}

impl Report {
    pub(super) fn new(args: &LoadVerifyArgs, mut measured: Measured, costs: Costs, open: Option<Open>) -> Self {
        let steps = measured.tally.took.iter_mut().map(|took| (percentile(took, 50), percentile(took, 99))).collect();
        Self {
            asked: args.sessions,
            in_flight: args.in_flight,
            replicas: args.replicas,
            flow: args.flow,
            on_postgres: args.on_postgres(),
            measured,
            costs,
            open,
            steps,
        }
    }

    /// For programs.
    pub(super) fn to_json(&self) -> Value {
        let Self { measured, costs, .. } = self;
        let step = |(p50, p99): &(f64, f64)| json!({ "p50_us": p50, "p99_us": p99 });
        let steps: Map<String, Value> =
            STEPS.iter().zip(&self.steps).map(|(name, one)| ((*name).to_owned(), step(one))).collect();
        json!({
            "sessions": self.asked,
            "done": measured.tally.done,
            "failed": measured.tally.failed,
            "in_flight": self.in_flight,
            "replicas": self.replicas,
            "flow": self.flow_name(),
            "store": self.store(),
            "wall_s": measured.wall.as_secs_f64(),
            "per_second": self.per_second(),
            "cryptography": costs.to_json(),
            "verifier_cpu_us": self.each(measured.verifier_cpu),
            "client_cpu_us": self.each(measured.client_cpu),
            "postgres_cpu_us": self.each(measured.postgres_cpu),
            "verifier_over_cryptography": self.ratio(),
            "verifier_over_asymmetric": self.each(measured.verifier_cpu).map(|cpu| cpu / costs.asymmetric()),
            "target": self.target(),
            "steps": steps,
            "memory_mb": measured.memory.map(|(start, end)| json!({ "start": megabytes(start), "end": megabytes(end) })),
            "open": self.open.as_ref().map(|open| json!({ "sessions": open.sessions, "bytes_each": open.each() })),
        })
    }

    /// For people.
    pub(super) fn to_text(&self) -> String {
        let Self { measured, costs, .. } = self;
        let mut lines = vec![
            format!(
                "{} of {} sessions, {}, in {:.1} s, {:.0} a second ({}, {} at a time, {} replicas)",
                measured.tally.done,
                self.asked,
                self.flow_name(),
                measured.wall.as_secs_f64(),
                self.per_second(),
                self.store(),
                self.in_flight,
                self.replicas,
            ),
            costs.to_text(),
        ];
        lines.extend(self.used());
        for (name, (p50, p99)) in STEPS.iter().zip(&self.steps) {
            lines.push(format!("  {name:<8} {:.1} ms, one in a hundred above {:.1} ms", p50 / 1e3, p99 / 1e3));
        }
        if let Some((start, end)) = measured.memory {
            lines.push(format!("  verifier's memory: {:.0} MB before, {:.0} after", megabytes(start), megabytes(end)));
        }
        if let Some(open) = &self.open {
            lines.push(format!("  {} open sessions: {:.0} bytes of memory each", open.sessions, open.each()));
        }
        lines.join("\n")
    }

    /// What the processes used for a session; nothing where the system does not say.
    fn used(&self) -> Option<String> {
        let Self { measured, .. } = self;
        let (verifier, client) = (self.each(measured.verifier_cpu)?, self.each(measured.client_cpu)?);
        let postgres = self.each(measured.postgres_cpu).map(|cpu| format!(", PostgreSQL {cpu:.0}")).unwrap_or_default();
        Some(format!(
            "  processor for a session: verifier {verifier:.0} us = {:.2} times its cryptography (target {:.1}); client {client:.0}{postgres}",
            self.ratio()?,
            self.target()
        ))
    }

    /// Fails where the target is missed, if anybody asked.
    pub(super) fn check(&self, asked: bool) -> Outcome<()> {
        match self.ratio() {
            Some(ratio) if asked && ratio > self.target() => {
                Err(Failure::Failed(anyhow!("{ratio:.2} times its cryptography, and {:.1} are allowed", self.target())))
            }
            None if asked => Err(Failure::Failed(anyhow!("this system does not tell what a process took"))),
            _ => Ok(()),
        }
    }

    const fn target(&self) -> f64 {
        TARGETS[self.on_postgres as usize]
    }

    const fn store(&self) -> &'static str {
        if self.on_postgres { "PostgreSQL" } else { "SQLite" }
    }

    const fn flow_name(&self) -> &'static str {
        match self.flow {
            Flow::SameDevice => "same device",
            Flow::CrossDevice => "cross device",
        }
    }

    fn per_second(&self) -> f64 {
        number(self.measured.tally.done) / self.measured.wall.as_secs_f64()
    }

    fn ratio(&self) -> Option<f64> {
        Some(self.each(self.measured.verifier_cpu)? / self.costs.session())
    }

    /// Microseconds of a session.
    fn each(&self, cpu: Option<Duration>) -> Option<f64> {
        Some(cpu?.as_secs_f64() * 1e6 / number(self.measured.tally.done.max(1)))
    }
}

/// Microseconds that so many of a hundred do not exceed.
fn percentile(took: &mut [Duration], of_hundred: usize) -> f64 {
    took.sort_unstable();
    let place = took.len() * of_hundred / 100;
    took.get(place).or_else(|| took.last()).map_or(0.0, |took| took.as_secs_f64() * 1e6)
}

/// Counts are below 2³² here.
fn number(count: u64) -> f64 {
    u32::try_from(count).unwrap_or(u32::MAX).into()
}

fn megabytes(bytes: u64) -> f64 {
    number(bytes >> 10) / 1024.0
}
