//! What is left in the store when everything is over, held against what the phones were given.

use std::collections::{BTreeMap, BTreeSet};

use mapae_document::{LifeEvent, LifeState};
use mapae_issuer::store::{
    Address, Changed, DocumentRecord, ISSUER, IssuerStore, NotificationEvent, PostgresIssuerStore, SqliteIssuerStore,
    StoredBatch,
};
use mapae_jose::base64url;
use mapae_sql::Database;
use mapae_types::Duration;
use serde_json::Value;

use super::phone::Acknowledged;

/// Findings; none is what is hoped for.
pub(crate) fn audit(store: &str, people: &[String], given: &[Acknowledged]) -> Vec<String> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        match Database::open(&store.parse::<Address>().unwrap(), &ISSUER).await.unwrap() {
            Database::Sqlite(database) => all(&SqliteIssuerStore::new(database), people, given).await,
            Database::Postgres(database) => all(&PostgresIssuerStore::new(database), people, given).await,
        }
    })
}

/// A person's documents, each with its batches.
type Kept = BTreeMap<String, Vec<(DocumentRecord, Vec<StoredBatch>)>>;

async fn all(store: &impl IssuerStore, people: &[String], given: &[Acknowledged]) -> Vec<String> {
    let mut kept = Kept::new();
    for person in people {
        let mut documents = Vec::new();
        for document in store.documents_of(&person.parse().unwrap()).await.unwrap() {
            let batches = store.batches(document.id).await.unwrap();
            documents.push((document, batches));
        }
        kept.insert(person.clone(), documents);
    }
    let mut findings = Vec::new();
    findings.extend(given.iter().filter_map(|given| is_kept(&kept, given)));
    findings.extend(twice_active(&kept));
    findings.extend(numbers_twice(&kept, store.reserve_numbers(1).await.unwrap().start));
    findings.extend(entries_twice(given));
    findings.extend(revocable(store, &kept).await);
    findings
}

/// A copy that a phone was given is one of a batch of that person's, and of one only.
fn is_kept(kept: &Kept, given: &Acknowledged) -> Option<String> {
    let batches = kept[&given.person].iter().flat_map(|(_, batches)| batches);
    let its: Vec<&StoredBatch> = batches
        .filter(|batch| batch.thumbprints == given.thumbprints && batch.configuration == given.configuration)
        .collect();
    let [batch] = its.as_slice() else { return Some(format!("{} batches for copies that were given", its.len())) };
    if batch.hashes.len() != given.copies.len() {
        return Some("a batch of another size than what was given".to_owned());
    }
    let noted = !given.notified || batch.notified == Some(NotificationEvent::Accepted);
    (!noted).then(|| "a notification that was acknowledged got lost".to_owned())
}

fn twice_active(kept: &Kept) -> Vec<String> {
    let active = |documents: &[(DocumentRecord, Vec<StoredBatch>)]| {
        documents.iter().filter(|(document, _)| document.state == LifeState::Active).count()
    };
    let mut findings = Vec::new();
    for documents in kept.values() {
        if active(documents) > 1 {
            findings.push("a person with two active documents".to_owned());
        }
        for (document, batches) in documents {
            let over = matches!(document.state, LifeState::Replaced | LifeState::Revoked | LifeState::Suspended);
            if over && batches.iter().any(|batch| !batch.revoked) {
                findings.push(format!("copies of a document that is {} are good", document.state.name()));
            }
        }
    }
    findings
}

fn numbers_twice(kept: &Kept, next: u64) -> Vec<String> {
    let batches = kept.values().flatten().flat_map(|(_, batches)| batches);
    let mut ranges: Vec<_> = batches.map(|batch| (batch.numbers.start, batch.numbers.end)).collect();
    ranges.sort_unstable();
    let overlap = ranges.windows(2).any(|two| two[0].1 > two[1].0);
    let beyond = ranges.last().is_some_and(|last| last.1 > next);
    let found = [(overlap, "a number was given twice"), (beyond, "a number was given that nobody reserved")];
    found.into_iter().filter(|(found, _)| *found).map(|(_, what)| what.to_owned()).collect()
}

/// By what the copies themselves say, those that can be read with little code: SD-JWT VCs (draft §7 of status lists).
fn entries_twice(given: &[Acknowledged]) -> Vec<String> {
    let mut entries = BTreeSet::new();
    let mut findings = Vec::new();
    for copy in given.iter().filter(|given| given.notified).flat_map(|given| &given.copies) {
        let Some(payload) = copy.split_once('~').and_then(|(jwt, _)| jwt.split('.').nth(1)) else { continue };
        let payload: Value = serde_json::from_slice(&base64url::decode(payload).unwrap()).unwrap();
        let entry = &payload["status"]["status_list"];
        if entry["idx"].as_u64().is_none() || !entries.insert(entry.to_string()) {
            findings.push(format!("a status entry that is absent or another copy's: {entry}"));
        }
    }
    findings
}

/// Also what was never signed, since a crash came between.
async fn revocable(store: &impl IssuerStore, kept: &Kept) -> Vec<String> {
    let mut findings = Vec::new();
    for (document, _) in kept.values().flatten() {
        let at = document.changed_at + Duration::days(1);
        let changed = store.change(document.id, LifeEvent::Revoke, None, at).await.unwrap();
        let over = matches!(document.state, LifeState::Replaced | LifeState::Revoked | LifeState::Expired);
        if matches!(changed, Changed::Done(_)) == over {
            findings.push(format!("a document that is {}: {changed:?}", document.state.name()));
        }
    }
    let revoked: BTreeSet<u64> =
        store.revoked(0, 100_000).await.unwrap().into_iter().flat_map(|revocation| revocation.numbers).collect();
    let batches = kept.values().flatten().flat_map(|(_, batches)| batches);
    let missing = batches.filter(|batch| !batch.numbers.clone().all(|number| revoked.contains(&number))).count();
    if missing > 0 {
        findings.push(format!("{missing} batches cannot be revoked"));
    }
    findings
}
