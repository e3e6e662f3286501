//! That the audit finds what it is there to find: a ledger that is whole, and spoilt in one place at a time.

use std::{fs, path::PathBuf, sync::Arc};

use mapae_ledger::Entry;

use crate::{
    auditor::{Audit, entries_of},
    country::{Country, catalogue, temporary},
    dice::Dice,
    rogue::{head, signed},
    stage::{Cast, Stage},
    troubles::{insert, plausible},
};

/// An address that no run has.
const SLOT: u8 = 200;

/// A ledger in which nothing is wrong.
struct Whole {
    stage: Stage,
    _dir: tempfile::TempDir,
}

impl Whole {
    fn new(slot: u8) -> Self {
        let dir = temporary();
        let store = format!("sqlite:{}/log/log.db", dir.path().display());
        let cast = Cast { sequencers: 1, store, one_dir: true, clocks: false };
        let mut stage = Stage::set(&Arc::new(Country::found()), dir.path(), Dice::new(1), slot, &cast);
        stage.start();
        let statements = stage.statements();
        stage.work(&statements, 0);
        stage.settle();
        let whole = Self { stage, _dir: dir };
        assert_eq!(whole.audit(), Vec::<String>::new());
        whole
    }

    fn audit(&self) -> Vec<String> {
        let stage = &self.stage;
        Audit { board: &stage.board, log: stage.log_at(), store: &stage.store, dir: &stage.dir }.run();
        std::mem::take(&mut *stage.board.findings.lock().unwrap())
    }

    /// It finds something, and something that says this.
    fn finds(&self, what: &str) {
        let findings = self.audit();
        assert!(findings.iter().any(|finding| finding.contains(what)), "{what}: {findings:#?}");
    }

    fn entries(&self) -> Vec<Entry> {
        entries_of(&self.stage.store).into_iter().map(|bytes| Entry::new(bytes).unwrap()).collect()
    }

    /// The served file whose name has this in it.
    fn tile(&self, level: &str) -> PathBuf {
        let size = self.entries().len();
        self.stage.dir.join(format!("log/public/tile/{level}/000.p/{size}"))
    }

    fn flip(path: &PathBuf) {
        let mut bytes = fs::read(path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(path, bytes).unwrap();
    }
}

#[test]
fn the_audit_finds_an_entry_that_is_not_at_its_place() {
    let whole = Whole::new(SLOT);
    whole.stage.board.acknowledged.lock().unwrap()[3].index += 1;
    whole.finds("LOST: entry");
    whole.stage.board.acknowledged.lock().unwrap()[3].index += 1000;
    whole.finds("is not published");
}

#[test]
fn the_audit_finds_a_second_history() {
    let whole = Whole::new(SLOT + 1);
    let mut other = whole.entries();
    other.pop();
    other.push(plausible(&whole.stage, 0));
    let fork = signed(&whole.stage.country, head(&other)).to_string();
    whole.stage.board.cosigned.lock().unwrap().insert(fork.clone());
    whole.finds("a cosigned checkpoint and the log's entries differ");
    whole.stage.board.cosigned.lock().unwrap().clear();
    whole.stage.board.published.lock().unwrap().insert(fork);
    whole.finds("a published checkpoint and the log's entries differ");
    // One that is larger than everything that was ever entered.
    whole.stage.board.published.lock().unwrap().clear();
    other.extend((1..4).map(|nth| plausible(&whole.stage, nth)));
    let fork = signed(&whole.stage.country, head(&other)).to_string();
    whole.stage.board.published.lock().unwrap().insert(fork);
    whole.finds("a published checkpoint and the log's entries differ");
}

#[test]
fn the_audit_finds_a_checkpoint_that_the_policy_does_not_accept() {
    let whole = Whole::new(SLOT + 2);
    let alone = signed(&whole.stage.country, head(&whole.entries())).to_string();
    whole.stage.board.publish(alone.as_bytes(), "somebody");
    whole.finds("the policy does not accept");
}

#[test]
fn the_audit_finds_an_altered_tile() {
    let whole = Whole::new(SLOT + 3);
    Whole::flip(&whole.tile("0"));
    whole.finds("differs from the entries");
    Whole::flip(&whole.tile("0"));
    assert_eq!(whole.audit(), Vec::<String>::new());
    Whole::flip(&whole.tile("entries"));
    whole.finds("the served entries and the published root differ");
}

#[test]
fn the_audit_finds_what_may_not_stand() {
    let whole = Whole::new(SLOT + 4);
    let rogue = whole.stage.country.entry(&[0], &catalogue(0), whole.stage.now());
    assert!(insert(&whole.stage.store, &whole.entries(), &rogue));
    whole.finds("breaks a rule");
}
