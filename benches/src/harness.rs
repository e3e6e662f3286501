//! Batches of ours and of the limit in turn, so that a slower moment of the machine slows both.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use serde::Serialize;

/// How much is measured.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Effort {
    /// Batches of ours, and as many of the limit.
    pub rounds: u16,
    /// How long a batch takes at least. After 10 ms the clock and an interrupt are far below what we compare; a
    /// machine that others use as well leaves shorter batches alone more often.
    pub batch_ms: u16,
}

/// Untimed calls before the first batch, until caches and branch predictors know both.
const WARM_UP: Duration = Duration::from_millis(50);

type Work<'s> = Box<dyn FnMut() -> Result<()> + 's>;

/// What we do, and the least that anybody would have to do for it.
pub struct Operation<'s> {
    /// By what `--only` finds it.
    pub name: &'static str,
    /// The greatest ratio that we allow ourselves; `None` where the ratio only informs.
    pub target: Option<f64>,
    /// The limit in words.
    pub limit_is: &'static str,
    ours: Work<'s>,
    limit: Work<'s>,
}

/// Microseconds for one call.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Timing {
    /// Of the fastest batch.
    pub best: f64,
    /// Of the batch in the middle.
    pub median: f64,
}

/// What the batches of one operation took.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Measurement {
    /// Ours.
    pub ours: Timing,
    /// The limit's.
    pub limit: Timing,
    /// Our best over the limit's best: by this the target is met or missed.
    pub best_ratio: f64,
    /// The median of the ratios of batches that ran next to each other.
    pub paired_median: f64,
    /// Calls in a batch.
    pub calls: u32,
}

impl<'s> Operation<'s> {
    /// An operation without a target.
    pub fn new<T, U>(
        name: &'static str,
        limit_is: &'static str,
        ours: impl FnMut() -> Result<T> + 's,
        limit: impl FnMut() -> Result<U> + 's,
    ) -> Self {
        Self { name, target: None, limit_is, ours: observed(ours), limit: observed(limit) }
    }

    /// The same with a target.
    pub fn at_most(self, ratio: f64) -> Self {
        Self { target: Some(ratio), ..self }
    }

    /// Does it once.
    pub fn ours(&mut self) -> Result<()> {
        (self.ours)().with_context(|| format!("{}: ours", self.name))
    }

    /// Does once what the limit consists of.
    pub fn limit(&mut self) -> Result<()> {
        (self.limit)().with_context(|| format!("{}: the limit", self.name))
    }

    /// Measures both in turn.
    pub fn measure(&mut self, effort: Effort) -> Result<Measurement> {
        let calls = self.warm_up(Duration::from_millis(effort.batch_ms.into()))?;
        let (mut ours, mut limit) = (Vec::new(), Vec::new());
        for round in 0..effort.rounds {
            // Each goes first half of the time: whatever the first leaves behind helps or hurts both alike.
            if round % 2 == 0 {
                ours.push(time(calls, &mut self.ours)?);
                limit.push(time(calls, &mut self.limit)?);
            } else {
                limit.push(time(calls, &mut self.limit)?);
                ours.push(time(calls, &mut self.ours)?);
            }
        }
        Ok(Measurement::new(&ours, &limit, calls))
    }

    /// Calls both for a while, and says how many calls make a batch.
    fn warm_up(&mut self, batch: Duration) -> Result<u32> {
        self.ours()?;
        self.limit()?;
        let (start, mut calls) = (Instant::now(), 0);
        while start.elapsed() < WARM_UP {
            (self.ours)()?;
            (self.limit)()?;
            calls += 1;
        }
        let pair = start.elapsed() / calls;
        // The limit is a little less than half of a pair.
        Ok(u32::try_from(batch.as_nanos() * 5 / (pair.as_nanos() * 2).max(1) + 1)?)
    }
}

fn observed<'s, T>(mut work: impl FnMut() -> Result<T> + 's) -> Work<'s> {
    Box::new(move || work().map(|result| drop(black_box(result))))
}

/// Microseconds for one call, averaged over a batch.
fn time(calls: u32, work: &mut Work<'_>) -> Result<f64> {
    let start = Instant::now();
    for _ in 0..calls {
        work()?;
    }
    Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(calls))
}

impl Measurement {
    fn new(ours: &[f64], limit: &[f64], calls: u32) -> Self {
        let ratios: Vec<f64> = ours.iter().zip(limit).map(|(ours, limit)| ours / limit).collect();
        let (ours, limit) = (Timing::new(ours), Timing::new(limit));
        Self { ours, limit, best_ratio: ours.best / limit.best, paired_median: median(&ratios), calls }
    }
}

impl Timing {
    fn new(batches: &[f64]) -> Self {
        Self { best: batches.iter().copied().fold(f64::INFINITY, f64::min), median: median(batches) }
    }
}

fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
    }
}
