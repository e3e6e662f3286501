//! Runs other programs: echoes what it runs, so that a reader can repeat it, and streams what they say.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

/// Prints one line. A closed pipe is no reason to stop the tests.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Runs to the end, with output passed through; tells whether it succeeded.
pub(crate) fn run(command: &mut Command) -> Result<bool> {
    echo(command);
    let status = command.status().with_context(|| program(command))?;
    Ok(status.success())
}

/// Runs to the end, passing every line of standard output through and to `each`.
pub(crate) fn stream(command: &mut Command, each: impl FnMut(&str)) -> Result<bool> {
    stream_as("", command, each)
}

/// The same, with a name before each line that passes through.
pub(crate) fn stream_as(name: &str, command: &mut Command, each: impl FnMut(&str)) -> Result<bool> {
    echo(command);
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| program(command))?;
    if let Some(output) = child.stdout.take() {
        pass_through(name, output, each)?;
    }
    Ok(child.wait()?.success())
}

/// Like [`stream`], for a program that speaks on standard error, as fuzzers do.
pub(crate) fn stream_stderr(command: &mut Command, each: impl FnMut(&str)) -> Result<bool> {
    echo(command);
    let mut child = command.stderr(Stdio::piped()).spawn().with_context(|| program(command))?;
    if let Some(output) = child.stderr.take() {
        pass_through("", output, each)?;
    }
    Ok(child.wait()?.success())
}

/// Standard output of a program that must succeed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output().with_context(|| program(command))?;
    ensure!(output.status.success(), "{} failed: {}", program(command), output.status);
    Ok(String::from_utf8(output.stdout)?)
}

/// Whether a program exists and succeeds, without a word.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn pass_through(name: &str, output: impl Read, mut each: impl FnMut(&str)) -> Result<()> {
    let mut reader = BufReader::new(output);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        say(&format!("{name}{}", text.trim_end()));
        each(text.trim_end());
        line.clear();
    }
    Ok(())
}

fn echo(command: &Command) {
    let words: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
    let name = Path::new(command.get_program()).file_name().unwrap_or_default();
    say(&format!("$ {} {}", name.to_string_lossy(), words.join(" ")));
}

fn program(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}
