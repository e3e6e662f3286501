//! Whoever has the log writes past its rules.

use std::fs;

use mapae_ledger::Entry;
use mapae_ledger_server::store::{Address, LOG, LogStore, SqliteLogStore, Swap};
use mapae_sql::Database;

use crate::{
    auditor::{block_on, entries_of},
    country::{Country, ORIGIN, catalogue, copy_dir},
    http::Answer,
    rogue::{Rogue, head},
    stage::Stage,
};

/// What the operator would like to have in the log.
type Wish = (&'static str, fn(&Stage, &[Entry]) -> Entry);

const WISHES: [Wish; 5] = [
    ("an issuer in an agency's name", |stage, _| Country::forged(0, &stage.country.issuer(2), stage.now())),
    ("an issuer by an agency without the right", |stage, _| {
        stage.country.entry(&[2], &stage.country.issuer(2), stage.now())
    }),
    ("an altered entry", |_, entries| {
        let mut bytes = entries.last().unwrap().as_bytes().to_vec();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        Entry::new(bytes).unwrap()
    }),
    ("an entry once more", |_, entries| entries[1].clone()),
    ("an older catalogue", |stage, _| stage.country.entry(&[0], &catalogue(0), stage.now())),
];

/// The operator adds what may not stand. His own program refuses to serve it; so he serves it himself, and the auditors
/// refuse to cosign.
pub(crate) fn rogue_operator(stage: &mut Stage) {
    stage.start();
    let [interior, police, mut welfare] = stage.statements();
    welfare.push(stage.country.entry(&[2], &catalogue(900), stage.now()));
    stage.work(&[interior, police, welfare], 0);
    // Who still has the log's own checkpoint in hand would refuse for another reason.
    stage.settle_everywhere();
    stage.stop(0);
    let good = stage.dir.join("good");
    copy_dir(&stage.dir.join("log"), &good);
    let entries: Vec<Entry> = entries_of(&stage.store).into_iter().map(|bytes| Entry::new(bytes).unwrap()).collect();
    let (what, wish) = *stage.dice.pick(&WISHES);
    let rogue = wish(stage, &entries);
    stage.count(&format!("rogue: {what}"));
    doctored(stage, &entries, &rogue);
    fs::remove_dir_all(stage.dir.join("log")).unwrap();
    fs::rename(good, stage.dir.join("log")).unwrap();
    shown(stage, what, &entries, rogue);
    stage.bring_back(0);
    let more = plausible(stage, 0);
    stage.work(&[vec![more]], 1);
    stage.audit();
}

/// With the store altered from outside, the log does not start.
fn doctored(stage: &mut Stage, entries: &[Entry], rogue: &Entry) {
    // What is in the log already the store itself keeps out.
    if insert(&stage.store, entries, rogue)
        && let Err(came_up) = stage.parties[0].start_in_vain()
    {
        stage.board.find(format!("with a doctored store: {came_up}"));
    }
    stage.parties[0].kill();
}

/// Writes an entry into the store of a log as if its rules allowed it.
pub(crate) fn insert(store: &str, entries: &[Entry], rogue: &Entry) -> bool {
    let (before, mut all) = (head(entries), entries.to_vec());
    all.push(rogue.clone());
    let swap = block_on(async {
        let address: Address = store.parse().unwrap();
        let Database::Sqlite(database) = Database::open(&address, &LOG).await.unwrap() else { unreachable!() };
        let store = SqliteLogStore::new(database.clone());
        let swap = store.append(&ORIGIN.parse().unwrap(), before, head(&all), std::slice::from_ref(rogue)).await;
        database.close().await;
        swap
    });
    swap.is_ok_and(|swap| swap == Swap::Done)
}

fn shown(stage: &mut Stage, what: &str, entries: &[Entry], rogue: Entry) {
    let mut all = entries.to_vec();
    all.push(rogue);
    let rogue = Rogue::new(&stage.country, stage.log_at(), &all);
    for witness in 0..3 {
        let at = stage.parties[stage.witness(witness)].at;
        let answer = refusal(|| rogue.ask(at, stage.high_water(witness)));
        if answer.status != 422 {
            stage.board.find(format!("{what}: auditor {witness} answered {}", answer.status));
        }
    }
}

/// What an auditor says once it has noticed that the log's process is another.
fn refusal(mut ask: impl FnMut() -> Answer) -> Answer {
    let mut answer = ask();
    for _ in 0..3 {
        if answer.status != 503 {
            break;
        }
        answer = ask();
    }
    answer
}

/// An entry that keeps every rule.
pub(crate) fn plausible(stage: &Stage, nth: u64) -> Entry {
    stage.country.entry(&[0], &stage.country.wallet_provider(600 + nth), stage.now())
}
