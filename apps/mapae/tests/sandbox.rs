//! A directory of its own for each test, and the program run in it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

/// The time at which the tests' authority works. Far enough from now that a forgotten `--at` shows.
pub(crate) const T0: &str = "2026-11-02T03:00:00Z";

/// An authority, a register, and whatever a test makes of them.
pub(crate) struct Sandbox {
    dir: TempDir,
}

/// What a run of the program left.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Sandbox {
    pub(crate) fn empty() -> Self {
        Self { dir: TempDir::new().unwrap() }
    }

    /// An authority and a register of `count` people.
    pub(crate) fn with_people(count: u32) -> Self {
        let sandbox = Self::empty();
        sandbox.ok(&format!("authority init --dir A --at {T0}"));
        sandbox.ok(&format!("people sample --count {count} --seed 7 --out R"));
        sandbox
    }

    /// The same with one copy of a document for everybody who may have it, and a bundle.
    pub(crate) fn with_documents(document: &str) -> Self {
        let sandbox = Self::with_people(3);
        sandbox.issue(document);
        sandbox.ok(&format!("bundle build --authority A --issued I --out trust.bundle --at {T0}"));
        sandbox
    }

    pub(crate) fn issue(&self, document: &str) -> Ran {
        self.ok(&format!(
            "issue --authority A --document {document} --register R/{document}.csv --out I --copies 1 --at {T0}"
        ))
    }

    /// Writes `request.json` and, for each format, the first person's answer.
    pub(crate) fn ask(&self, document: &str, elements: &str) -> String {
        let purpose = "test";
        self.ok(&format!(
            "request --document {document} --elements {elements} --purpose {purpose} --out request.json --at {T0}"
        ));
        let person = self.people_with(document).remove(0);
        for format in ["mdoc", "sd-jwt"] {
            let (from, out) = (format!("I/{person}/{document}"), format!("P.{format}"));
            self.ok(&format!("present --from {from} --request request.json --format {format} --out {out} --at {T0}"));
        }
        person
    }

    /// The ids of those who got a document, in order.
    pub(crate) fn people_with(&self, document: &str) -> Vec<String> {
        let mut people: Vec<String> = fs::read_dir(self.path("I"))
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().join(document).is_dir())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        people.sort();
        people
    }

    /// Runs the program with arguments separated by spaces.
    pub(crate) fn run(&self, arguments: &str) -> Ran {
        Ran::of(&self.command(arguments).output().unwrap())
    }

    fn command(&self, arguments: &str) -> Command {
        self.command_of(&arguments.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    pub(crate) fn command_of(&self, arguments: &[String]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mapae"));
        command.args(arguments).current_dir(self.dir.path());
        for variable in [
            "MAPAE_BUNDLE_KEY",
            "MAPAE_POLICY",
            "MAPAE_MEMORY",
            "MAPAE_ORDER",
            "http_proxy",
            "HTTP_PROXY",
            "ALL_PROXY",
            "all_proxy",
        ] {
            command.env_remove(variable);
        }
        command
    }

    /// A shell that finds the program as `mapae`.
    #[cfg(feature = "services")]
    pub(crate) fn shell(&self, script: &str) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_mapae")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(self.dir.path()).env("PATH", path);
        command
    }

    /// Runs it and expects success.
    pub(crate) fn ok(&self, arguments: &str) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.code, 0, "mapae {arguments}\n{}{}", ran.stdout, ran.stderr);
        ran
    }

    /// Verifies the presentation in `format` and gives exit code and reason code.
    pub(crate) fn verdict(&self, format: &str, more: &str) -> (i32, String) {
        let ran = self.verify_json(format, more);
        let document: Value = serde_json::from_str(&ran.stdout).unwrap();
        (ran.code, document["reason"]["code"].as_str().unwrap_or("held").to_owned())
    }

    pub(crate) fn verify_json(&self, format: &str, more: &str) -> Ran {
        let at = if more.contains("--at") { String::new() } else { format!(" --at {T0}") };
        let bundle = if more.contains("--bundle ") { "" } else { " --bundle trust.bundle" };
        let more = if more.is_empty() { String::new() } else { format!(" {more}") };
        self.run(&format!("verify --json --request request.json{bundle}{at}{more} P.{format}"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, content: &[u8]) {
        fs::write(self.path(name), content).unwrap();
    }

    /// Changes one bit of a file.
    pub(crate) fn flip(&self, name: &str, at: usize) {
        let mut bytes = self.read(name);
        bytes[at] ^= 1;
        self.write(name, &bytes);
    }

    pub(crate) fn root(&self) -> &Path {
        self.dir.path()
    }
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code: output.status.code().unwrap_or(-1), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    pub(crate) fn assert_ok(&self) {
        assert_eq!(self.code, 0, "{}{}", self.stdout, self.stderr);
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}
