//! A program at work: how long it took, how fast at its beginning and end, how much memory at most.

use std::{
    fs,
    io::Read as _,
    path::Path,
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};

/// How often is looked.
const EVERY: Duration = Duration::from_millis(5);

/// What was seen.
pub(crate) struct Watched {
    pub(crate) seconds: f64,
    /// Seconds for the first and for the last tenth of the journal.
    pub(crate) tenths: [f64; 2],
    /// Seconds on any core, in the program and in the system on its behalf.
    pub(crate) cpu: f64,
    /// Bytes.
    pub(crate) peak_memory: u64,
    pub(crate) stdout: Vec<u8>,
}

impl Watched {
    /// Runs a program to its end while it writes a journal, which shows how far it is.
    pub(crate) fn run(command: &mut Command, journal: &Path) -> Result<Self> {
        let begun = Instant::now();
        let mut child = command.spawn().context("cannot start the program")?;
        let process = format!("/proc/{}", child.id());
        let (mut steps, mut peak_memory, mut cpu) = (Vec::new(), 0, 0.0_f64);
        let exit = loop {
            peak_memory = peak_memory.max(peak(&process));
            cpu = cpu.max(cpu_seconds(&process));
            let length = fs::metadata(journal).map_or(0, |file| file.len());
            steps.push((begun.elapsed().as_secs_f64(), length));
            if let Some(exit) = child.try_wait()? {
                break exit;
            }
            thread::sleep(EVERY);
        };
        let seconds = begun.elapsed().as_secs_f64();
        ensure!(exit.success(), "the program failed: {exit}");
        Ok(Self { seconds, tenths: tenths(&steps), cpu, peak_memory, stdout: said(&mut child)? })
    }
}

/// From the first line to a tenth of all, and from nine tenths to all.
fn tenths(steps: &[(f64, u64)]) -> [f64; 2] {
    let all = steps.last().map_or(0, |(_, length)| *length);
    let when = |length| steps.iter().find(|(_, reached)| *reached >= length).map_or(0.0, |(time, _)| *time);
    [when(all / 10) - when(1), when(all) - when(all / 10 * 9)]
}

/// Bytes that were in memory at most, from `VmHWM`.
fn peak(process: &str) -> u64 {
    let text = fs::read_to_string(format!("{process}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or(0) << 10
}

/// Seconds that a process's threads have computed so far, from `stat`, which counts in hundredths.
pub(crate) fn cpu_seconds(process: &str) -> f64 {
    let text = fs::read_to_string(format!("{process}/stat")).unwrap_or_default();
    // The second field is a name, which may hold anything; the 14th and 15th are times.
    let fields = text.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn said(child: &mut Child) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    child.stdout.take().context("no output")?.read_to_end(&mut text)?;
    Ok(text)
}
