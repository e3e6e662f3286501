//! What a soak leaves to read: `docs/soak.md`.

use std::fmt::Write;

/// What was run, when, and with what.
pub(super) struct Setting {
    pub(super) minutes: u64,
    pub(super) date: String,
    pub(super) compiler: String,
    pub(super) flags: &'static str,
}

/// One target's run, as libFuzzer tells of it.
pub(super) struct Run {
    pub(super) target: String,
    executions: u64,
    edges: u64,
    new_inputs: u64,
    peak_megabytes: u64,
    pub(super) succeeded: bool,
}

impl Run {
    pub(super) fn new(target: &str) -> Self {
        Self { target: target.to_owned(), executions: 0, edges: 0, new_inputs: 0, peak_megabytes: 0, succeeded: false }
    }

    /// Whether no input failed. A target that ran nothing has shown nothing.
    pub(super) fn held(&self) -> bool {
        self.succeeded && self.executions > 0
    }

    /// Takes the numbers from the progress lines and from the final statistics.
    pub(super) fn read(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        for pair in words.windows(2) {
            let Ok(number) = pair[1].parse() else { continue };
            match pair[0] {
                "cov:" => self.edges = number,
                "stat::number_of_executed_units:" => self.executions = number,
                "stat::new_units_added:" => self.new_inputs = number,
                "stat::peak_rss_mb:" => self.peak_megabytes = number,
                _ => {}
            }
        }
    }
}

pub(super) fn write(setting: &Setting, runs: &[Run], faults: &[(&str, Option<String>)], bench: &str) -> String {
    let Setting { minutes, date, compiler, flags } = setting;
    let mut page = format!(
        "# Soak\n\nWritten by `cargo xtask soak --minutes {minutes}` on {date} with {compiler}: each target for \
         {minutes} min,\none on each core, starting from `tests/fuzz/corpus`.\n\n\
         | target | executions | edges covered | new inputs | peak memory, MB | result |\n|---|---|---|---|---|---|\n"
    );
    page.extend(runs.iter().map(row));
    let _ = write!(page, "\nBuilt with `RUSTC_BOOTSTRAP=1` and\n\n```\nRUSTFLAGS=\"{flags}\"\n```\n");
    for (title, counts) in faults {
        let counts = counts.as_deref().unwrap_or("FAILED");
        let _ = write!(page, "\n## {title}\n\n```\n{counts}\n```\n");
    }
    let _ = write!(page, "\n## Benches of the same day\n\n```\n{}\n```\n", bench.trim_end());
    page
}

fn row(run: &Run) -> String {
    let Run { target, executions, edges, new_inputs, peak_megabytes, .. } = run;
    let result = if run.held() { "held" } else { "FAILED" };
    format!("| {target} | {executions} | {edges} | {new_inputs} | {peak_megabytes} | {result} |\n")
}

#[cfg(test)]
mod tests {
    use super::{Run, Setting, write};

    fn run_of(lines: &[&str], succeeded: bool) -> Run {
        let mut run = Run::new("cbor");
        for line in lines {
            run.read(line);
        }
        Run { succeeded, ..run }
    }

    const LINES: [&str; 3] = [
        "#340847\tNEW    cov: 1034 ft: 2210 corp: 412/9kb lim: 325 exec/s: 340847 rss: 133Mb L: 14/325 MS: 1 ChangeBit-",
        "stat::number_of_executed_units: 340847",
        "stat::new_units_added:          8",
    ];

    #[test]
    fn a_run_is_read_from_what_the_fuzzer_says() {
        let run = run_of(&LINES, true);
        assert_eq!((run.executions, run.edges, run.new_inputs), (340_847, 1034, 8));
        assert!(run.held());
    }

    #[test]
    fn a_crash_and_a_run_of_nothing_do_not_hold() {
        assert!(!run_of(&LINES, false).held());
        assert!(!run_of(&[], true).held());
    }

    const COUNTS: [&str; 2] = ["crash: 9 runs", "chaos: 8 runs"];

    #[test]
    fn the_page_says_what_was_run_and_what_came_of_it() {
        let setting =
            Setting { minutes: 3, date: "2026-11-21".to_owned(), compiler: "rustc 1.95.0".to_owned(), flags: "-Zx" };
        let faults = COUNTS.map(|line| ("Under fire", Some(line.to_owned())));
        let page = write(&setting, &[run_of(&LINES, false)], &faults, "mdoc verify 1.05\n");
        assert!(page.contains("`cargo xtask soak --minutes 3` on 2026-11-21 with rustc 1.95.0"));
        assert!(page.contains("| cbor | 340847 | 1034 | 8 | 0 | FAILED |"));
        for line in COUNTS {
            assert!(page.contains(&format!("## Under fire\n\n```\n{line}\n```\n")));
        }
        assert!(
            write(&setting, &[], &[("Under fire", None)], "").contains("```\nFAILED\n```\n"),
            "runs that left something wrong"
        );
        assert!(page.ends_with("```\nmdoc verify 1.05\n```\n"));
    }
}
