//! What a ledger makes of bundles that an authority signed: the same contents, vouched for by a log of test and its
//! cosigners; its policy, others' policies, and continuity orders. The browser's tests hand all of it to the page.
//!
//! `logged_bundles FOLDER` reads `older.bundle`, `newer.bundle` and `revoked.bundle` there, and writes `FOLDER/ledger`.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a program of the tests has files, and fails loudly"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use mapae_trust::{Bundle, BundleContents, Names, NewOrder, StatusEntry, TrustStore};
use mapae_types::{Duration, Timestamp};
use testkit::Ledger;

/// Enough of the three.
const QUORUM: [usize; 2] = [0, 2];

fn main() {
    let folder = PathBuf::from(std::env::args_os().nth(1).unwrap());
    let (mut ledger, to) = (Ledger::new(), folder.join("ledger"));
    fs::create_dir_all(&to).unwrap();
    let stores = ["older", "newer", "revoked"].map(|name| open(&folder.join(name).with_extension("bundle")));
    let [older, newer, revoked] = &stores;
    fs::write(to.join("older.bundle"), ledger.publish(contents(older, &ledger), &QUORUM)).unwrap();
    fs::write(to.join("newer.bundle"), ledger.publish(contents(newer, &ledger), &QUORUM)).unwrap();
    fs::write(to.join("seen-by-one.bundle"), ledger.publish(contents(newer, &ledger), &[1])).unwrap();
    policies(&to, &ledger);
    orders(&to, &ledger, newer.as_of());
    ledger.rotate(2);
    fs::write(to.join("rotated.bundle"), ledger.publish(contents(revoked, &ledger), &QUORUM)).unwrap();
    fs::write(to.join("rotated.txt"), ledger.policy_text()).unwrap();
}

fn open(path: &Path) -> TrustStore {
    let bundle = Bundle::parse(fs::read(path).unwrap()).unwrap();
    let key = bundle.sealed_by().key().unwrap().clone();
    bundle.verify(&key).unwrap()
}

/// What the bundle says, and the ledger's signers of orders.
fn contents(store: &TrustStore, ledger: &Ledger) -> BundleContents {
    let list = |part: mapae_trust::StatusPart<'_>| StatusEntry { uri: part.uri.to_owned(), token: part.token.to_vec() };
    BundleContents {
        issuers: store.issuers().to_vec(),
        distrusted: store.distrusted().map(|(signer, distrust)| (*signer, *distrust)).collect(),
        status_lists: store.status_lists().map(list).collect(),
        registrars: store.registrars().to_vec(),
        registrations: store.registrations().unwrap(),
        order_signers: Some(ledger.order_signers()),
        ..BundleContents::new(store.as_of(), store.classes().clone())
    }
}

/// The ledger's own; one of the same name with other keys; another ledger's; one that lets a minority decide.
fn policies(to: &Path, ledger: &Ledger) {
    let own = ledger.policy_text();
    let minority = own.replace("group all 2", "group all 1");
    let impostor = Ledger::of(ledger.origin().as_str(), 9).policy_text();
    let other = Ledger::of("other.example/log", 8).policy_text();
    for (name, text) in [("policy", own), ("impostor", impostor), ("other", other), ("minority", minority)] {
        fs::write(to.join(name).with_extension("txt"), text).unwrap();
    }
}

/// Two days of orders: the first, a later one, one that a single agency signed, one of which a byte was changed.
fn orders(to: &Path, ledger: &Ledger, at: Timestamp) {
    let order = |name: &str, id: &str, ledger_of: &Ledger, issued_at: Timestamp, signers: &[usize]| {
        let file = signed(ledger, &terms(id, ledger_of, issued_at), signers);
        fs::write(to.join(name).with_extension("order"), &file).unwrap();
        file
    };
    let mut file = order("first", "2026-fire", ledger, at, &[0, 2]);
    order("later", "2026-fire-2", ledger, at + Duration::hours(1), &[0, 1]);
    order("alone", "2026-fire", ledger, at, &[1]);
    order("elsewhere", "2026-fire", &Ledger::of("other.example/log", 8), at, &[0, 2]);
    *file.last_mut().unwrap() ^= 1;
    fs::write(to.join("forged.order"), file).unwrap();
}

fn terms(id: &str, ledger: &Ledger, issued_at: Timestamp) -> NewOrder {
    let class = |name: &str, days| (name.parse().unwrap(), Duration::days(days));
    NewOrder {
        id: id.parse().unwrap(),
        reason: Names::new("국가정보자원관리원 화재", "Fire at the national data centre").unwrap(),
        origin: ledger.origin(),
        issued_at,
        from: issued_at,
        until: issued_at + Duration::days(30),
        classes: vec![class("high", 10), class("substantial", 40)],
        compromised: Vec::new(),
    }
}

fn signed(ledger: &Ledger, terms: &NewOrder, signers: &[usize]) -> Vec<u8> {
    let unsigned = terms.clone().prepare().unwrap();
    let sign = |number: &usize| {
        let (id, _, key) = ledger.agency(*number);
        (id.clone(), key.sign(&unsigned.to_be_signed(id)).unwrap())
    };
    unsigned.attach(signers.iter().map(sign).collect())
}
