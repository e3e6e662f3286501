//! A long-running `mapae serve …`, killed and started again as a run wants it.

use std::{
    fs::{File, OpenOptions},
    net::SocketAddr,
    os::unix::process::ExitStatusExt as _,
    path::PathBuf,
    process::{Child, ExitStatus},
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::program::command;

/// Longer than anything takes on the slowest machine; no verdict rests on it being short.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

const TICK: Duration = Duration::from_millis(5);

const ABORTED: i32 = 6;

/// One of the ledger's processes.
pub(crate) struct Party {
    pub(crate) name: String,
    pub(crate) at: SocketAddr,
    /// Where it runs, and where its words go.
    dir: PathBuf,
    arguments: String,
    child: Option<Child>,
    /// Crash points, `point:n`, for its next lives.
    pub(crate) crashes: Vec<String>,
    /// The point of this life.
    armed: Option<String>,
}

/// How a process ended.
pub(crate) enum End {
    /// At the crash point.
    Crashed(String),
    /// In a way that nobody planned.
    Otherwise(String),
}

impl Party {
    pub(crate) fn new(name: &str, at: SocketAddr, dir: PathBuf, arguments: &str) -> Self {
        let arguments = format!("{arguments} --listen {at} --json");
        Self { name: name.to_owned(), at, dir, arguments, child: None, crashes: Vec::new(), armed: None }
    }

    /// Starts it with the next crash point, if there is one, and waits until it answers or has crashed.
    pub(crate) fn start(&mut self) -> Result<(), String> {
        self.armed = self.crashes.pop();
        self.spawn();
        let end = Instant::now() + PATIENCE;
        while !self.answers() {
            match self.ended() {
                None if Instant::now() > end => return Err(format!("{} does not come up", self.name)),
                None => sleep(TICK),
                // The supervisor finds it crashed.
                Some(status) if self.armed.is_some() && status.signal() == Some(ABORTED) => return Ok(()),
                Some(status) => return Err(format!("{} does not start, {status}: {}", self.name, self.last_words())),
            }
        }
        Ok(())
    }

    /// Starts it and waits until it ends, which it is to do of itself; its last words.
    pub(crate) fn start_in_vain(&mut self) -> Result<String, String> {
        self.spawn();
        let end = Instant::now() + PATIENCE;
        loop {
            match self.ended() {
                Some(status) if status.code().is_some_and(|code| code != 0) => return Ok(self.last_words()),
                Some(status) => return Err(format!("{} ended with {status}", self.name)),
                None if self.answers() || Instant::now() > end => return Err(format!("{} came up", self.name)),
                None => sleep(TICK),
            }
        }
    }

    fn spawn(&mut self) {
        let said = File::create(self.path("out")).unwrap();
        let told = OpenOptions::new().create(true).append(true).open(self.path("log")).unwrap();
        let mut command = command(&self.dir, &self.arguments);
        if let Some(point) = &self.armed {
            command.env("MAPAE_CRASH_AT", point);
        }
        self.child = Some(command.stdout(said).stderr(told).spawn().unwrap());
    }

    fn answers(&self) -> bool {
        let said: Value = std::fs::read(self.path("out"))
            .ok()
            .and_then(|said| serde_json::from_slice(&said).ok())
            .unwrap_or_default();
        said["address"].is_string()
    }

    fn path(&self, kind: &str) -> PathBuf {
        self.dir.join(format!("{}.{kind}", self.name))
    }

    pub(crate) fn last_words(&self) -> String {
        let told = std::fs::read_to_string(self.path("log")).unwrap_or_default();
        told.lines().rev().take(3).collect::<Vec<_>>().join(" | ")
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        self.child.as_mut()?.try_wait().unwrap()
    }

    pub(crate) fn arguments(&self) -> &str {
        &self.arguments
    }

    pub(crate) const fn is_armed(&self) -> bool {
        self.armed.is_some()
    }

    pub(crate) const fn is_up(&self) -> bool {
        self.child.is_some()
    }

    /// Whether it has ended since it was started.
    pub(crate) fn end(&mut self) -> Option<End> {
        let status = self.ended()?;
        self.child = None;
        let crashed = self.armed.take().filter(|_| status.signal() == Some(ABORTED));
        Some(match crashed {
            Some(point) => End::Crashed(point.split(':').next().unwrap_or_default().to_owned()),
            None => End::Otherwise(format!("{} ended by itself, {status}: {}", self.name, self.last_words())),
        })
    }

    /// SIGKILL, at whatever it is doing.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended.
            drop(child.kill());
            child.wait().unwrap();
        }
        self.armed = None;
    }
}

impl Drop for Party {
    fn drop(&mut self) {
        self.kill();
    }
}
