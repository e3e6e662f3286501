//! Selecting credentials (OpenID4VP 1.0 §6.4.2): by the wallet that answers, and by the verifier that
//! checks the answer (§8.6 step 3).

use std::collections::BTreeMap;

use crate::{CredentialQuery, CredentialSetQuery, DcqlQuery, QueryId, Unsatisfied};

/// Which credential queries a wallet answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<'q> {
    required: Vec<&'q CredentialQuery>,
    optional: Vec<&'q CredentialQuery>,
}

impl<'q> Choice<'q> {
    /// Those that must be answered.
    pub fn required(&self) -> &[&'q CredentialQuery] {
        &self.required
    }

    /// Those that the wallet could answer as well, if the holder wants to.
    pub fn optional(&self) -> &[&'q CredentialQuery] {
        &self.optional
    }
}

impl DcqlQuery {
    /// The wallet's side: given which credential queries it can answer, those that it must answer
    /// (the first possible option of each required set), and those that it may.
    pub fn choose(&self, can_answer: impl Fn(&CredentialQuery) -> bool) -> Result<Choice<'_>, Unsatisfied> {
        let can = |id: &QueryId| self.credential(id.as_str()).is_some_and(&can_answer);
        let mut choice = Choice { required: Vec::new(), optional: Vec::new() };
        if self.credential_sets().is_empty() {
            self.all_answered(can)?;
            choice.required = self.credentials().iter().collect();
            return Ok(choice);
        }
        for (index, set) in self.credential_sets().iter().enumerate() {
            match set.options().iter().find(|option| option.iter().all(can)) {
                Some(option) if set.required() => self.add(&mut choice.required, option),
                Some(option) => self.add(&mut choice.optional, option),
                None if set.required() => return Err(Unsatisfied::SetMissing { index }),
                None => {}
            }
        }
        choice.optional.retain(|query| !choice.required.contains(query));
        Ok(choice)
    }

    /// The verifier's side: whether `answers` (query id → the presentations that answer it, each already
    /// found to match by [`CredentialQuery::select`]) is an answer to the whole query.
    pub fn satisfied_by<T>(&self, answers: &BTreeMap<String, Vec<T>>) -> Result<(), Unsatisfied> {
        for (id, presentations) in answers {
            let query = self.credential(id).ok_or(Unsatisfied::NotAsked)?;
            if presentations.len() > 1 && !query.multiple() {
                return Err(Unsatisfied::Several { id: query.id().clone() });
            }
        }
        let answered = |id: &QueryId| answers.get(id.as_str()).is_some_and(|found| !found.is_empty());
        if self.credential_sets().is_empty() { self.all_answered(answered) } else { self.sets_answered(answered) }
    }

    fn all_answered(&self, answered: impl Fn(&QueryId) -> bool) -> Result<(), Unsatisfied> {
        match self.ids().find(|id| !answered(id)) {
            Some(id) => Err(Unsatisfied::CredentialMissing { id: id.clone() }),
            None => Ok(()),
        }
    }

    fn sets_answered(&self, answered: impl Fn(&QueryId) -> bool) -> Result<(), Unsatisfied> {
        let missing =
            |set: &CredentialSetQuery| set.required() && !set.options().iter().any(|o| o.iter().all(&answered));
        match self.credential_sets().iter().position(missing) {
            Some(index) => Err(Unsatisfied::SetMissing { index }),
            None => Ok(()),
        }
    }

    fn add<'q>(&'q self, to: &mut Vec<&'q CredentialQuery>, option: &[QueryId]) {
        for query in option.iter().filter_map(|id| self.credential(id.as_str())) {
            if !to.contains(&query) {
                to.push(query);
            }
        }
    }
}
