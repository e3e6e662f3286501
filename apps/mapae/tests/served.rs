//! Long-running commands, as processes of their own that end with their test.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::sandbox::Sandbox;

/// A running `mapae serve …`.
pub(crate) struct Served {
    child: Child,
    said: Value,
}

impl Served {
    /// Starts it, and waits until it says where it answers. What it tells its operator goes to `name`.log.
    pub(crate) fn start(sandbox: &Sandbox, name: &str, arguments: &str) -> Self {
        let arguments: Vec<String> = format!("{arguments} --json").split(' ').map(str::to_owned).collect();
        let log = File::create(sandbox.path(&format!("{name}.log"))).unwrap();
        let mut child = sandbox.command_of(&arguments).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut document = String::new();
        for line in lines {
            document.push_str(&line);
            if line == "}" {
                break;
            }
        }
        let said = serde_json::from_str(&document);
        let said = said.unwrap_or_else(|_| panic!("{name} did not start: {}", sandbox.text(&format!("{name}.log"))));
        Self { child, said }
    }

    /// Starts it, and gives what it says when it does not come up.
    pub(crate) fn refused(sandbox: &Sandbox, arguments: &str) -> String {
        let words: Vec<String> = arguments.split(' ').map(str::to_owned).collect();
        let log = File::create(sandbox.path("refused.log")).unwrap();
        let mut child = sandbox.command_of(&words).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let until = Instant::now() + Duration::from_mins(2);
        while Instant::now() < until {
            if let Some(status) = child.try_wait().unwrap() {
                assert_eq!(status.code(), Some(1), "{arguments}");
                return sandbox.text("refused.log");
            }
            thread::sleep(Duration::from_millis(20));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        panic!("it came up: {arguments}");
    }

    /// What it said when it started.
    pub(crate) const fn said(&self) -> &Value {
        &self.said
    }

    /// Its URL.
    pub(crate) fn url(&self) -> &str {
        self.said["address"].as_str().unwrap()
    }

    /// Ends it without a word of warning.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
