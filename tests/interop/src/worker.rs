//! Peers as processes that stay: a JSON job in, a JSON result out, one line each. Loading a library takes longer than most jobs.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

use crate::install;

/// Those that wait for a job, by script. Each ends when this process does, with its standard input.
static IDLE: Mutex<Option<HashMap<PathBuf, Vec<Worker>>>> = Mutex::new(None);

struct Worker {
    child: Child,
    jobs: ChildStdin,
    results: BufReader<ChildStdout>,
    complaints: PathBuf,
}

/// One job for a script, by that interpreter. A worker that fails is not asked again.
pub(crate) fn ask(interpreter: &Path, script: PathBuf, job: &Value) -> Result<Value> {
    let mut worker = match idle(&script)? {
        Some(worker) => worker,
        None => Worker::start(Command::new(interpreter).arg(&script))?,
    };
    let result = worker.ask(job).with_context(|| format!("{}: {}", script.display(), worker.complaints()))?;
    IDLE.lock().map_err(|_| poisoned())?.get_or_insert_default().entry(script).or_default().push(worker);
    Ok(result)
}

fn idle(script: &Path) -> Result<Option<Worker>> {
    let mut idle = IDLE.lock().map_err(|_| poisoned())?;
    Ok(idle.get_or_insert_default().get_mut(script).and_then(Vec::pop))
}

impl Worker {
    fn start(command: &mut Command) -> Result<Self> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let folder = install::target().join("complaints");
        fs::create_dir_all(&folder)?;
        // A file and no pipe: nobody reads it while the peer works.
        let complaints = folder.join(NEXT.fetch_add(1, Ordering::Relaxed).to_string());
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(File::create(&complaints)?);
        let mut child = command.spawn().with_context(|| format!("{command:?} did not start"))?;
        let (jobs, results) = child.stdin.take().zip(child.stdout.take()).ok_or_else(|| anyhow!("no pipes"))?;
        Ok(Self { child, jobs, results: BufReader::new(results), complaints })
    }

    fn ask(&mut self, job: &Value) -> Result<Value> {
        self.jobs.write_all(format!("{job}\n").as_bytes())?;
        let mut result = String::new();
        self.results.read_line(&mut result)?;
        serde_json::from_str(&result).context("wrote no JSON")
    }

    /// What it wrote on its standard error, once it is over with it.
    fn complaints(&mut self) -> String {
        let _ = self.child.kill();
        let _ = self.child.wait();
        fs::read_to_string(&self.complaints).unwrap_or_default()
    }
}

fn poisoned() -> anyhow::Error {
    anyhow!("another test failed with a worker in its hands")
}
