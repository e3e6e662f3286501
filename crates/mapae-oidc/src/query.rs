//! From claims to what a wallet is asked for (OpenID4VP 1.0 §6).
//!
//! Every source that can give something is an alternative, in the client's order; if some can give all that is essential,
//! only those. What is voluntary may stay away together, so that somebody whose document lacks an element can sign in.

use std::collections::BTreeSet;

use mapae_dcql::{ClaimPath, ClaimQuery, CredentialQuery, CredentialSetQuery, DcqlQuery, QueryError, QueryId};

use crate::Source;

/// The query for these claims, of which those in `essential` must come, and who it is where the client knows its people.
pub(crate) fn build(
    sources: &[&Source],
    claims: &BTreeSet<String>,
    essential: &BTreeSet<String>,
    knows_people: bool,
) -> Result<DcqlQuery, QueryError> {
    let able: Vec<&Source> = sources.iter().copied().filter(|source| source.has_all(essential)).collect();
    let sources = if able.is_empty() { sources } else { &able };
    let credentials: Vec<CredentialQuery> =
        sources.iter().map(|source| credential(source, claims, essential, knows_people)).collect::<Result<_, _>>()?;
    let options: Vec<Vec<QueryId>> = credentials.iter().map(|query| vec![query.id().clone()]).collect();
    // §6.4.2: without a set, all of them would be wanted.
    let sets = if options.len() > 1 { vec![CredentialSetQuery::new(options)?] } else { Vec::new() };
    DcqlQuery::new(credentials, sets)
}

fn credential(
    source: &Source,
    claims: &BTreeSet<String>,
    essential: &BTreeSet<String>,
    knows_people: bool,
) -> Result<CredentialQuery, QueryError> {
    let (mut must, may) = (paths(source, essential), paths(source, claims));
    must.extend(source.person.as_ref().filter(|_| knows_people));
    let may: Vec<&ClaimPath> = may.difference(&must).copied().collect();
    let query = CredentialQuery::new(source.id.clone(), source.wanted.clone())?;
    if may.is_empty() || must.is_empty() {
        let all = must.into_iter().chain(may).map(|path| ClaimQuery::new(path.clone()));
        return query.with_claims(all.collect(), Vec::new());
    }
    let (must_ids, may_ids) = (ids("must", must.len())?, ids("may", may.len())?);
    let named = must.into_iter().chain(may).zip(must_ids.iter().chain(&may_ids));
    let claims = named.map(|(path, id)| ClaimQuery::new(path.clone()).with_id(id.clone())).collect();
    let sets = vec![[must_ids.clone(), may_ids].concat(), must_ids];
    query.with_claims(claims, sets)
}

/// The elements that make these claims, as far as the source has them.
fn paths<'a>(source: &'a Source, claims: &BTreeSet<String>) -> BTreeSet<&'a ClaimPath> {
    claims.iter().filter_map(|name| source.claims.get(name)).flatten().collect()
}

fn ids(prefix: &str, count: usize) -> Result<Vec<QueryId>, QueryError> {
    (1..=count).map(|n| format!("{prefix}-{n}").parse()).collect()
}
