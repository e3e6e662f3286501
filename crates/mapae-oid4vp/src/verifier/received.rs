//! An answer that is complete by its form. Nothing of what it presents has been verified.

use core::fmt;
use std::collections::BTreeMap;

use mapae_dcql::{DcqlQuery, QueryId, Wanted};
use mapae_jose::{Value, base64url};
use mapae_mdoc::SessionTranscript;

use super::{AnsweredTransaction, ResponseFault, asked::Asked, transactions};

/// Presentations of one query at most.
const MAX_PRESENTATIONS: usize = 16;

/// What came, and what it must be bound to.
pub struct ReceivedPresentations {
    presentations: BTreeMap<QueryId, Vec<Vec<u8>>>,
    transcript: SessionTranscript,
    audience: String,
    nonce: String,
    query: DcqlQuery,
    transactions: Vec<AnsweredTransaction>,
}

impl ReceivedPresentations {
    /// `audience` is whom the answer is for.
    pub(super) fn read(
        asked: Asked,
        transcript: SessionTranscript,
        audience: String,
        token: Option<&Value>,
    ) -> Result<Self, ResponseFault> {
        let Asked { query, nonce, transactions, .. } = asked;
        let named = named(&query, token)?;
        query.satisfied_by(&named)?;
        let transactions = transactions::check(transactions, &named)?;
        let typed = |(id, all): (String, _)| Some((query.credential(&id)?.id().clone(), all));
        let presentations = named.into_iter().filter_map(typed).collect();
        Ok(Self { presentations, transcript, audience, nonce, query, transactions })
    }

    /// By credential query: the bytes of a `DeviceResponse`, or of the text of an SD-JWT with its key binding.
    pub const fn presentations(&self) -> &BTreeMap<QueryId, Vec<Vec<u8>>> {
        &self.presentations
    }

    /// What an mdoc must be bound to.
    pub const fn transcript(&self) -> &SessionTranscript {
        &self.transcript
    }

    /// Whom an SD-JWT's key binding must name.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// The nonce that it must carry.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// What was asked for.
    pub const fn query(&self) -> &DcqlQuery {
        &self.query
    }

    /// That one credential query alone: what its presentations are checked against (§8.6 step 2), lest one that answers another
    /// query count for both.
    pub fn asked_of(&self, id: &QueryId) -> Option<DcqlQuery> {
        let credential = self.query.credential(id.as_str())?.clone();
        DcqlQuery::new(vec![credential], Vec::new()).ok()
    }

    /// What was to be authorised, each with the query by whose presentation it is, if that one verifies.
    pub fn transactions(&self) -> &[AnsweredTransaction] {
        &self.transactions
    }
}

impl fmt::Debug for ReceivedPresentations {
    /// Shows which queries are answered.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedPresentations").field("queries", &self.presentations.keys()).finish_non_exhaustive()
    }
}

/// §8.1: the presentations by the name of their query, each of which was asked.
fn named(query: &DcqlQuery, token: Option<&Value>) -> Result<BTreeMap<String, Vec<Vec<u8>>>, ResponseFault> {
    let token = token.and_then(Value::as_object).ok_or(ResponseFault::Token)?;
    let mut named = BTreeMap::new();
    for (id, presentations) in token {
        let query = query.credential(id).ok_or(mapae_dcql::Unsatisfied::NotAsked)?;
        named.insert(id.clone(), all(presentations, query.wanted()).ok_or(ResponseFault::Token)?);
    }
    Ok(named)
}

/// §8.1: an array of one or more, each in the encoding of its format (Annex B.2.5, B.3.6).
fn all(presentations: &Value, wanted: &Wanted) -> Option<Vec<Vec<u8>>> {
    let all = presentations.as_array().filter(|all| (1..=MAX_PRESENTATIONS).contains(&all.len()))?;
    let decode = |text: &str| match wanted {
        Wanted::Mdoc { .. } => base64url::decode(text).ok(),
        _ => Some(text.as_bytes().to_vec()),
    };
    all.iter().map(|one| decode(one.as_str()?)).collect()
}
