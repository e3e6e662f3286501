//! A service of the binary, for as long as a test wants it.

use std::ffi::OsStr;
use std::fs::File;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, Result};
use serde_json::{Deserializer, Value};

use super::binary;

/// The service behind a shell, which ends it when this process goes: the tests' harness drops no static.
pub(super) struct Process {
    _shell: Child,
    /// Held open for as long as the service is wanted.
    _open: ChildStdin,
}

impl Process {
    /// Starts it with `--json`, and waits until it says where it is. It complains into the file.
    pub(super) fn start(arguments: &[&dyn AsRef<OsStr>], complaints: &Path) -> Result<(Self, Value)> {
        let mut command = Command::new("sh");
        command.args(["-c", r#""$@" & service=$!; cat >/dev/null; kill $service; wait $service"#, "sh"]);
        command.arg(binary()?).arg("--json").args(arguments.iter().map(AsRef::as_ref));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(File::create(complaints)?);
        let mut shell = command.spawn()?;
        let (open, output) = shell.stdin.take().zip(shell.stdout.take()).context("no pipes")?;
        let said = Deserializer::from_reader(output).into_iter::<Value>().next();
        let complained = || format!("no service: {}", std::fs::read_to_string(complaints).unwrap_or_default());
        let said = said.with_context(complained)?.with_context(complained)?;
        Ok((Self { _shell: shell, _open: open }, said))
    }
}
