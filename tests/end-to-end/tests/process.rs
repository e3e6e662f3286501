//! A `mapae serve …` of its own, until it is dropped; under `strace`, where that is, to see whom it calls.

use std::{
    env, fs,
    fs::File,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, OnceLock},
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;
use testkit::program;

/// Longer than anything takes on the slowest machine; no verdict rests on it being short.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

const TICK: Duration = Duration::from_millis(10);

/// A running service.
pub(crate) struct Process {
    /// What it says for its operator.
    pub(crate) log: PathBuf,
    /// Whom it calls.
    pub(crate) calls: Calls,
    child: Child,
    /// The service's own id, which differs from the child's under `strace`.
    id: u64,
}

impl Process {
    /// Starts it in a folder, and waits until it answers. Its words, and whom it calls, go to files of its name in `notes`.
    pub(crate) fn start(name: &str, dir: &Path, notes: &Path, arguments: &str) -> Self {
        let file = |kind: &str| notes.join(format!("{name}.{kind}"));
        let (out, log, calls) = (file("out"), file("log"), Calls::of(file("calls")));
        let mut command = calls.watched(dir, &format!("{arguments} --json"));
        command.stdout(File::create(&out).unwrap()).stderr(File::create(&log).unwrap()).stdin(Stdio::null());
        let mut process = Self { log, calls, child: command.spawn().unwrap(), id: 0 };
        let end = Instant::now() + PATIENCE;
        while process.id == 0 {
            let said: Value = serde_json::from_slice(&fs::read(&out).unwrap()).unwrap_or_default();
            process.id = said["pid"].as_u64().unwrap_or_default();
            let ended = process.child.try_wait().unwrap();
            assert!(ended.is_none() && Instant::now() < end, "{name} does not start: {}", process.words());
            sleep(TICK);
        }
        process
    }

    /// What it said so far.
    pub(crate) fn words(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap()).into_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.id != 0 {
            // A tracer that is killed lets its process run on.
            drop(Command::new("kill").args(["-KILL", &self.id.to_string()]).output());
        } else {
            drop(self.child.kill());
        }
        drop(self.child.wait());
    }
}

/// Where it is. Without it, calls to others than the central services go unseen, which is said.
pub(crate) fn strace() -> Option<&'static str> {
    static STRACE: OnceLock<Option<String>> = OnceLock::new();
    let find = || {
        let path = env::var("MAPAE_STRACE").unwrap_or_else(|_| "strace".to_owned());
        let tried = Command::new(&path).args(["-f", "-qq", "-o", "/dev/null", "true"]).output();
        tried.is_ok_and(|tried| tried.status.success()).then_some(path)
    };
    STRACE.get_or_init(find).as_deref()
}

/// Whom a process called, which `strace` writes down; nobody without it.
pub(crate) struct Calls {
    trace: PathBuf,
    /// Calls that were told.
    told: Mutex<usize>,
}

impl Calls {
    /// Written down in a file.
    pub(crate) fn of(trace: PathBuf) -> Self {
        Self { trace, told: Mutex::default() }
    }

    /// The program, whose calls are written down.
    pub(crate) fn watched(&self, dir: &Path, arguments: &str) -> Command {
        const CALLS: [&str; 8] =
            ["-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-e", "signal=none", "-s", "0"];
        let trace = self.trace.display().to_string();
        let before = strace().map(|strace| [&[strace], &CALLS[..], &["-o", &trace]].concat());
        program::under(&before.unwrap_or_default(), dir, arguments)
    }

    /// Addresses, in the order of the calls, since they were last taken. Sending on a connection that is there names nobody.
    pub(crate) fn take(&self) -> Vec<String> {
        let trace = fs::read_to_string(&self.trace).unwrap_or_default();
        let all: Vec<String> = trace.lines().filter(|line| line.contains("sa_family=")).map(address).collect();
        let mut told = self.told.lock().unwrap();
        let new = all[*told..].to_vec();
        *told = all.len();
        new
    }
}

/// `connect(12, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("127.0.0.1")}, 16)`; anything else as it stands.
fn address(call: &str) -> String {
    let between = |before: &str, after: &str| Some(call.split_once(before)?.1.split_once(after)?.0);
    let parts = (between("inet_addr(\"", "\""), between("sin_port=htons(", ")"));
    let (Some(host), Some(port)) = parts else { return call.to_owned() };
    format!("{host}:{port}").parse::<SocketAddr>().map_or_else(|_| call.to_owned(), |at| at.to_string())
}
