//! Proposals that wait for the holder: what would be shared stays here, and the page names it. So does the last refusal, which
//! the holder may want noted.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mapae_wallet::{Asked, Proposal, Refusal};
use serde_json::{Value, json};

use crate::problem::Problem;

/// More than anybody looks at.
const GREATEST: usize = 8;

#[derive(Clone, Default)]
pub(crate) struct Proposals {
    waiting: Arc<Mutex<Waiting>>,
}

#[derive(Default)]
struct Waiting {
    asked: u64,
    /// The oldest first.
    proposals: Vec<(u64, Proposal)>,
    refused: Option<Refusal>,
}

impl Proposals {
    /// `{proposal: {id, …}}` or `{refusal}`.
    pub(crate) fn told(&self, asked: Asked) -> Value {
        match asked {
            Asked::Proposal(proposal) => {
                let mut view = json!(*proposal);
                view["id"] = self.keep(*proposal).to_string().into();
                json!({ "proposal": view })
            }
            Asked::Refusal(refusal) => {
                let view = json!({ "refusal": refusal });
                self.lock().refused = Some(refusal);
                view
            }
        }
    }

    fn keep(&self, proposal: Proposal) -> u64 {
        let mut waiting = self.lock();
        waiting.asked += 1;
        let id = waiting.asked;
        if waiting.proposals.len() == GREATEST {
            waiting.proposals.remove(0);
        }
        waiting.proposals.push((id, proposal));
        id
    }

    /// A proposal, which stays until it is answered.
    pub(crate) fn find(&self, id: &str) -> Result<Proposal, Problem> {
        let found = id.parse().ok().and_then(|id: u64| {
            let waiting = self.lock();
            waiting.proposals.iter().find(|(of, _)| *of == id).map(|(_, proposal)| proposal.clone())
        });
        found.ok_or_else(|| Problem::new("proposal_gone", "there is no such proposal any more"))
    }

    /// The last refusal, once.
    pub(crate) fn take_refusal(&self) -> Result<Refusal, Problem> {
        self.lock().refused.take().ok_or_else(|| Problem::new("proposal_gone", "there is no refusal any more"))
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It is answered.
    pub(crate) fn forget(&self, id: &str) {
        if let Ok(id) = id.parse::<u64>() {
            self.lock().proposals.retain(|(of, _)| *of != id);
        }
    }
}
