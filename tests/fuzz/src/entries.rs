//! Entries of the trust ledger, and the rules between them.
#![expect(
    clippy::expect_used,
    reason = "constant input makes a constant ledger: if it cannot be founded, no target can run"
)]

use std::sync::LazyLock;

use mapae_cose::{Headers, UnsignedSign};
use mapae_crypto::{Algorithm, SigningKey};
use mapae_trust::{
    Classes, Names, StatusRule,
    ledger::{
        Agency, Change, Founding, Issuer, Judged, LedgerState, Right, RuleError, SignedEntry, SignerListing, Statement,
    },
};
use mapae_types::AgencyId;

use crate::{
    ledger::policy_text,
    parties::{now, parties},
};

/// The one agency, which may state everything.
pub fn agency() -> AgencyId {
    "interior".parse().expect("a name of an agency")
}

fn key() -> &'static SigningKey {
    &parties().bundle_key
}

/// The statement signed by the agency.
pub fn entry(statement: &Statement) -> Vec<u8> {
    let unsigned = statement.prepare(now());
    let signature = key().sign(&unsigned.to_be_signed(&agency())).expect("a software key signs");
    unsigned.attach(vec![(agency(), signature)])
}

/// The founding by the one agency.
pub fn founding() -> Statement {
    let names = Names::new("행정안전부", "Ministry of the Interior").expect("two names");
    let agency = Agency { id: agency(), names, key: key().public().clone(), rights: Right::ALL.into_iter().collect() };
    Statement::Founding(Founding::new(vec![agency], &policy_text()).expect("one founder and a policy"))
}

/// The issuer of every scene.
pub fn issuer() -> Statement {
    let (root, status) = (parties().root.clone(), StatusRule::Required);
    Statement::Issuer(Change::Enter(Issuer { root, status, signers: SignerListing::Listed }))
}

/// A registrar of the same root.
pub fn registrar() -> Statement {
    Statement::Registrar(Change::Enter(parties().root.clone()))
}

/// A founded ledger with an issuer, a registrar and ages.
fn state() -> &'static LedgerState {
    static STATE: LazyLock<LedgerState> = LazyLock::new(|| {
        let mut state = LedgerState::new();
        let classes = Statement::Freshness(Classes::standard().expect("the ages are in order"));
        for statement in [founding(), issuer(), registrar(), classes] {
            let entry = SignedEntry::parse(&entry(&statement)).expect("our own entry is one");
            enter(&mut state, &entry).expect("the rules are kept");
        }
        state
    });
    &STATE
}

fn enter(state: &mut LedgerState, entry: &SignedEntry) -> Result<u64, RuleError> {
    let admission = match state.judge(entry, now())? {
        Judged::Admitted(admission) => admission,
        Judged::NeedsBundle(pending) => pending.unseen(),
    };
    state.enter(admission)
}

/// An entry: there is no other encoding of it, and the ledger admits only what its agency signed.
pub fn ledger_entry(data: &[u8]) -> bool {
    let Ok(read) = SignedEntry::parse(data) else { return false };
    assert_eq!(read.bytes(), data);
    assert!(read.signed_by().len() > 0);
    let (statement, at) = (read.statement().clone(), read.at());
    let own = key().sign(&statement.prepare(at).to_be_signed(&agency())).expect("a software key signs");
    let countersigned = SignedEntry::parse(&read.countersigned(agency(), own));
    // One more signer may be one too many for the length of an entry.
    if let Ok(again) = countersigned {
        assert_eq!((again.statement(), again.at()), (&statement, at));
        assert_eq!(again.statement_hash(), read.statement_hash());
    }
    let _judged = state().judge(&read, now()).is_ok();
    true
}

/// The inside of an entry, which the agency signs whatever it says: what is admitted changes the state, and stands once.
pub fn ledger_statement(data: &[u8]) -> bool {
    let unsigned = UnsignedSign::new(&Headers::default().with_typ("application/mapae-entry+cbor"), data);
    let name = agency();
    let signature = key().sign(&unsigned.to_be_signed(Algorithm::Es256, name.as_str().as_bytes()));
    let signature = signature.expect("a software key signs");
    let entry = unsigned.attach(vec![(name.as_str(), Algorithm::Es256, signature)]);
    let Ok(entry) = SignedEntry::parse(&entry) else { return false };
    let mut after = state().clone();
    let Ok(index) = enter(&mut after, &entry) else { return false };
    assert_eq!((index, after.size()), (state().size(), state().size() + 1));
    assert_ne!(after.digest(), state().digest());
    assert!(enter(&mut after, &entry).is_err(), "a statement stands once");
    let _contents = after.contents(now(), Vec::new());
    true
}
