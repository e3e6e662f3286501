//! The plain limit: the same keys, signatures, digests and files, and nothing else.

use std::{
    fs::{self, File, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use anyhow::{Context as _, Result, anyhow};
use mapae_benches::limit::{generate, sha256_all};
use mapae_cose::cbor::Value;

use crate::files_below;

/// What one person makes to do.
#[derive(Default)]
pub(crate) struct Work {
    /// Names and contents.
    files: Vec<(String, Vec<u8>)>,
    /// What is signed.
    signed: Vec<Vec<u8>>,
    /// What is hashed besides: elements and disclosures, and what is signed once more for the journal.
    hashed: Vec<Vec<u8>>,
}

impl Work {
    /// Takes the measure of what was issued to somebody.
    pub(crate) fn of(issued: &Path) -> Result<Self> {
        let first = files_below(issued)?.into_iter().find(|path| path.ends_with("copy-01.mdoc"));
        let dir: PathBuf = first.as_deref().and_then(Path::parent).context("nobody was served")?.to_owned();
        let mut work = Self::default();
        for path in files_below(&dir)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            work.files.push((name, fs::read(path)?));
        }
        work.measure_mdoc(&fs::read(dir.join("copy-01.mdoc"))?)?;
        work.measure_sd_jwt(&fs::read_to_string(dir.join("copy-01.sd-jwt"))?)?;
        work.hashed.extend(work.signed.clone());
        Ok(work)
    }

    fn measure_mdoc(&mut self, bytes: &[u8]) -> Result<()> {
        let Value::Map(members) = Value::from_cbor(bytes)? else { return Err(anyhow!("not an IssuerSigned")) };
        for (_, member) in members {
            match member {
                Value::Array(parts) => {
                    let signed = parts.into_iter().filter_map(|part| match part {
                        Value::Bytes(bytes) => Some(bytes),
                        _ => None,
                    });
                    self.signed.push(signed.max_by_key(Vec::len).context("no payload")?);
                }
                Value::Map(spaces) => {
                    let items = spaces.into_iter().filter_map(|(_, items)| match items {
                        Value::Array(items) => Some(items),
                        _ => None,
                    });
                    self.hashed.extend(items.flatten().map(|item| item.to_cbor()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn measure_sd_jwt(&mut self, text: &str) -> Result<()> {
        let mut parts = text.split('~').filter(|part| !part.is_empty()).map(str::as_bytes);
        self.signed.push(parts.next().context("no JWT")?.to_vec());
        self.hashed.extend(parts.map(<[u8]>::to_vec));
        Ok(())
    }

    /// In words.
    pub(crate) fn describe(&self) -> String {
        let (hashed, written) =
            (total(&self.hashed), self.files.iter().map(|(_, content)| content.len()).sum::<usize>());
        format!(
            "{0} keys, {0} signatures, digests of {hashed} bytes in {1} pieces, {2} files of {written} bytes, 2 directories",
            self.signed.len(),
            self.hashed.len(),
            self.files.len(),
        )
    }

    /// Does it for so many people, on one thread more than there are cores: nobody here waits for the disk.
    pub(crate) fn run(&self, dir: &Path, people: u64) -> Result<()> {
        fs::create_dir(dir)?;
        let next = AtomicU64::new(0);
        let threads = thread::available_parallelism()?.get() + 1;
        thread::scope(|scope| {
            let work = || {
                let mut mine =
                    std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|n| *n < people));
                let signer = generate()?;
                mine.try_for_each(|person| self.person(dir, person, &signer))
            };
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| anyhow!("a thread panicked"))?)
        })
    }

    fn person(&self, dir: &Path, person: u64, signer: &aws_lc_rs::signature::EcdsaKeyPair) -> Result<()> {
        for message in &self.signed {
            std::hint::black_box(generate()?);
            std::hint::black_box(signer.sign(&aws_lc_rs::rand::SystemRandom::new(), message)?);
        }
        std::hint::black_box(sha256_all(&self.hashed));
        // Ids in the form and order of the register's.
        let mut path = dir.join(format!("p{:016x}-{person}", person.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        fs::create_dir(&path)?;
        path.push("resident");
        fs::create_dir(&path)?;
        for (name, content) in &self.files {
            create(&path.join(name))?.write_all(content)?;
        }
        Ok(())
    }
}

fn create(path: &Path) -> Result<File> {
    Ok(OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?)
}

fn total(pieces: &[Vec<u8>]) -> usize {
    pieces.iter().map(Vec::len).sum()
}
