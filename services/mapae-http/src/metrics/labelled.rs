//! Metrics with labels. Their values are texts of the program, so their number is bounded and none is a person's.

use prometheus_client::metrics::{
    counter::Counter,
    family::{Family, MetricConstructor},
    gauge::Gauge,
    histogram::Histogram,
};

type Labels<const N: usize> = [(&'static str, &'static str); N];

/// Counters, one for each value of the labels.
#[derive(Debug, Clone)]
pub struct Counters<const N: usize> {
    names: [&'static str; N],
    family: Family<Labels<N>, Counter>,
}

/// Gauges, one for each value of the labels.
#[derive(Debug, Clone)]
pub struct Gauges<const N: usize> {
    names: [&'static str; N],
    family: Family<Labels<N>, Gauge>,
}

/// Histograms, one for each value of the labels.
#[derive(Debug, Clone)]
pub struct Histograms<const N: usize> {
    names: [&'static str; N],
    family: Family<Labels<N>, Histogram, Bounds>,
}

/// Makes histograms with these bounds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds(pub(crate) &'static [f64]);

impl MetricConstructor<Histogram> for Bounds {
    fn new_metric(&self) -> Histogram {
        Histogram::new(self.0.iter().copied())
    }
}

impl<const N: usize> Counters<N> {
    pub(super) fn new(names: [&'static str; N]) -> Self {
        Self { names, family: Family::default() }
    }

    pub(super) fn family(&self) -> Family<Labels<N>, Counter> {
        self.family.clone()
    }

    /// The one with these values. Whoever counts often keeps it.
    pub fn with(&self, values: [&'static str; N]) -> Counter {
        self.family.get_or_create_owned(&labels(self.names, values))
    }
}

impl<const N: usize> Gauges<N> {
    pub(super) fn new(names: [&'static str; N]) -> Self {
        Self { names, family: Family::default() }
    }

    pub(super) fn family(&self) -> Family<Labels<N>, Gauge> {
        self.family.clone()
    }

    /// The one with these values.
    pub fn with(&self, values: [&'static str; N]) -> Gauge {
        self.family.get_or_create_owned(&labels(self.names, values))
    }
}

impl<const N: usize> Histograms<N> {
    pub(super) fn new(names: [&'static str; N], bounds: &'static [f64]) -> Self {
        Self { names, family: Family::new_with_constructor(Bounds(bounds)) }
    }

    pub(super) fn family(&self) -> Family<Labels<N>, Histogram, Bounds> {
        self.family.clone()
    }

    /// The one with these values. Whoever observes often keeps it.
    pub fn with(&self, values: [&'static str; N]) -> Histogram {
        self.family.get_or_create_owned(&labels(self.names, values))
    }
}

fn labels<const N: usize>(names: [&'static str; N], values: [&'static str; N]) -> Labels<N> {
    core::array::from_fn(|place| (names[place], values[place]))
}
