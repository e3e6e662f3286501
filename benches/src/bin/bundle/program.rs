//! The released program: how long one check takes from its start to its end, and how much memory at most.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use mapae_types::Timestamp;

/// How often it is started for its time, and for its memory.
const RUNS: usize = 40;
const LOOKS: usize = 4;

/// Bytes that a pipe holds on Linux.
const PIPE: usize = 1 << 16;

/// What it is given, but for the bundle.
pub(crate) struct Program<'a> {
    pub(crate) mapae: &'a Path,
    pub(crate) bundle_key: &'a Path,
    pub(crate) request: &'a Path,
    pub(crate) presentation: &'a Path,
    pub(crate) now: Timestamp,
}

impl Program<'_> {
    /// The least and the middle of its times in ms, and its greatest memory in MiB. Its files are in the system's
    /// cache, as they are on a phone whose reader is used twice a day.
    pub(crate) fn measure(&self, bundle: &Path) -> Result<[f64; 3]> {
        let times = (0..RUNS).map(|_| self.time(bundle)).collect::<Result<Vec<f64>>>();
        let mut times = times?;
        times.sort_by(f64::total_cmp);
        let peaks = (0..LOOKS).map(|_| self.peak_memory(bundle)).collect::<Result<Vec<u64>>>()?;
        let kib = u32::try_from(peaks.into_iter().max().unwrap_or_default())?;
        Ok([times[0], times[RUNS / 2], f64::from(kib) / 1024.0])
    }

    fn time(&self, bundle: &Path) -> Result<f64> {
        let begun = Instant::now();
        let status = self.command(bundle).status()?;
        ensure!(status.success(), "mapae verify does not hold: {status}");
        Ok(1000.0 * begun.elapsed().as_secs_f64())
    }

    /// The program cannot say its verdict, which it does last, until somebody reads from the pipe before it: time to look.
    fn peak_memory(&self, bundle: &Path) -> Result<u64> {
        let (mut verdict, mut full) = io::pipe()?;
        full.write_all(&vec![0; PIPE])?;
        let mut command = self.command(bundle);
        let mut child = command.stdout(full).spawn()?;
        // The command holds an end of the pipe, too.
        drop(command);
        thread::sleep(Duration::from_millis(500));
        let peak = high_water_mark(child.id());
        verdict.read_to_end(&mut Vec::new())?;
        let status = child.wait()?;
        ensure!(status.success(), "mapae verify does not hold: {status}");
        peak.context("the memory of another program cannot be seen here")
    }

    fn command(&self, bundle: &Path) -> Command {
        let mut command = Command::new(self.mapae);
        command.arg("verify").arg("--bundle").arg(bundle).arg("--bundle-key").arg(self.bundle_key);
        command
            .arg("--request")
            .arg(self.request)
            .arg("--at")
            .arg(self.now.to_string())
            .arg(self.presentation)
            .stdout(Stdio::null());
        command
    }
}

/// KiB that were in memory at most.
fn high_water_mark(process: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
