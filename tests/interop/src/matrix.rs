//! Two tables per format: who reads whom, and what each verifier does when one rule is broken.

use anyhow::Result;

use crate::document::Document;
use crate::peer::{Peer, Verdict};

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

    /// Whether it can be made of a good presentation.
    pub const fn is_an_edit(&self) -> bool {
        self.plan.is_none()
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// It said no, as it should; Mapae says by which rule.
    Refuses(Option<String>),
    /// It said that something is missing to say yes or no.
    Undecided(String),
    /// It said yes: the rule is not checked.
    Accepts,
}

impl Cell {
    /// What the verdict comes to. The words of other peers' reasons are theirs to change.
    pub fn of(verifier: Peer, verdict: Verdict) -> Self {
        match verdict {
            Verdict::Accepted(_) => Self::Accepts,
            Verdict::Refused(code) => Self::Refuses((verifier == Peer::Mapae).then_some(code)),
            Verdict::Undecided(code) => Self::Undecided(code),
        }
    }

    fn markdown(&self) -> String {
        match self {
            Self::Refuses(None) => "refuses".into(),
            Self::Refuses(Some(code)) => format!("refuses (`{code}`)"),
            Self::Undecided(code) => format!("undecided (`{code}`)"),
            Self::Accepts => "**accepts**".into(),
        }
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
pub fn markdown(verifiers: &[Peer], rows: &[Row]) -> String {
    let rows = rows.iter().map(|row| {
        let cells = row.cells.iter().map(Cell::markdown);
        [row.rule.to_owned(), row.source.to_owned()].into_iter().chain(cells).collect()
    });
    table(&["presented with", "rule"], verifiers, rows)
}

/// Who issued, who presented, and which verifiers read it as it was issued.
pub struct Direction {
    /// What was shown.
    pub document: Document,
    /// Who issued it.
    pub issuer: Peer,
    /// Who presented it.
    pub holder: Peer,
    /// One for each verifier.
    pub read: Vec<Reading>,
}

/// What a verifier makes of a good presentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// It tells what was issued.
    AsIssued,
    /// It does not know such a document and was not tried.
    Untried,
}

impl Reading {
    fn markdown(self) -> String {
        match self {
            Self::AsIssued => "✓".into(),
            Self::Untried => "–".into(),
        }
    }
}

/// The table in Markdown.
pub fn directions(verifiers: &[Peer], rows: &[Direction]) -> String {
    let rows = rows.iter().map(|row| {
        let who = [row.document.title(), row.issuer.name(), row.holder.name()].map(str::to_owned);
        let read = row.read.iter().map(|read| read.markdown());
        who.into_iter().chain(read).collect()
    });
    table(&["document", "issued by", "presented by"], verifiers, rows)
}

fn table(columns: &[&str], verifiers: &[Peer], rows: impl Iterator<Item = Vec<String>>) -> String {
    let head = columns.iter().copied().chain(verifiers.iter().map(|verifier| verifier.name()));
    let head = head.map(str::to_owned).collect::<Vec<_>>();
    let line = format!("|{}\n", "---|".repeat(head.len()));
    [line_of(&head), line].into_iter().chain(rows.map(|row| line_of(&row))).collect()
}

fn line_of(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}
