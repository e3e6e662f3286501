//! What a setting says of itself.

/// What a setting means, costs and endangers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    pub(super) meaning: &'static str,
    pub(super) cost: Option<&'static str>,
    pub(super) danger: Option<&'static str>,
}

impl Note {
    /// What it means.
    pub const fn new(meaning: &'static str) -> Self {
        Self { meaning, cost: None, danger: None }
    }

    /// And what a larger, or another, value costs.
    pub const fn cost(self, cost: &'static str) -> Self {
        Self { cost: Some(cost), ..self }
    }

    /// And what can go wrong.
    pub const fn danger(self, danger: &'static str) -> Self {
        Self { danger: Some(danger), ..self }
    }
}
