//! `mapae issue`: a register goes in, documents in both formats come out.
//!
//! One thread reads, two for each core prepare, sign and write, and this one brings batches to the disk and
//! lets them appear. Killed at any moment and run again, it finishes the job (design D10).

mod admit;
mod batch;
mod checkpoint;
mod copies;
mod crash;
mod disk;
mod entropy;
mod recover;
mod register;
mod release;
mod report;

use std::{
    collections::HashSet,
    panic,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use anyhow::anyhow;
use indicatif::{ProgressBar, ProgressStyle};
use mapae_document::DocumentType;
use mapae_status_list::IndexAllocator;

use self::{
    admit::Admission,
    batch::{Issuer, Numbers, Staged, lock},
    checkpoint::Checkpoint,
    copies::Signers,
    crash::Crash,
    disk::Disk,
    register::{Header, Piece, Register},
    release::Release,
    report::Report,
};
use crate::{
    authority::Authority,
    cli::IssueArgs,
    commands::request::{find_document, load_catalogue},
    environment::now,
    failure::Outcome,
    files,
    issued::journal_path,
    lines::Appender,
    output::Output,
};

/// A batch has at most so many copies, unless one person has more: they wait in memory for their signatures.
const COPIES_AT_ONCE: usize = 512;

/// Issues a document to everybody in a register who may have it and has none yet.
pub(crate) fn run(args: &IssueArgs, output: &Output) -> Outcome<()> {
    let crash = Crash::from_environment()?;
    let authority = Authority::open(&args.authority)?;
    let catalogue = load_catalogue(args.catalogue.as_deref())?;
    let document = find_document(&catalogue, &args.document)?;
    let register = Register::open(&args.register, document)?;
    files::create_dir(&args.out)?;
    let path = journal_path(&args.out);
    let busy = || anyhow!("another `mapae issue` is writing to {}; this one changed nothing", args.out.display());
    let mut journal = Appender::try_open(&path)?.ok_or_else(busy)?;
    let disk = Disk::of(&args.out)?;
    let mut checkpoint = Checkpoint::read(&args.out, journal.end());
    let voided = recover::recover(&args.out, &mut journal, &mut checkpoint, &disk, now(args.at)?, &crash)?;
    let report = Report::new(args, voided)?;
    let issuer = issuer(args, &authority, document, register.header(), journal, &crash)?;
    let mut release = Release { issuer: &issuer, disk, checkpoint, report, unsynced: Default::default() };
    let bar = bar(output, register.size);
    issue(register, &issuer, &mut release, people_at_once(args), &bar)?;
    bar.finish_and_clear();
    release.finish()?.answer(output);
    Ok(())
}

fn issuer<'a>(
    args: &'a IssueArgs,
    authority: &'a Authority,
    document: &'a DocumentType,
    header: Header,
    journal: Appender,
    crash: &'a Crash,
) -> Outcome<Issuer<'a>> {
    let now = now(args.at)?;
    let signers = Signers::of(authority, document, now)?;
    let signers_until = (signers.mdoc.certificate.not_after(), signers.sd_jwt.certificate.not_after());
    Ok(Issuer {
        authority,
        admission: Admission { document, header, now, signers_until },
        signers,
        numbers: Mutex::new(Numbers::new(IndexAllocator::new(authority.status_index_key()?))),
        journal: Mutex::new(journal),
        in_hand: Mutex::new(HashSet::new()),
        out: &args.out,
        document: &args.document,
        copies: args.copies,
        now,
        crash,
    })
}

fn people_at_once(args: &IssueArgs) -> usize {
    args.batch.map_or(COPIES_AT_ONCE / (2 * usize::from(args.copies)), usize::from).max(1)
}

fn bar(output: &Output, bytes: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_bar} {percent} %  {msg}  {eta} left");
    output.progress(bytes, "bytes").with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Reads, issues and releases at the same time. The first failure ends all three: whoever fails lets go of its channel.
fn issue(
    register: Register,
    issuer: &Issuer<'_>,
    release: &mut Release<'_>,
    people_at_once: usize,
    bar: &ProgressBar,
) -> anyhow::Result<()> {
    // While some wait for the disk, as many as there are cores compute.
    let workers = 2 * thread::available_parallelism().map_or(1, usize::from);
    let (piece_in, pieces) = sync_channel(workers);
    let (staged_in, staged) = sync_channel(2 * workers);
    let pieces = Arc::new(Mutex::new(pieces));
    thread::scope(|scope| {
        let reader = scope.spawn(move || register.read(people_at_once, &piece_in));
        let work = || {
            let (pieces, staged) = (Arc::clone(&pieces), staged_in.clone());
            scope.spawn(move || work(issuer, &pieces, &staged))
        };
        let threads: Vec<_> = (0..workers).map(|_| work()).collect();
        drop((pieces, staged_in));
        let released = release.all(&staged, bar);
        drop(staged);
        for thread in threads {
            thread.join().unwrap_or_else(|panic| panic::resume_unwind(panic));
        }
        let read = reader.join().unwrap_or_else(|panic| panic::resume_unwind(panic));
        released.and(read)
    })
}

/// Takes pieces and hands on batches until there are no more, or nobody takes them.
fn work(issuer: &Issuer<'_>, pieces: &Mutex<Receiver<Piece>>, staged: &SyncSender<anyhow::Result<Staged>>) {
    let next = || lock(pieces).recv().ok();
    while let Some(piece) = next() {
        if staged.send(issuer.batch(&piece)).is_err() {
            break;
        }
    }
}
