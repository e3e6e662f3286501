//! The log and its witnesses, as processes.

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use testkit::ports;

use crate::country::AGENCIES;

const PATIENCE: Duration = Duration::from_mins(10);

/// The log first, then the witnesses. They end with this.
pub(crate) struct Services {
    processes: Vec<Child>,
    log: SocketAddr,
}

impl Services {
    pub(crate) fn start(mapae: &Path, dir: &Path, witnesses: usize, audit: bool) -> Result<Self> {
        let addresses = (0..=witnesses).map(|_| ports::free()).collect::<Vec<_>>();
        let log = addresses[0];
        let mut services = Self { processes: Vec::new(), log };
        let named = |(id, at): (&&str, &SocketAddr)| format!("--witness {id}.example/witness=http://{at}");
        let named: Vec<String> = AGENCIES.iter().zip(&addresses[1..]).map(named).collect();
        let words = "serve ledger --dir log --policy policy.txt --founding founding.cbor";
        services.add(mapae, dir, "log", &format!("{words} {} --listen {log}", named.join(" ")))?;
        let audits =
            if audit { format!("--audit --log-url http://{log} --founding founding.cbor") } else { String::new() };
        for (id, at) in AGENCIES.iter().zip(&addresses[1..]) {
            let words = format!("serve witness --dir witness-{id} --log-vkey log/log.vkey {audits} --listen {at}");
            services.add(mapae, dir, id, &words)?;
        }
        Ok(services)
    }

    fn add(&mut self, mapae: &Path, dir: &Path, name: &str, words: &str) -> Result<()> {
        let said = dir.join(format!("{name}.out"));
        let mut command = Command::new(mapae);
        command.args(words.split_whitespace()).arg("--json").current_dir(dir).stdout(File::create(&said)?);
        self.processes.push(command.spawn()?);
        let up = || serde_json::from_slice::<Value>(&fs::read(&said).unwrap_or_default()).is_ok();
        wait(up).with_context(|| format!("{name} does not come up"))
    }

    pub(crate) const fn log_at(&self) -> SocketAddr {
        self.log
    }

    /// Until so many entries are published.
    pub(crate) fn wait_published(&self, entries: u64) -> Result<()> {
        wait(|| published(self.log).is_some_and(|size| size >= entries)).context("nothing more is published")
    }

    pub(crate) fn log_cpu(&self) -> f64 {
        self.cpu(0)
    }

    pub(crate) fn witnesses_cpu(&self) -> f64 {
        (1..self.processes.len()).map(|at| self.cpu(at)).sum()
    }

    fn cpu(&self, at: usize) -> f64 {
        cpu_seconds(&format!("/proc/{}", self.processes[at].id()))
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        for process in &mut self.processes {
            // They have nothing to lose.
            drop(process.kill());
            drop(process.wait());
        }
    }
}

/// Seconds on any core, in the program and in the system on its behalf: the 14th and 15th field, in hundredths.
pub(crate) fn cpu_seconds(process: &str) -> f64 {
    let text = fs::read_to_string(format!("{process}/stat")).unwrap_or_default();
    let ticks = text.rsplit(')').next().into_iter().flat_map(|rest| rest.split_whitespace().skip(11).take(2));
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn wait(mut holds: impl FnMut() -> bool) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        ensure!(Instant::now() < end, "waited in vain");
        sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// The second line of a checkpoint is its size (tlog-checkpoint).
fn published(log: SocketAddr) -> Option<u64> {
    let mut stream = TcpStream::connect(log).ok()?;
    stream.write_all(b"GET /checkpoint HTTP/1.1\r\nhost: log\r\nconnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split_once("\r\n\r\n")?.1.lines().nth(1)?.parse().ok()
}
