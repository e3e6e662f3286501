//! Witnesses that lose their memory.

use std::{fs, path::Path};

use mapae_ledger::Entry;

use super::rogues::plausible;
use crate::{
    auditor::entries_of,
    country::copy_dir,
    program,
    rogue::{Rogue, head},
    stage::Stage,
};

/// What is wrong with a witness's directory after somebody has repaired it.
type Loss = (&'static str, fn(&Stage, &Path, &Path));

const LOSSES: [Loss; 4] = [
    ("older database", |_, dir, old| {
        forget(dir);
        for file in DATABASE.iter().filter(|file| old.join(file).exists()) {
            fs::copy(old.join(file), dir.join(file)).unwrap();
        }
    }),
    ("no database", |_, dir, _| forget(dir)),
    ("no high-water file", |_, dir, _| fs::remove_dir_all(dir.join("high-water")).unwrap()),
    ("another key's database", |stage, dir, _| {
        forget(dir);
        program::ok(&stage.dir, "ledger witness-init --dir other --name other.example/witness");
        fs::copy(stage.dir.join("other/witness.db"), dir.join("witness.db")).unwrap();
    }),
];

const DATABASE: [&str; 3] = ["witness.db", "witness.db-wal", "witness.db-shm"];

fn forget(dir: &Path) {
    for file in DATABASE {
        // Only the database is always there.
        drop(fs::remove_file(dir.join(file)));
    }
}

/// The witness refuses to start, and tells its operator to retire the key; the other two are enough.
pub(crate) fn lost_state(stage: &mut Stage) {
    let forgetful = usize::try_from(stage.dice.roll(3)).unwrap();
    let (old, _) = first_half(stage, forgetful);
    let (what, lose) = *stage.dice.pick(&LOSSES);
    stage.stop(stage.witness(forgetful));
    lose(stage, &stage.witness_dir(forgetful), &old);
    let party = stage.witness(forgetful);
    match stage.parties[party].start_in_vain() {
        Ok(words) if words.contains("retire this key") || words.contains("takes a new key") => {}
        Ok(words) => stage.board.find(format!("{what}: it refused for another reason: {words}")),
        Err(came_up) => stage.board.find(format!("{what}: {came_up}")),
    }
    stage.parties[party].kill();
    stage.count(what);
    more(stage);
    stage.audit();
}

/// Whoever restores all of a witness's files is not found out. Then the log's operator shows it a fork: it cosigns, nobody
/// else does, and the policy accepts nothing.
pub(crate) fn restored_directory(stage: &mut Stage) {
    let restored = usize::try_from(stage.dice.roll(3)).unwrap();
    let (old, size) = first_half(stage, restored);
    let party = stage.witness(restored);
    stage.stop(party);
    fs::remove_dir_all(stage.witness_dir(restored)).unwrap();
    copy_dir(&old, &stage.witness_dir(restored));
    stage.stop(0);
    stage.bring_back(party);
    fork(stage, restored, size);
    // It holds to the fork from now on; the log has two others.
    stage.stop(party);
    stage.bring_back(0);
    more(stage);
    stage.audit();
}

fn fork(stage: &mut Stage, restored: usize, size: u64) {
    let history = entries_of(&stage.store);
    let keep = usize::try_from(size).unwrap();
    let mut entries: Vec<Entry> = history[..keep].iter().map(|bytes| Entry::new(bytes.clone()).unwrap()).collect();
    let longer = stage.dice.roll(2);
    while u64::try_from(entries.len()).unwrap() < u64::try_from(history.len()).unwrap() + longer {
        entries.push(plausible(stage, u64::try_from(entries.len()).unwrap()));
    }
    let mut rogue = Rogue::new(&stage.country, stage.log_at(), &entries);
    let mut cosigned = 0;
    for witness in 0..3 {
        let seen = if witness == restored { size } else { stage.high_water(witness) };
        let at = stage.parties[stage.witness(witness)].at;
        let answer = rogue.ask(at, seen);
        if answer.status == 200 {
            cosigned += 1;
            rogue.adorn(&answer.body);
        }
        if (answer.status == 200) != (witness == restored) {
            stage.board.find(format!("witness {witness} answered a fork with {}", answer.status));
        }
    }
    stage.count("fork shown");
    let accepted = stage.country.policy.accept(rogue.checkpoint()).is_ok();
    let leaf = entries.last().unwrap().leaf();
    if accepted || rogue.proof_of_last().verify(&stage.country.policy, leaf).is_ok() {
        stage.board.find(format!("FORK ACCEPTED, cosigned by {cosigned}: {:?}", head(&entries)));
    }
}

/// The agencies begin; then a copy is made of a witness, and they say more. The copy, and the size that it knows.
fn first_half(stage: &mut Stage, witness: usize) -> (std::path::PathBuf, u64) {
    stage.start();
    let [interior, police, welfare] = stage.statements();
    stage.work(&[interior, police], 0);
    // A quorum suffices for publication. What a witness has in hand when it is killed it may know without saying so.
    stage.settle_everywhere();
    let party = stage.witness(witness);
    stage.parties[party].kill();
    let (old, size) = (stage.dir.join("old"), stage.high_water(witness));
    copy_dir(&stage.witness_dir(witness), &old);
    stage.start();
    stage.work(&[welfare], 0);
    stage.settle_everywhere();
    (old, size)
}

fn more(stage: &mut Stage) {
    let at = stage.now();
    let providers = (50..52).map(|nth| stage.country.entry(&[0], &stage.country.wallet_provider(nth), at)).collect();
    stage.work(&[providers], 1);
}
