//! The audit finds what is wrong: the store of a quiet run, spoilt in one way after the other.

use std::fs;

use mapae_issuer::store::{Address, ISSUER};
use mapae_sql::Database;

use super::{
    audit::audit,
    clerk::Not,
    phone::{Acknowledged, Phone},
    site::{Nation, Site},
};
use crate::{country::temporary, party::Party};

/// A way to spoil it, and a word of what is found then.
const SPOILT: [(&str, &str); 7] = [
    ("DELETE FROM batches WHERE first_number = (SELECT MIN(first_number) FROM batches)", "0 batches for copies"),
    ("UPDATE batches SET hashes = x'' WHERE first_number = (SELECT MIN(first_number) FROM batches)", "another size"),
    ("UPDATE batches SET notified = NULL WHERE first_number = (SELECT MIN(first_number) FROM batches)", "got lost"),
    (
        "UPDATE batches SET first_number = (SELECT MIN(first_number) + 1 FROM batches)
            WHERE first_number = (SELECT MAX(first_number) FROM batches)",
        "given twice",
    ),
    ("UPDATE counters SET value = 1 WHERE name = 'numbers'", "nobody reserved"),
    ("UPDATE batches SET revoked = 1", "cannot be revoked"),
    (
        "INSERT INTO documents SELECT randomblob(16), owner, state, NULL, held, channel, urgency, applied_at, changed_at,
            reason, offer, grant_id, root, device, activated_at, expires_at, refill_from FROM documents WHERE slot = 1",
        "two active documents",
    ),
];

/// Two people fetch their documents from an issuer that nobody kills.
fn quiet(site: &Site, nation: &Nation) -> Vec<Acknowledged> {
    let mut issuer = Party::new("issuer", site.at, site.dir.clone(), &site.arguments);
    issuer.start().unwrap();
    let mut given = Vec::new();
    for (seed, person) in (1..).zip(&nation.people) {
        match site.clerk.offer(person) {
            Ok(offered) => Phone::new(site.at, seed).fetch(person, &offered, |got| given.push(got)).unwrap(),
            Err(Not::Eligible) => continue,
            Err(Not::Yet) => panic!("the office does not answer"),
        }
        if given.len() > 4 {
            break;
        }
    }
    issuer.kill();
    given
}

async fn spoil(store: &str, statement: &'static str) {
    let Database::Sqlite(database) = Database::open(&store.parse::<Address>().unwrap(), &ISSUER).await.unwrap() else {
        unreachable!()
    };
    let mut transaction = database.begin().await.unwrap();
    sqlx::raw_sql(statement).execute(&mut *transaction).await.unwrap();
    transaction.commit().await.unwrap();
}

#[test]
fn an_audit_finds_what_is_wrong() {
    let (dir, nation) = (temporary(), Nation::found());
    let site = Site::build(&nation, dir.path(), None);
    let given = quiet(&site, &nation);
    let copy = |name: &str| {
        for ending in ["", "-wal"] {
            let (from, to) = (format!("I/issuer.db{ending}"), format!("{name}.db{ending}"));
            fs::copy(dir.path().join(from), dir.path().join(to)).unwrap();
        }
        format!("sqlite:{}/{name}.db", dir.path().display())
    };
    assert_eq!(audit(&copy("whole"), &nation.people, &given), Vec::<String>::new());
    for (nth, (statement, expected)) in SPOILT.into_iter().enumerate() {
        let store = copy(&format!("spoilt-{nth}"));
        tokio::runtime::Runtime::new().unwrap().block_on(spoil(&store, statement));
        let findings = audit(&store, &nation.people, &given);
        assert!(findings.iter().any(|finding| finding.contains(expected)), "{statement}: {findings:?}");
    }
}
