//! Queries.

use std::{collections::BTreeMap, sync::LazyLock};

use mapae_dcql::{Candidate, DcqlQuery};
use mapae_jose::{Value, json};
use serde_json::json;

use crate::documents::{DOC_TYPE, NAMESPACE, VCT, disclosed_claims};

/// A query: what is written is read as the same, and it can be asked of credentials in both formats.
pub fn dcql(data: &[u8]) -> bool {
    let Ok(value) = json::parse(data) else { return false };
    let Ok(query) = DcqlQuery::from_json(&value) else { return false };
    assert_eq!(DcqlQuery::from_json(&query.to_json()).as_ref(), Ok(&query));
    ask(&query);
    true
}

/// What the credential selects was asked for; who answers each query that has to be answered satisfies the whole.
fn ask(query: &DcqlQuery) {
    static CLAIMS: LazyLock<Value> = LazyLock::new(|| disclosed_claims().into());
    static ELEMENTS: LazyLock<Value> = LazyLock::new(|| json!({ NAMESPACE: *CLAIMS }));
    let vcts = [VCT];
    let candidates = [Candidate::mdoc(DOC_TYPE, &*ELEMENTS), Candidate::sd_jwt_vc(&vcts, &CLAIMS)];
    for credential in query.credentials() {
        for selection in candidates.iter().filter_map(|candidate| credential.select(candidate).ok()) {
            assert!(credential.unasked(selection.paths()).is_empty());
        }
    }
    let can = |credential: &mapae_dcql::CredentialQuery| candidates.iter().any(|c| credential.select(c).is_ok());
    if let Ok(choice) = query.choose(can) {
        let answer = |query: &&mapae_dcql::CredentialQuery| (query.id().as_str().to_owned(), vec![()]);
        let answers: BTreeMap<String, Vec<()>> = choice.required().iter().map(answer).collect();
        assert_eq!(query.satisfied_by(&answers), Ok(()));
    }
}
