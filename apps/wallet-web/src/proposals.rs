//! Proposals that wait for the holder: what would be shared stays here, and the page names it.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use mapae_wallet::{Asked, Proposal};
use serde_json::{Value, json};

use crate::problem::Problem;

/// More than anybody looks at.
const GREATEST: usize = 8;

#[derive(Clone, Default)]
pub(crate) struct Proposals {
    waiting: Rc<RefCell<Waiting>>,
}

#[derive(Default)]
struct Waiting {
    asked: u64,
    proposals: BTreeMap<u64, Proposal>,
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
            Asked::Refusal(refusal) => json!({ "refusal": refusal }),
        }
    }

    fn keep(&self, proposal: Proposal) -> u64 {
        let waiting = &mut *self.waiting.borrow_mut();
        waiting.asked += 1;
        waiting.proposals.insert(waiting.asked, proposal);
        if waiting.proposals.len() > GREATEST {
            waiting.proposals.pop_first();
        }
        waiting.asked
    }

    /// A proposal, which stays until it is answered.
    pub(crate) fn find(&self, id: &str) -> Result<Proposal, Problem> {
        let found = id.parse().ok().and_then(|id: u64| self.waiting.borrow().proposals.get(&id).cloned());
        found.ok_or_else(|| Problem::new("proposal_gone", "there is no such proposal any more"))
    }

    /// It is answered.
    pub(crate) fn forget(&self, id: &str) {
        if let Ok(id) = id.parse::<u64>() {
            self.waiting.borrow_mut().proposals.remove(&id);
        }
    }
}
