//! What an issuance costs the store: a redemption, a look at the grant, and a commit. As a measurement: processor time of
//! the whole process for each, quarter by quarter, for several phones at a time:
//!
//! `MAPAE_RATE_DOCUMENTS=50000 cargo test --release -p mapae-issuer store::rate -- --nocapture --test-threads 1`

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests, and the measurement")]

use std::fs;
use std::time::{Duration, Instant};

use mapae_issuer::store::{Committed, IssuerStore, NewBatch, NewOffer, Offered, Redemption};
use tokio::task::JoinSet;

use super::{
    people::{COPIES, after, application, batch, done, fresh_hash, offer_like, redemption},
    places::{Place, Postgres, Sqlite},
};

const PHONES: u64 = 64;

/// A few show that it works; a measurement takes more.
fn documents() -> u64 {
    std::env::var("MAPAE_RATE_DOCUMENTS").ok().and_then(|documents| documents.parse().ok()).unwrap_or(2 * PHONES)
}

/// The time that this process has used, its threads together.
fn used() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

async fn offer(store: &impl IssuerStore, number: u64) -> NewOffer {
    let application = application(number);
    let offer = offer_like(&application);
    assert_eq!(store.apply_and_offer(&application, &offer).await.unwrap(), Offered::Done);
    offer
}

async fn issue(store: &impl IssuerStore, offer: &NewOffer, numbers: u64) {
    let grant = done(store.redeem(&Redemption { jkt: fresh_hash(), ..redemption(offer) }).await.unwrap());
    let view = store.grant(grant.id, after(11)).await.unwrap().unwrap();
    assert_eq!(view.left("resident-mdoc"), COPIES);
    let keys: Vec<[u8; 32]> = (0..COPIES).map(|_| fresh_hash()).collect();
    let hashes = keys.clone();
    let made =
        NewBatch { numbers: numbers..numbers + u64::from(COPIES), thumbprints: keys, hashes, ..template(&grant) };
    assert_eq!(store.commit(made).await.unwrap(), Committed::Done { replaced: None });
}

fn template(grant: &mapae_issuer::store::Grant) -> NewBatch {
    let at = after(20);
    NewBatch {
        id: super::people::fresh(),
        grant: grant.id,
        configuration: "resident-mdoc".to_owned(),
        keys: fresh_hash(),
        thumbprints: Vec::new(),
        seed: fresh_hash(),
        numbers: 0..0,
        hashes: Vec::new(),
        revision: 1,
        memo: vec![7; 80],
        valid_until: at,
        document_expires_at: after(90_000_000),
        refill_from: after(9_000_000),
        nonce: Some(super::people::nonce()),
        deferred: None,
        at,
    }
}

/// The offers are made in one order and come back in another, as people do.
async fn measure(name: &str, place: impl Place) {
    let store = place.store().await;
    let documents = documents().div_ceil(PHONES) * PHONES;
    let numbers = store.reserve_numbers(u32::try_from(documents).unwrap() * COPIES).await.unwrap();
    let before = (used(), Instant::now());
    let mut offers = Vec::new();
    for many in 0..documents / PHONES {
        let mut asked = JoinSet::new();
        for one in 0..PHONES {
            let store = store.clone();
            asked.spawn(async move { offer(&store, many * PHONES + one).await });
        }
        offers.extend(asked.join_all().await);
    }
    report(name, "offer", documents, before);
    let (rounds, mut next) = (documents / PHONES, numbers.start);
    let quarter = (rounds / 4).max(1);
    let mut before = (used(), Instant::now());
    for (round, phones) in (1..).zip(offers.chunks(usize::try_from(PHONES).unwrap())) {
        let mut asked = JoinSet::new();
        for offer in phones {
            let (store, offer, numbers) = (store.clone(), offer.clone(), next);
            next += u64::from(COPIES);
            asked.spawn(async move { issue(&store, &offer, numbers).await });
        }
        asked.join_all().await;
        if round % quarter == 0 {
            report(name, "issuance", quarter * PHONES, before);
            before = (used(), Instant::now());
        }
    }
    let grant = done(store.redeem(&redemption(&offer(&store, documents).await)).await.unwrap());
    let last = batch(&store, &grant, COPIES).await;
    assert_eq!(last.numbers.start, numbers.end);
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn report(name: &str, what: &str, count: u64, (used_before, started): (Duration, Instant)) {
    let cpu = used().saturating_sub(used_before).as_micros() as f64 / count as f64;
    let rate = count as f64 / started.elapsed().as_secs_f64();
    println!("{name}: {cpu:.0} µs of processor time for each {what}, {rate:.0} a second");
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite() {
    measure("SQLite", Sqlite::new().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres() {
    if let Some(place) = Postgres::new() {
        measure("PostgreSQL", place).await;
    }
}
