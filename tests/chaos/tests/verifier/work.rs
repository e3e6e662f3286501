//! Many who each do one thing after the other, by a few hands.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// Requests that are under way at a time, at least.
const HANDS: usize = 48;
/// The longest that a hand rests without looking whether there is work.
const REST: Duration = Duration::from_secs(1);

/// What somebody wants after a step.
pub(crate) enum Next {
    /// Another, not before that time has passed.
    After(Duration),
    /// Nothing more.
    Done,
}

/// Whose turn is next, and how many want another.
struct Turns {
    due: BinaryHeap<Reverse<(Instant, usize)>>,
    left: usize,
}

struct Queue {
    turns: Mutex<Turns>,
    changed: Condvar,
}

/// Takes steps of everyone until nobody wants another. One whose step panics is told of by the panic of this.
pub(crate) fn drive<T: Send>(all: &[Mutex<T>], step: impl Fn(&mut T) -> Next + Sync) {
    let begin = Instant::now();
    let due = (0..all.len()).map(|nth| Reverse((begin, nth))).collect();
    let queue = Queue { turns: Mutex::new(Turns { due, left: all.len() }), changed: Condvar::new() };
    let work = || {
        let _leaving = Leaving(&queue);
        while let Some(nth) = queue.take() {
            let next = step(&mut all[nth].lock().unwrap());
            queue.put(nth, &next);
        }
    };
    thread::scope(|scope| (0..HANDS).for_each(|_| drop(scope.spawn(work))));
}

impl Queue {
    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for somebody's turn; nobody, if none will come.
    fn take(&self) -> Option<usize> {
        let mut turns = self.turns();
        while turns.left > 0 {
            let wait = match turns.due.peek() {
                Some(Reverse((at, _))) => at.saturating_duration_since(Instant::now()),
                None => REST,
            };
            if wait.is_zero() {
                return turns.due.pop().map(|Reverse((_, nth))| nth);
            }
            let rested = self.changed.wait_timeout(turns, wait.min(REST));
            turns = rested.unwrap_or_else(PoisonError::into_inner).0;
        }
        None
    }

    fn put(&self, nth: usize, next: &Next) {
        let mut turns = self.turns();
        match next {
            Next::After(time) => {
                turns.due.push(Reverse((Instant::now() + *time, nth)));
                self.changed.notify_one();
            }
            Next::Done => {
                turns.left = turns.left.saturating_sub(1);
                if turns.left == 0 {
                    self.changed.notify_all();
                }
            }
        }
    }
}

/// One who panics takes the others along, who would wait for ever for what is theirs no longer.
struct Leaving<'q>(&'q Queue);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.turns().left = 0;
            self.0.changed.notify_all();
        }
    }
}
