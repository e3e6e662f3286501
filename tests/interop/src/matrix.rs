//! One table per format: what each verifier does when one rule is broken.

use anyhow::Result;

/// A presentation that breaks one rule: in how it was planned, or by an edit afterwards.
pub struct Alteration<P, S> {
    /// What is wrong with it.
    pub rule: &'static str,
    /// The clause that forbids it.
    pub source: &'static str,
    plan: Option<fn(&mut P)>,
    edit: Option<fn(&mut S) -> Result<()>>,
}

impl<P: Clone, S: Clone> Alteration<P, S> {
    /// Wrong from the start: the peer itself makes it so.
    pub const fn planned(rule: &'static str, source: &'static str, plan: fn(&mut P)) -> Self {
        Self { rule, source, plan: Some(plan), edit: None }
    }

    /// Made well, then changed.
    pub const fn edited(rule: &'static str, source: &'static str, edit: fn(&mut S) -> Result<()>) -> Self {
        Self { rule, source, plan: None, edit: Some(edit) }
    }

    /// Made wrong, then changed so that it shows.
    pub const fn both(
        rule: &'static str,
        source: &'static str,
        plan: fn(&mut P),
        edit: fn(&mut S) -> Result<()>,
    ) -> Self {
        Self { rule, source, plan: Some(plan), edit: Some(edit) }
    }

    /// The altered presentation: a copy of a good one where only an edit is needed, since peers are slow to start.
    pub fn apply(&self, good: &S, plan: &P, make: impl FnOnce(&P) -> Result<S>) -> Result<S> {
        let mut scene = match self.plan {
            Some(change) => make(&changed(plan, change))?,
            None => good.clone(),
        };
        if let Some(edit) = self.edit {
            edit(&mut scene)?;
        }
        Ok(scene)
    }
}

fn changed<P: Clone>(plan: &P, change: fn(&mut P)) -> P {
    let mut plan = plan.clone();
    change(&mut plan);
    plan
}

/// What a verifier did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// It said no, as it should.
    Refuses,
    /// It said yes: the rule is not checked.
    Accepts,
}

impl From<bool> for Cell {
    fn from(accepted: bool) -> Self {
        if accepted { Self::Accepts } else { Self::Refuses }
    }
}

/// A row of the table.
pub struct Row {
    /// What is wrong with the presentation.
    pub rule: &'static str,
    /// The clause that forbids it.
    pub source: &'static str,
    /// One for each verifier.
    pub cells: Vec<Cell>,
}

impl Row {
    /// A row that no verifier has been tried on.
    pub fn new<P, S>(alteration: &Alteration<P, S>) -> Self {
        Self { rule: alteration.rule, source: alteration.source, cells: Vec::new() }
    }
}

/// The table in Markdown.
pub fn markdown(verifiers: &[&str], rows: &[Row]) -> String {
    let head = format!("| presented with | rule | {} |\n", verifiers.join(" | "));
    let line = format!("|---|---|{}\n", "---|".repeat(verifiers.len()));
    let rows = rows.iter().map(|row| {
        let cells: Vec<_> = row.cells.iter().map(|cell| cell.markdown()).collect();
        format!("| {} | {} | {} |\n", row.rule, row.source, cells.join(" | "))
    });
    [head, line].into_iter().chain(rows).collect()
}

impl Cell {
    fn markdown(self) -> &'static str {
        match self {
            Self::Refuses => "refuses",
            Self::Accepts => "**accepts**",
        }
    }
}
