//! Seeds of the trust ledger: a small log, whose signatures are the same in each run.

use std::error::Error;

use mapae_fuzz::ledger::{ENTRY, LOG, cosigned, policy_text, signed};
use mapae_ledger::{AddCheckpoint, Entry, ForkEvidence, Sequencer, TilePath, TlogProof, TreeHead, TreeQuery};

use crate::Seed;

pub(crate) fn seeds() -> Result<Vec<Seed>, Box<dyn Error>> {
    let mut entries = vec![Entry::new(ENTRY.to_vec())?];
    entries.extend(
        (1..7).map(|number| Entry::new(format!("entry {number}").into_bytes())).collect::<Result<Vec<_>, _>>()?,
    );
    let (log, committed) = Sequencer::new(LOG.verifier.clone())?.integrate(&entries)?.committed();
    let (small, _) = Sequencer::new(LOG.verifier.clone())?.integrate(&entries[..1])?.committed();
    let tile =
        |path: TilePath| committed.files().iter().find(|file| file.path == path).map(|file| file.bytes.as_slice());
    let (checkpoint, one) = (cosigned(&signed(log.head())), cosigned(&signed(small.head())));
    let seven = signed(log.head());
    let inclusion = TreeQuery::inclusion(0, 7)?.answer(tile)?;
    let consistency = TreeQuery::consistency(1, 7)?.answer(tile)?;
    let proof = TlogProof::new(0, inclusion, checkpoint.clone());
    let forked = Sequencer::new(LOG.verifier.clone())?.integrate(&entries[1..2])?.committed().0;
    let forked = signed(forked.head());
    let then = small.head().root();
    let other = signed(TreeHead::new(7, then));
    let seed = |target, name, text: String| (target, name, text.into_bytes());
    Ok(vec![
        seed("note", "verses", "verse\n\nverse\n\n\u{2014} poet.example/한 AAAAAAA=\n".to_owned()),
        seed("note", "cosigned", checkpoint.to_string()),
        seed("checkpoint", "cosigned", checkpoint.to_string()),
        seed(
            "checkpoint",
            "extended",
            format!("log\n0\n{}\nan extension\n\n\u{2014} log AAAAAAA=\n", log.head().root()),
        ),
        seed("tlog_proof", "one-of-seven", proof.to_string()),
        seed("tlog_proof", "with-extra", proof.clone().with_extra(b"extra".to_vec())?.to_string()),
        seed("tlog_proof", "single", TlogProof::new(0, vec![], one).to_string()),
        seed("inspect", "tlog-proof", proof.to_string()),
        seed("inspect", "policy", groups()),
        seed(
            "fork_evidence",
            "smaller",
            ForkEvidence::new(forked, seven.clone(), then, consistency.clone()).to_string(),
        ),
        seed("fork_evidence", "same-size", ForkEvidence::new(other, seven, log.head().root(), vec![]).to_string()),
        seed("tlog_policy", "one-of-one", policy_text()),
        seed("tlog_policy", "groups", groups()),
        seed("witness_request", "first", AddCheckpoint::new(0, vec![], checkpoint.clone()).to_string()),
        seed("witness_request", "next", AddCheckpoint::new(1, consistency, checkpoint).to_string()),
    ])
}

/// Groups of groups, comments, tabs and URLs.
fn groups() -> String {
    let other = policy_text().replace("quorum agency\n", "# a group of one\n\tgroup\tg any agency\n");
    format!("{other}group h 1 g \nquorum h\n")
}
