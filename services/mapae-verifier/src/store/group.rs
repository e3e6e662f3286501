//! Group commit: what is asked for while a transaction is on its way to the disk goes into the next one, all of it together.
//! Each is durable when it is answered, as if it had been alone; only the waiting is shared.
//!
//! Nobody waits for others to come: who finds nobody at work begins at once.

use std::{
    collections::{HashSet, VecDeque},
    future::Future,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Jobs of one transaction at most, so that the last is not kept waiting for long.
const AT_ONCE: usize = 64;

/// What can be done together with others.
pub(super) trait Job: Send + 'static {
    /// Two jobs of one key are done one after the other: in one statement only one of them would be.
    type Key: Eq + Hash;

    fn key(&self) -> Self::Key;
}

/// Jobs that wait for a transaction.
pub(super) struct Group<J>(Arc<Mutex<Waiting<J>>>);

struct Waiting<J> {
    jobs: VecDeque<J>,
    at_work: bool,
}

/// Whoever is at work, until it ends in whatever way.
struct AtWork<J> {
    waiting: Arc<Mutex<Waiting<J>>>,
    over: bool,
}

impl<J> Clone for Group<J> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<J> Default for Group<J> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Waiting { jobs: VecDeque::new(), at_work: false })))
    }
}

impl<J: Job> Group<J> {
    /// Adds a job. `work` does some together and answers them; a job that is dropped is told so by its own means.
    pub(super) fn add<W, F>(&self, job: J, work: W)
    where
        W: Fn(Vec<J>) -> F + Send + 'static,
        F: Future<Output = ()> + Send,
    {
        let mut waiting = lock(&self.0);
        waiting.jobs.push_back(job);
        if !waiting.at_work {
            waiting.at_work = true;
            let mut at_work = AtWork { waiting: Arc::clone(&self.0), over: false };
            // Not in the caller: it may be dropped, and the others' jobs with it.
            tokio::spawn(async move {
                while let Some(jobs) = at_work.next() {
                    work(jobs).await;
                }
            });
        }
    }
}

impl<J: Job> AtWork<J> {
    /// The next jobs; nothing if none wait, and then nobody is at work.
    fn next(&mut self) -> Option<Vec<J>> {
        let mut waiting = lock(&self.waiting);
        let jobs = waiting.take();
        self.over = jobs.is_empty();
        waiting.at_work = !self.over;
        waiting.at_work.then_some(jobs)
    }
}

impl<J> Drop for AtWork<J> {
    /// If it did not come to its end, what waited is dropped, and the next job finds nobody at work.
    fn drop(&mut self) {
        if !self.over {
            let mut waiting = lock(&self.waiting);
            waiting.at_work = false;
            waiting.jobs.clear();
        }
    }
}

impl<J: Job> Waiting<J> {
    /// From the front; whose key is among them already waits on, before those that came later.
    fn take(&mut self) -> Vec<J> {
        let (mut taken, mut left, mut keys) = (Vec::new(), VecDeque::new(), HashSet::new());
        while taken.len() < AT_ONCE {
            let Some(job) = self.jobs.pop_front() else { break };
            if keys.insert(job.key()) { taken.push(job) } else { left.push_back(job) }
        }
        left.append(&mut self.jobs);
        self.jobs = left;
        taken
    }
}

fn lock<J>(waiting: &Mutex<Waiting<J>>) -> MutexGuard<'_, Waiting<J>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}
