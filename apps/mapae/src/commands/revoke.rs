//! `mapae revoke`.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    path::Path,
};

use anyhow::Context as _;
use mapae_status_list::{IndexAllocator, cover_for};
use mapae_types::Entropy as _;
use serde_json::json;

use crate::{
    authority::{Authority, RevocationLine},
    cli::RevokeArgs,
    environment::{SystemEntropy, now},
    failure::{Failure, Outcome},
    issued::{JournalLine, stream_journal},
    lines::{self, Appender},
    output::Output,
};

/// Records every copy of a person's document as revoked, among entries that nobody has (design D6). The next bundle says
/// so. Revoking twice changes nothing.
pub(crate) fn run(args: &RevokeArgs, output: &Output) -> Outcome<()> {
    let authority = Authority::open(&args.authority)?;
    let copies = copies(&authority, args)?;
    let path = authority.path("revocations.jsonl");
    // Held from here on: who revokes at the same time must know these lines.
    let mut revocations = Appender::open(&path)?;
    let past = Past::read(&path, &copies)?;
    let new: Vec<&JournalLine> = copies.iter().filter(|copy| !past.revoked.contains(&(&*copy.uri, copy.idx))).collect();
    let cover = past.cover(&authority, &new)?;
    let revoked_at = now(args.at)?.to_string();
    let line =
        |uri: &str, idx, cover| RevocationLine { uri: uri.to_owned(), idx, revoked_at: revoked_at.clone(), cover };
    let of_copies = new.iter().map(|copy| line(&copy.uri, copy.idx, false));
    let of_nobody = cover.iter().map(|(uri, idx)| line(uri, *idx, true));
    let lines: Vec<RevocationLine> = of_copies.chain(of_nobody).collect();
    revocations.append(&lines::to_text(&lines)?)?;
    answer(args, output, &Counts { copies: copies.len(), new: new.len(), cover: cover.len() });
    Ok(())
}

/// The person's copies, as the journal has them.
fn copies(authority: &Authority, args: &RevokeArgs) -> Outcome<Vec<JournalLine>> {
    let (person, document) = (args.person.as_str(), args.document.as_str());
    let of_person = |line: &JournalLine| line.person == person && line.document == document;
    let journal = stream_journal(&args.issued)?;
    let copies: Vec<JournalLine> =
        journal.filter(|line| line.as_ref().map_or(true, of_person)).collect::<anyhow::Result<_>>()?;
    if copies.is_empty() {
        let issued = args.issued.display();
        return Err(Failure::usage(format!("{issued} holds no document {document} of person {person}")));
    }
    match copies.iter().find(|line| authority.status_list_number(&line.uri).is_none()) {
        Some(foreign) => Err(Failure::usage(format!("{} is not a status list of this authority", foreign.uri))),
        None => Ok(copies),
    }
}

/// What earlier revocations mean for this one.
struct Past<'c> {
    /// Those of the copies that are revoked already.
    revoked: HashSet<(&'c str, u64)>,
    /// How much cover each list has had.
    covered: BTreeMap<String, u32>,
}

impl<'c> Past<'c> {
    fn read(path: &Path, copies: &'c [JournalLine]) -> anyhow::Result<Self> {
        let mut past = Self { revoked: HashSet::new(), covered: BTreeMap::new() };
        for line in lines::stream::<RevocationLine>(path)? {
            let line = line?;
            if line.cover {
                *past.covered.entry(line.uri).or_default() += 1;
            } else {
                let copy = copies.iter().find(|copy| copy.idx == line.idx && copy.uri == line.uri);
                past.revoked.extend(copy.map(|copy| (&*copy.uri, copy.idx)));
            }
        }
        Ok(past)
    }

    /// Some entries that nobody has, of every list that was open together with one of these.
    fn cover(&self, authority: &Authority, new: &[&JournalLine]) -> anyhow::Result<Vec<(String, u64)>> {
        let mut allocator = IndexAllocator::new(authority.status_index_key()?);
        let mut cover = Vec::new();
        for list in open_together(authority, new) {
            let uri = authority.status_uri(list);
            let used = self.covered.get(&uri).copied().unwrap_or(0);
            let wanted = random_count()?;
            let indices: Vec<u32> = (used..used + wanted).map_while(|nth| allocator.cover(list, nth)).collect();
            if indices.len() < wanted as usize {
                Output::note(&format!("note: {uri} has no more entries to hide revocations among"));
            }
            cover.extend(indices.into_iter().map(|index| (uri.clone(), index.into())));
        }
        Ok(cover)
    }
}

/// The lists that were open together with those of these copies.
fn open_together(authority: &Authority, copies: &[&JournalLine]) -> BTreeSet<u64> {
    let numbers = copies.iter().filter_map(|copy| authority.status_list_number(&copy.uri));
    numbers.flat_map(mapae_status_list::open_together).collect()
}

fn random_count() -> anyhow::Result<u32> {
    let [byte] = SystemEntropy.array().context("cannot choose how much cover to add")?;
    Ok(cover_for(byte))
}

/// What a revocation came to.
struct Counts {
    copies: usize,
    new: usize,
    cover: usize,
}

fn answer(args: &RevokeArgs, output: &Output, counts: &Counts) {
    let (person, document) = (args.person.as_str(), args.document.as_str());
    let Counts { copies, new, cover } = counts;
    let json =
        json!({ "person": person, "document": document, "copies": copies, "newly_revoked": new, "cover": cover });
    output.answer(&json, || {
        let already = copies - new;
        let before = if already > 0 { format!(" ({already} were before)") } else { String::new() };
        let among = if *cover > 0 { format!(", among {cover} entries that nobody has") } else { String::new() };
        format!("{copies} copies revoked{before}{among}; the next bundle says so")
    });
}
