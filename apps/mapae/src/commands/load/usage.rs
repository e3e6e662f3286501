//! What a process has used, as the system counts it (`proc_pid_stat(5)`); nothing where there is no `/proc`.

use std::{fs, path::Path, time::Duration};

/// Linux tells times in hundredths of a second, whatever its timer (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// Memory in whole megabytes would hide growth; `/proc` has it in kB.
const KILO: u64 = 1024;

/// Where the columns stand after the name, which may hold spaces: `utime`, `stime`, `cutime`, `cstime`.
const USER_TIME: usize = 11;

/// The time on the processor that a process has taken, its threads included.
pub(super) fn cpu(pid: u32) -> Option<Duration> {
    times(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?, 2)
}

/// The same of the calling thread (`proc_pid_schedstat(5)`).
pub(super) fn thread_cpu() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split_whitespace().next()?.parse().ok()?))
}

/// The same of all processes of that name and of those that they waited for.
pub(super) fn cpu_of_all(name: &str) -> Option<Duration> {
    let entries = fs::read_dir("/proc").ok()?.flatten();
    let stats = entries.filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok());
    let named = |stat: &String| stat.split(['(', ')']).nth(1) == Some(name);
    Some(stats.filter(named).filter_map(|stat| times(&stat, 4)).sum())
}

/// The same of the processes by which PostgreSQL serves a database; those that ended do not count.
pub(super) fn cpu_of_backends(database: &str) -> Option<Duration> {
    let entries = fs::read_dir("/proc").ok()?.flatten();
    let serves = |path: &Path| {
        let title = fs::read(path.join("cmdline")).unwrap_or_default();
        let title = String::from_utf8_lossy(&title);
        title.starts_with("postgres: ") && title.split(' ').any(|word| word == database)
    };
    let backends = entries.map(|entry| entry.path()).filter(|path| serves(path));
    let stats = backends.filter_map(|path| fs::read_to_string(path.join("stat")).ok());
    Some(stats.filter_map(|stat| times(&stat, 2)).sum())
}

fn times(stat: &str, columns: usize) -> Option<Duration> {
    let (_, rest) = stat.rsplit_once(')')?;
    let ticks = rest.split_whitespace().skip(USER_TIME).take(columns).map(str::parse::<u32>);
    Some(TICK * ticks.sum::<Result<u32, _>>().ok()?)
}

/// Bytes of memory that a process has now.
pub(super) fn memory(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()? * KILO)
}
