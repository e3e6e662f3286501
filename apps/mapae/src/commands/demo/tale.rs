//! How the story is told: numbered steps with figures for people, one document for programs.

use std::time::Instant;

use serde_json::{Value, json};

use crate::output::Output;

/// The steps so far.
pub(super) struct Tale<'a> {
    output: &'a Output,
    started: Instant,
    steps: Vec<Value>,
}

impl<'a> Tale<'a> {
    pub(super) fn new(output: &'a Output) -> Self {
        Self { output, started: Instant::now(), steps: Vec::new() }
    }

    pub(super) fn title(&self) {
        self.output.line("Mapae (마패): a mobile ID that keeps working when its data centre does not.");
        self.output.line("견본 SAMPLE: the people are made up; keys, signatures, files and verdicts are real.");
    }

    /// Begins a step.
    pub(super) fn step(&mut self, heading: &str) {
        self.steps.push(json!({ "heading": heading, "lines": [] }));
        self.output.line(&format!("\n{:>2}  {heading}", self.steps.len()));
    }

    /// Says something in it.
    pub(super) fn say(&mut self, line: &str) {
        self.output.line(&format!("    {line}"));
        if let Some(lines) = self.steps.last_mut().and_then(|step| step["lines"].as_array_mut()) {
            lines.push(line.into());
        }
    }

    /// The last words.
    pub(super) fn end(&self, cases: &[Value], closing: &[String]) {
        let seconds = self.started.elapsed().as_secs_f64();
        let document = json!({ "steps": self.steps, "cases": cases, "seconds": seconds });
        self.output.answer(&document, || format!("\n{}\n{seconds:.1} s in all.", closing.join("\n")));
    }
}
