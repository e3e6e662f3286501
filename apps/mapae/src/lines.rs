//! Files of JSON lines that only grow: journals.
//!
//! A line is acknowledged once it and its line feed are on the disk, and only then does anything rest on it. What a crash
//! left behind the last line feed was acknowledged to nobody: readers pass over it and the next writer cuts it off, lest
//! it swallow the line that follows.

use std::{
    fs::{File, OpenOptions},
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::files;

/// Reads all lines; a file that does not exist has none.
pub(crate) fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> anyhow::Result<Vec<T>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let bytes = files::read(path)?;
    let parse = |(i, line)| serde_json::from_slice(line).with_context(|| format!("{}, line {}", path.display(), i + 1));
    bytes[..acknowledged(&bytes)].split_inclusive(|byte| *byte == b'\n').enumerate().map(parse).collect()
}

/// Adds lines, down to the disk, before anything that rests on them happens.
pub(crate) fn append<T: Serialize>(path: &Path, lines: &[T]) -> anyhow::Result<()> {
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, line)?;
        text.push(b'\n');
    }
    let write = || {
        let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?;
        file.lock()?;
        end_last_line(&mut file)?;
        file.seek(SeekFrom::End(0))?;
        file.write_all(&text)?;
        file.sync_data()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// Where the last line ends that counts. A whole one counts without its line feed too, as an editor may leave it.
fn acknowledged(bytes: &[u8]) -> usize {
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let whole = serde_json::from_slice::<serde_json::Value>(&bytes[end..]).is_ok();
    if whole { bytes.len() } else { end }
}

/// Cuts off a torn line, and ends a whole one.
fn end_last_line(file: &mut File) -> std::io::Result<()> {
    let length = file.seek(SeekFrom::End(0))?;
    // No line is near this long.
    let start = length.saturating_sub(64 << 10);
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let end = acknowledged(&tail);
    file.set_len(start + end as u64)?;
    if tail[..end].last().is_some_and(|byte| *byte != b'\n') {
        file.seek(SeekFrom::End(0))?;
        file.write_all(b"\n")?;
    }
    Ok(())
}
