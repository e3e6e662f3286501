//! Our `OpenID` provider as the example of `crates/mapae-oidc` runs it, and npm `openid-client` as its relying party
//! (`node/relying-party.mjs`).

use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, Result, ensure};
use serde_json::{Deserializer, Value, json};

use crate::install::{once, run, source};
use crate::peer::node;

/// A provider with three clients, that answers until it is dropped.
#[derive(Debug)]
pub struct Provider {
    said: Value,
    process: Child,
    /// It ends with its standard input.
    _open: ChildStdin,
}

/// How a client of the provider shows who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// `client_secret_basic`.
    Secret,
    /// `private_key_jwt`.
    Key,
    /// Not at all.
    Public,
}

impl Client {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Secret, Self::Key, Self::Public];
}

impl Provider {
    /// Starts one.
    pub fn start() -> Result<Self> {
        let mut command = Command::new(built()?);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (open, output) = process.stdin.take().zip(process.stdout.take()).context("no pipes")?;
        let said = Deserializer::from_reader(output).into_iter().next().context("it says nothing")??;
        Ok(Self { said, process, _open: open })
    }

    /// A sign-in at it, as that client, with more members of the job.
    pub fn sign_in(&self, client: Client, more: &Value) -> Result<Value> {
        let mut job = json!({ "job": "sign_in", "issuer": self.said["issuer"], "home": self.said["home"] });
        match client {
            Client::Secret => (job["client_id"], job["secret"]) = (json!("web"), self.said["secret"].clone()),
            Client::Key => (job["client_id"], job["key"]) = (json!("keyed"), self.said["key"].clone()),
            Client::Public => job["client_id"] = json!("app"),
        }
        for (name, value) in more.as_object().into_iter().flatten() {
            job[name] = value.clone();
        }
        let answer = node("relying-party.mjs", &job)?;
        ensure!(answer["ok"] == true, "no sign-in: {}", answer["error"]);
        Ok(answer)
    }

    /// Its issuer identifier.
    pub fn issuer(&self) -> &Value {
        &self.said["issuer"]
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The example, of this repository as it stands.
fn built() -> Result<PathBuf> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    once(&BUILT, || {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--package", "mapae-oidc", "--example", "provider", "--target-dir", "target"]);
        run(cargo.current_dir(source("../..")))?;
        Ok(source("../../target/debug/examples/provider"))
    })
}
