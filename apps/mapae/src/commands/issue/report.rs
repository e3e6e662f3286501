//! What happened to each row, counted for the answer and written to `refused.csv`.

use std::{fs::File, path::Path};

use anyhow::Context as _;
use mapae_jose::Value;
use serde_json::json;

use crate::{cli::IssueArgs, failure::Outcome, output::Output};

/// The lines of one run. Those of other documents in the file are kept, those of an earlier run for this one are not.
pub(super) struct Report<'a> {
    args: &'a IssueArgs,
    refused: csv::Writer<File>,
    issued: u64,
    copies: usize,
    skipped: u64,
    refused_count: u64,
    malformed: Vec<Value>,
}

impl<'a> Report<'a> {
    pub(super) fn new(args: &'a IssueArgs) -> anyhow::Result<Self> {
        let path = args.out.join("refused.csv");
        let kept = of_other_documents(&path, args.document.as_str())?;
        let file = File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
        let mut refused = csv::Writer::from_writer(file);
        refused.write_record(["line", "person", "document", "rule", "detail"])?;
        kept.iter().try_for_each(|record| refused.write_record(record))?;
        Ok(Self { args, refused, issued: 0, copies: 0, skipped: 0, refused_count: 0, malformed: Vec::new() })
    }

    pub(super) const fn issued(&mut self, copies: usize) {
        self.issued += 1;
        self.copies += copies;
    }

    pub(super) const fn already_issued(&mut self) {
        self.skipped += 1;
    }

    pub(super) fn refuse(&mut self, line: u64, person: &str, rule: &str, detail: &str) -> anyhow::Result<()> {
        self.refused_count += 1;
        self.write(line, person, rule, detail)
    }

    /// A row that cannot be read. What stands in it may be personal and is not repeated.
    pub(super) fn malformed(&mut self, line: u64, column: &str, problem: &str) -> anyhow::Result<()> {
        let file = self.args.register.display().to_string();
        let place = if column.is_empty() { String::new() } else { format!(", column {column}") };
        Output::note(&format!("{file}, line {line}{place}: {problem}"));
        self.malformed.push(json!({ "file": file, "line": line, "column": column, "problem": problem }));
        let detail = if column.is_empty() { problem.to_owned() } else { format!("{column}: {problem}") };
        self.write(line, "", "malformed", &detail)
    }

    fn write(&mut self, line: u64, person: &str, rule: &str, detail: &str) -> anyhow::Result<()> {
        self.refused.write_record([&line.to_string(), person, self.args.document.as_str(), rule, detail])?;
        Ok(())
    }

    pub(super) fn answer(mut self, output: &Output) -> Outcome<()> {
        self.refused.flush()?;
        let out = self.args.out.display().to_string();
        let document = json!({
            "document": self.args.document.as_str(),
            "out": out,
            "issued": self.issued,
            "copies": self.copies,
            "already_issued": self.skipped,
            "refused": self.refused_count,
            "malformed": self.malformed,
        });
        output.answer(&document, || self.text(&out));
        Ok(())
    }

    fn text(&self, out: &str) -> String {
        let mut lines =
            vec![format!("{} people got {} copies of {} in {out}", self.issued, self.copies, self.args.document)];
        if self.skipped > 0 {
            lines.push(format!("  {} had theirs already", self.skipped));
        }
        if self.refused_count > 0 {
            lines.push(format!("  {} refused, with the rule, in {out}/refused.csv", self.refused_count));
        }
        if !self.malformed.is_empty() {
            lines.push(format!("  {} rows are malformed and were passed over", self.malformed.len()));
        }
        lines.join("\n")
    }
}

/// What an earlier run wrote for other documents.
fn of_other_documents(path: &Path, document: &str) -> anyhow::Result<Vec<csv::StringRecord>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let mut reader = csv::Reader::from_path(path).with_context(|| format!("cannot read {}", path.display()))?;
    let records = reader.records().collect::<Result<Vec<_>, _>>().with_context(|| path.display().to_string())?;
    Ok(records.into_iter().filter(|record| record.get(2) != Some(document)).collect())
}
