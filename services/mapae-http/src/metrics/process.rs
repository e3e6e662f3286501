//! What the process takes, read from the kernel when somebody asks (Linux `proc(5)`); elsewhere nothing is told.

use std::{fmt, fs};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
};

/// Ticks of a second in `/proc/self/stat`: Linux tells user space 100, whatever its own are (`time(7)`).
const TICKS: f64 = 100.0;

/// Kilobytes of `/proc/self/status`.
const KILO: i64 = 1024;

#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        if let Some(seconds) = cpu_seconds() {
            let told = ConstCounter::new(seconds);
            let kind = told.metric_type();
            told.encode(encoder.encode_descriptor("process_cpu_seconds", "Processor time", None, kind)?)?;
        }
        let gauges = [
            ("process_resident_memory_bytes", "Memory in use", status("VmRSS:").map(|kilobytes| kilobytes * KILO)),
            ("process_threads", "Threads", status("Threads:")),
            ("process_open_fds", "Open files and sockets", open_files()),
        ];
        for (name, help, value) in gauges {
            let Some(value) = value else { continue };
            let told = ConstGauge::new(value);
            let kind = told.metric_type();
            told.encode(encoder.encode_descriptor(name, help, None, kind)?)?;
        }
        Ok(())
    }
}

/// `utime` and `stime`, fields 14 and 15; the name, field 2, may hold spaces, so counting begins behind its parenthesis.
fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS)
}

fn status(name: &str) -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

fn open_files() -> Option<i64> {
    fs::read_dir("/proc/self/fd").ok()?.count().try_into().ok()
}
