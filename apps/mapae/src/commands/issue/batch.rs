//! The life of a batch, up to files in the hidden place.
//!
//! In this order (design D10): numbers are reserved, copies prepared, their lines are in the journal and on the disk, then
//! they are signed, then their files are written. `release` brings the files to the disk and lets them appear.

use std::{
    collections::HashSet,
    fs, iter,
    ops::Range,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use anyhow::Context as _;
use mapae_crypto::sha256;
use mapae_document::{CopyValidity, Facts};
use mapae_jose::base64url;
use mapae_status_list::{Allocation, IndexAllocator};
use mapae_types::{DocumentName, PersonId, StatusReference, Timestamp};
use zeroize::Zeroizing;

use super::{
    admit::{Admission, Candidate, Remark},
    copies::{Prepared, Signers},
    crash::{Crash, Point},
    entropy::batch_entropy,
    register::Piece,
};
use crate::{
    authority::Authority,
    files::{self, Access},
    issued::{JournalLine, copy_file, hidden_path, key_file, thumbprint},
    lines::{self, Appender},
};

/// Copy numbers are reserved in pieces of this many, one write to the disk for each; a crash wastes what is left.
const RESERVED_AT_ONCE: u64 = 4096;

/// Everything that issuing takes; the workers share it.
pub(super) struct Issuer<'a> {
    pub(super) authority: &'a Authority,
    pub(super) admission: Admission<'a>,
    pub(super) signers: Signers,
    pub(super) numbers: Mutex<Numbers>,
    pub(super) journal: Mutex<Appender>,
    /// Who is between admission and release: a register may name a person twice.
    pub(super) in_hand: Mutex<HashSet<PersonId>>,
    pub(super) out: &'a Path,
    pub(super) document: &'a DocumentName,
    pub(super) copies: u16,
    pub(super) now: Timestamp,
    pub(super) crash: &'a Crash,
}

/// Copy numbers that are on the disk as taken, and the status entries that they stand for.
pub(super) struct Numbers {
    allocator: IndexAllocator,
    free: Range<u64>,
}

impl Numbers {
    pub(super) const fn new(allocator: IndexAllocator) -> Self {
        Self { allocator, free: 0..0 }
    }

    /// The entry of a number that no copy ever had.
    fn take(&mut self, authority: &Authority) -> anyhow::Result<Allocation> {
        if self.free.is_empty() {
            let first = authority.reserve_copy_numbers(RESERVED_AT_ONCE)?;
            self.free = first..first + RESERVED_AT_ONCE;
        }
        let number = self.free.start;
        self.free.start += 1;
        Ok(self.allocator.allocate(number))
    }
}

/// A batch whose files are in the hidden place.
pub(super) struct Staged {
    /// The piece of the register that it came from, and where that ends.
    pub(super) number: u64,
    pub(super) position: u64,
    pub(super) people: Vec<PersonId>,
    /// Where its lines stand in the journal.
    pub(super) block: Option<Range<u64>>,
    pub(super) already_issued: u64,
    pub(super) remarks: Vec<Remark>,
}

/// A person whose copies wait for their signatures.
struct PreparedPerson {
    person: PersonId,
    copies: Vec<Prepared>,
}

/// What a file holds; keys leave nothing behind in memory.
enum Content {
    Key(Zeroizing<String>),
    Copy(Vec<u8>),
}

impl Content {
    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Key(pem) => pem.as_bytes(),
            Self::Copy(bytes) => bytes,
        }
    }
}

/// Those of a batch who get their copies.
type Accepted<'a> = Vec<(Facts<'a>, CopyValidity, CopyValidity)>;

impl<'a> Issuer<'a> {
    /// Issues to a piece of the register, up to the hidden place.
    pub(super) fn batch(&self, piece: &Piece) -> anyhow::Result<Staged> {
        let mut staged = Staged {
            number: piece.number,
            position: piece.position,
            people: Vec::new(),
            block: None,
            already_issued: 0,
            remarks: Vec::new(),
        };
        let accepted = self.admit(piece, &mut staged);
        if accepted.is_empty() {
            return Ok(staged);
        }
        let entries = self.reserve(accepted.len())?;
        self.crash.reach(Point::AfterReserve);
        let prepared = self.prepare(accepted, &entries)?;
        staged.block = Some(self.record(&prepared)?);
        self.crash.reach(Point::AfterJournal);
        self.stage(prepared, &mut staged)?;
        Ok(staged)
    }

    fn admit(&self, piece: &Piece, staged: &mut Staged) -> Accepted<'a> {
        let mut accepted = Vec::new();
        for row in &piece.rows {
            match self.admission.row(row).and_then(|candidate| self.accept(candidate)) {
                Ok(Some(person)) => accepted.push(person),
                Ok(None) => staged.already_issued += 1,
                Err(remark) => staged.remarks.push(remark),
            }
        }
        accepted
    }

    /// Takes a person in hand; nothing for those who have the document, or soon will.
    fn accept(&self, candidate: Candidate<'a>) -> Result<Option<(Facts<'a>, CopyValidity, CopyValidity)>, Remark> {
        let Candidate { facts, line, validity } = candidate;
        let person = facts.person();
        let has_it = || self.target(person).exists();
        let (mdoc, sd_jwt) = match validity {
            Ok(validity) => validity,
            Err(_) if has_it() => return Ok(None),
            Err(error) => return Err(Remark::refused(line, person.as_str(), "dates", &error.to_string())),
        };
        if !lock(&self.in_hand).insert(person.clone()) {
            return Ok(None);
        }
        // In this order: who is let go after the release has a directory by then.
        if has_it() {
            lock(&self.in_hand).remove(person);
            return Ok(None);
        }
        Ok(Some((facts, mdoc, sd_jwt)))
    }

    /// Where a person's copies will be.
    pub(super) fn target(&self, person: &PersonId) -> PathBuf {
        self.out.join(person.as_str()).join(self.document.as_str())
    }

    /// The hidden place of a batch.
    pub(super) fn hidden(&self, number: u64) -> PathBuf {
        hidden_path(self.out).join(number.to_string())
    }

    /// Status entries that no copy ever had, for each person's copies in both formats.
    fn reserve(&self, people: usize) -> anyhow::Result<Vec<StatusReference>> {
        let count = people as u64 * u64::from(self.copies) * 2;
        let mut numbers = lock(&self.numbers);
        let entry = |_| {
            let Allocation { list, index } = numbers.take(self.authority)?;
            Ok(StatusReference { uri: self.authority.status_uri(list), idx: index.into() })
        };
        (0..count).map(entry).collect()
    }

    fn prepare(&self, accepted: Accepted<'_>, entries: &[StatusReference]) -> anyhow::Result<Vec<PreparedPerson>> {
        let copies = usize::from(self.copies);
        let mut entropy = batch_entropy()?;
        let mut prepare = |((facts, mdoc, sd_jwt), entries): ((Facts<'_>, _, _), &[StatusReference])| {
            let copies = self.signers.copies(&facts, (mdoc, sd_jwt), entries, &mut entropy)?;
            Ok(PreparedPerson { person: facts.person().clone(), copies })
        };
        iter::zip(accepted, entries.chunks_exact(2 * copies)).map(&mut prepare).collect()
    }

    /// Puts a batch on record, down to the disk; nothing is signed before.
    fn record(&self, prepared: &[PreparedPerson]) -> anyhow::Result<Range<u64>> {
        let lines: Vec<JournalLine> = prepared
            .iter()
            .flat_map(|person| person.copies.iter().map(|copy| self.journal_line(&person.person, copy)))
            .collect();
        let text = lines::to_text(&lines)?;
        self.crash.reach(Point::BeforeJournal);
        let mut journal = lock(&self.journal);
        if self.crash.is_due(Point::TornJournal) {
            journal.append_half(&text)?;
            std::process::abort();
        }
        journal.append(&text)
    }

    fn journal_line(&self, person: &PersonId, copy: &Prepared) -> JournalLine {
        JournalLine {
            person: person.to_string(),
            document: self.document.to_string(),
            format: copy.unsigned.format().to_string(),
            copy: copy.copy,
            key_thumbprint: thumbprint(copy.key.public()),
            uri: copy.status.uri.clone(),
            idx: copy.status.idx,
            hash: base64url::encode(sha256(copy.unsigned.to_be_signed())),
            issued_at: self.now.to_string(),
            valid_until: copy.valid_until.to_string(),
        }
    }

    /// Signs, and writes what will appear: a directory for each person, with the document's in it.
    fn stage(&self, prepared: Vec<PreparedPerson>, staged: &mut Staged) -> anyhow::Result<()> {
        let hidden = self.hidden(staged.number);
        create_dir(&hidden)?;
        for PreparedPerson { person, copies } in prepared {
            let files = self.sign(copies)?;
            self.crash.reach(Point::AfterSign);
            let mut dir = hidden.join(person.as_str());
            create_dir(&dir)?;
            dir.push(self.document.as_str());
            create_dir(&dir)?;
            for (name, content) in files {
                files::write_plainly(&dir.join(name), content.as_bytes(), Access::Secret)?;
                self.crash.reach(Point::MidFiles);
            }
            staged.people.push(person);
        }
        Ok(())
    }

    /// The files of a person: signed copies and their holders' keys.
    fn sign(&self, copies: Vec<Prepared>) -> anyhow::Result<Vec<(String, Content)>> {
        let mut files = Vec::with_capacity(2 * copies.len());
        for Prepared { copy, key, unsigned, .. } in copies {
            let format = unsigned.format();
            files.push((key_file(format, copy), Content::Key(key.to_pkcs8_pem())));
            files.push((copy_file(format, copy), Content::Copy(self.signers.sign(unsigned)?)));
        }
        Ok(files)
    }
}

/// A thread that panicked ends the run; what it guarded is whole at each step.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn create_dir(path: &Path) -> anyhow::Result<()> {
    fs::create_dir(path).with_context(|| format!("cannot create the directory {}", path.display()))
}
