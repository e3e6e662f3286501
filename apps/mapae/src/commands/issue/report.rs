//! What happened to each row, counted for the answer and written to `refused.csv` in the register's order.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::Context as _;
use indicatif::{HumanCount, ProgressBar};
use mapae_jose::Value;
use mapae_types::PersonId;
use serde_json::json;

use super::{admit::Remark, batch::Staged};
use crate::{cli::IssueArgs, issued::hidden_path, output::Output};

/// So many malformed rows are told of one by one; all are in the file.
const MALFORMED_SHOWN: u64 = 100;

/// The lines of one run. Those of other documents in the file are kept, those of an earlier run for this one are not; a
/// run that is killed leaves the file as it was.
pub(super) struct Report<'a> {
    args: &'a IssueArgs,
    refused: csv::Writer<File>,
    /// Remarks of batches that came before their turn.
    early: BTreeMap<u64, (u64, Vec<Remark>)>,
    next: u64,
    position: u64,
    begun: Instant,
    issued: u64,
    already_issued: u64,
    refused_count: u64,
    malformed: Vec<Value>,
    malformed_count: u64,
    voided: u64,
}

impl<'a> Report<'a> {
    pub(super) fn new(args: &'a IssueArgs, voided: u64) -> anyhow::Result<Self> {
        let path = Self::hidden(args);
        let file = File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
        let mut refused = csv::Writer::from_writer(file);
        refused.write_record(["line", "person", "document", "rule", "detail"])?;
        keep_other_documents(&Self::path(args), args.document.as_str(), &mut refused)?;
        Ok(Self {
            args,
            refused,
            early: BTreeMap::new(),
            next: 0,
            position: 0,
            begun: Instant::now(),
            issued: 0,
            already_issued: 0,
            refused_count: 0,
            malformed: Vec::new(),
            malformed_count: 0,
            voided,
        })
    }

    fn path(args: &IssueArgs) -> PathBuf {
        args.out.join("refused.csv")
    }

    fn hidden(args: &IssueArgs) -> PathBuf {
        hidden_path(&args.out).join("refused.csv")
    }

    /// Counts a batch, writes what is in turn, and gives back the people.
    pub(super) fn batch(&mut self, batch: Staged) -> anyhow::Result<Vec<PersonId>> {
        self.issued += batch.people.len() as u64;
        self.already_issued += batch.already_issued;
        self.early.insert(batch.number, (batch.position, batch.remarks));
        while let Some((position, remarks)) = self.early.remove(&self.next) {
            (self.next, self.position) = (self.next + 1, position);
            remarks.into_iter().try_for_each(|remark| self.remark(remark))?;
        }
        Ok(batch.people)
    }

    fn remark(&mut self, remark: Remark) -> anyhow::Result<()> {
        match remark {
            Remark::Refused { line, person, rule, detail } => {
                self.refused_count += 1;
                self.write(line, &person, &rule, &detail)
            }
            Remark::Malformed { line, column, problem } => {
                self.malformed_count += 1;
                self.tell(line, &column, &problem);
                let detail = if column.is_empty() { problem } else { format!("{column}: {problem}") };
                self.write(line, "", "malformed", &detail)
            }
        }
    }

    fn tell(&mut self, line: u64, column: &str, problem: &str) {
        let file = self.args.register.display().to_string();
        if self.malformed_count <= MALFORMED_SHOWN {
            let place = if column.is_empty() { String::new() } else { format!(", column {column}") };
            Output::note(&format!("{file}, line {line}{place}: {problem}"));
            self.malformed.push(json!({ "file": file, "line": line, "column": column, "problem": problem }));
        } else if self.malformed_count == MALFORMED_SHOWN + 1 {
            Output::note(&format!("more malformed rows of {file} are in refused.csv"));
        }
    }

    fn write(&mut self, line: u64, person: &str, rule: &str, detail: &str) -> anyhow::Result<()> {
        self.refused.write_record([&line.to_string(), person, self.args.document.as_str(), rule, detail])?;
        Ok(())
    }

    /// Moves the bar to where every row before is done with.
    pub(super) fn show(&self, bar: &ProgressBar) {
        bar.set_position(self.position);
        let seconds = self.begun.elapsed().as_secs().max(1);
        bar.set_message(format!("{} people  {}/s", HumanCount(self.issued), HumanCount(self.issued / seconds)));
    }

    /// Hands the file to the system.
    pub(super) fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.refused.flush()?)
    }

    /// Puts the file in the place of the one before.
    pub(super) fn appear(&self) -> anyhow::Result<()> {
        let path = Self::path(self.args);
        fs::rename(Self::hidden(self.args), &path).with_context(|| format!("cannot create {}", path.display()))
    }

    pub(super) fn answer(&self, output: &Output) {
        let out = self.args.out.display().to_string();
        let document = json!({
            "document": self.args.document.as_str(),
            "out": out,
            "issued": self.issued,
            "copies": self.copies(),
            "already_issued": self.already_issued,
            "refused": self.refused_count,
            "malformed": self.malformed,
            "malformed_rows": self.malformed_count,
            "voided": self.voided,
        });
        output.answer(&document, || self.text(&out));
    }

    const fn copies(&self) -> u64 {
        self.issued * self.args.copies as u64 * 2
    }

    fn text(&self, out: &str) -> String {
        let (people, copies, document) = (self.issued, self.copies(), &self.args.document);
        let mut lines = vec![format!("{people} people got {copies} copies of {document} in {out}")];
        if self.already_issued > 0 {
            lines.push(format!("  {} had theirs already", self.already_issued));
        }
        if self.refused_count > 0 {
            lines.push(format!("  {} refused, with the rule, in {out}/refused.csv", self.refused_count));
        }
        if self.malformed_count > 0 {
            lines.push(format!("  {} rows are malformed and were passed over", self.malformed_count));
        }
        if self.voided > 0 {
            lines.push(format!("  {} copies that an interrupted run never released were voided", self.voided));
        }
        lines.join("\n")
    }
}

/// Copies what an earlier run wrote for other documents.
fn keep_other_documents(path: &Path, document: &str, refused: &mut csv::Writer<File>) -> anyhow::Result<()> {
    if !path.exists() {
        return Ok(());
    }
    let mut reader = csv::Reader::from_path(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).with_context(|| path.display().to_string())? {
        if record.get(2) != Some(document) {
            refused.write_record(&record)?;
        }
    }
    Ok(())
}
