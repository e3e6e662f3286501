//! Files of JSON lines that only grow: journals.
//!
//! A line is acknowledged once it and its line feed are on the disk, and only then does anything rest on it. What a crash
//! left behind the last line feed was acknowledged to nobody: readers pass over it and the next writer cuts it off, lest
//! it swallow the line that follows.
//!
//! Reading takes one line of memory, however long the file.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    ops::Range,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use serde::{Deserialize, Serialize, de::IgnoredAny};

/// No line of ours comes near it.
const LINE_LIMIT: u64 = 64 << 10;

/// Reads all lines; a file that does not exist has none.
pub(crate) fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> anyhow::Result<Vec<T>> {
    stream(path)?.collect()
}

/// Reads line by line; a file that does not exist has none.
pub(crate) fn stream<T: for<'de> Deserialize<'de>>(
    path: &Path,
) -> anyhow::Result<impl Iterator<Item = anyhow::Result<T>> + use<T>> {
    let mut lines = Lines::open(path)?;
    Ok(std::iter::from_fn(move || lines.advance().map(|more| more.then(|| lines.parse())).transpose().map(flatten)))
}

fn flatten<T>(nested: anyhow::Result<anyhow::Result<T>>) -> anyhow::Result<T> {
    nested.and_then(|inner| inner)
}

/// A file's lines, one after the other.
pub(crate) struct Lines {
    path: PathBuf,
    reader: Option<BufReader<File>>,
    line: Vec<u8>,
    number: u64,
    from: u64,
}

impl Lines {
    /// From the first line.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        Self::open_at(path, 0)
    }

    /// From the line that begins at a byte.
    pub(crate) fn open_at(path: &Path, from: u64) -> anyhow::Result<Self> {
        let open = || {
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start(from))?;
            Ok::<_, std::io::Error>(BufReader::with_capacity(256 << 10, file))
        };
        let reader = match open() {
            Ok(reader) => Some(reader),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        Ok(Self { path: path.to_owned(), reader, line: Vec::new(), number: 0, from })
    }

    /// Goes to the next line that counts; `false` behind the last. A whole line counts without its line feed too, as an
    /// editor may leave it.
    pub(crate) fn advance(&mut self) -> anyhow::Result<bool> {
        let Some(reader) = &mut self.reader else { return Ok(false) };
        self.line.clear();
        self.number += 1;
        reader.by_ref().take(LINE_LIMIT).read_until(b'\n', &mut self.line)?;
        if self.line.last() == Some(&b'\n') || is_whole(&self.line) {
            return Ok(true);
        }
        let ended = has_line_feed(reader)?;
        anyhow::ensure!(!ended, "{}: longer than a line can be", self.place());
        Ok(false)
    }

    /// The line, with its line feed.
    pub(crate) fn line(&self) -> &[u8] {
        &self.line
    }

    /// What the line says.
    pub(crate) fn parse<T: for<'de> Deserialize<'de>>(&self) -> anyhow::Result<T> {
        serde_json::from_slice(&self.line).with_context(|| self.place())
    }

    fn place(&self) -> String {
        let after = if self.from > 0 { format!(" after byte {}", self.from) } else { String::new() };
        format!("{}, line {}{after}", self.path.display(), self.number)
    }
}

/// Whether what remains has a line feed anywhere.
fn has_line_feed(reader: &mut BufReader<File>) -> std::io::Result<bool> {
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() || buffer.contains(&b'\n') {
            return Ok(!buffer.is_empty());
        }
        let length = buffer.len();
        reader.consume(length);
    }
}

fn is_whole(line: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(line).is_ok()
}

/// Adds lines, down to the disk, before anything that rests on them happens.
pub(crate) fn append<T: Serialize>(path: &Path, lines: &[T]) -> anyhow::Result<()> {
    let mut appender = Appender::open(path)?;
    appender.append(&to_text(lines)?)?;
    Ok(())
}

/// Lines as they stand in a file.
pub(crate) fn to_text<T: Serialize>(lines: &[T]) -> anyhow::Result<Vec<u8>> {
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, line)?;
        text.push(b'\n');
    }
    Ok(text)
}

/// The one writer of a file of lines, for as long as it lives.
pub(crate) struct Appender {
    path: PathBuf,
    file: File,
    end: u64,
}

impl Appender {
    /// Opens the file, or creates it; waits for another writer to finish.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let open = || {
            let file = open_file(path)?;
            file.lock()?;
            Self::mended(path, file)
        };
        open().with_context(|| format!("cannot write {}", path.display()))
    }

    /// Opens the file, or creates it; nothing if it has another writer.
    pub(crate) fn try_open(path: &Path) -> anyhow::Result<Option<Self>> {
        let open = || {
            let file = open_file(path)?;
            match file.try_lock() {
                Ok(()) => Self::mended(path, file).map(Some),
                Err(TryLockError::WouldBlock) => Ok(None),
                Err(TryLockError::Error(error)) => Err(error),
            }
        };
        open().with_context(|| format!("cannot write {}", path.display()))
    }

    fn mended(path: &Path, mut file: File) -> std::io::Result<Self> {
        let end = end_last_line(&mut file)?;
        Ok(Self { path: path.to_owned(), file, end })
    }

    /// How long the file is.
    pub(crate) const fn end(&self) -> u64 {
        self.end
    }

    /// Adds whole lines, down to the disk; says where they stand.
    pub(crate) fn append(&mut self, lines: &[u8]) -> anyhow::Result<Range<u64>> {
        let start = self.end;
        self.write(lines).and_then(|()| self.file.sync_data()).with_context(|| self.failure())?;
        self.end = start + lines.len() as u64;
        Ok(start..self.end)
    }

    /// Adds half of some lines, as a crash does.
    pub(crate) fn append_half(&mut self, lines: &[u8]) -> anyhow::Result<()> {
        self.write(&lines[..lines.len() / 2]).with_context(|| self.failure())
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(bytes)
    }

    fn failure(&self) -> String {
        format!("cannot write {}", self.path.display())
    }
}

fn open_file(path: &Path) -> std::io::Result<File> {
    let is_new = !fs::exists(path)?;
    let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?;
    if is_new {
        crate::files::sync_parent(path)?;
    }
    Ok(file)
}

/// Cuts off a torn line of any length, and ends a whole one; gives the length that the file then has.
fn end_last_line(file: &mut File) -> std::io::Result<u64> {
    let length = file.seek(SeekFrom::End(0))?;
    let start = last_line_start(file, length)?;
    let mut line = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    (&*file).take(LINE_LIMIT).read_to_end(&mut line)?;
    if !is_whole(&line) {
        file.set_len(start)?;
        return Ok(start);
    }
    file.write_all(b"\n")?;
    Ok(length + 1)
}

/// Where what follows the last line feed begins.
fn last_line_start(file: &mut File, length: u64) -> std::io::Result<u64> {
    let mut end = length;
    let mut piece = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(LINE_LIMIT);
        file.seek(SeekFrom::Start(start))?;
        piece.clear();
        (&*file).take(end - start).read_to_end(&mut piece)?;
        if let Some(at) = piece.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}
