//! One person: from a row of the register to a directory of signed copies.
//!
//! In this order (design D10): numbers are reserved, copies prepared, the journal is on the disk, then they are signed,
//! then a directory with all of them appears at once.

use std::{fs, path::Path};

use anyhow::Context as _;
use mapae_crypto::sha256;
use mapae_document::{CopyError, CopyValidity, DocumentType, Facts, copy_validity};
use mapae_jose::base64url;
use mapae_types::Timestamp;

use super::{
    copies::{Copies, Prepared, Unsigned},
    report::Report,
};
use crate::{
    authority::{Authority, Signer, SignerName, write_key},
    cli::IssueArgs,
    environment::now,
    files::{self, Access},
    issued::{JournalLine, journal_path, thumbprint},
    lines,
};

/// Everything that issuing a row needs.
pub(super) struct Issuer<'a> {
    document: &'a DocumentType,
    args: &'a IssueArgs,
    mdoc_signer: Signer,
    sd_jwt_signer: Signer,
    copies: Copies<'a>,
    now: Timestamp,
}

impl<'a> Issuer<'a> {
    pub(super) fn new(
        authority: &'a Authority,
        document: &'a DocumentType,
        args: &'a IssueArgs,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            document,
            args,
            mdoc_signer: authority.signer(SignerName::for_doctype(document.doctype()))?,
            sd_jwt_signer: authority.signer(SignerName::SdJwt)?,
            copies: Copies::new(authority)?,
            now: now(args.at)?,
        })
    }

    /// Issues to the person in a row, or reports why not.
    pub(super) fn row(
        &mut self,
        header: &csv::StringRecord,
        record: &csv::StringRecord,
        report: &mut Report<'_>,
    ) -> anyhow::Result<()> {
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |column: &str| header.iter().position(|name| name == column).and_then(|at| record.get(at));
        let applicant = match self.document.read_row(cell, self.document.local_date(self.now)) {
            Ok(applicant) => applicant,
            Err(error) => {
                return report.malformed(line, &error.column, &error.reason.to_string());
            }
        };
        let person = applicant.person().to_string();
        let eligible = match applicant.eligibility() {
            Ok(eligible) => eligible,
            Err(refused) => return report.refuse(line, &person, &refused.rule, &refused.to_string()),
        };
        match eligible.facts(self.document.local_date(self.now)) {
            Ok(facts) => self.person(&facts, line, report),
            Err(error) => report.refuse(line, &person, "dates", &error.to_string()),
        }
    }

    fn person(&mut self, facts: &Facts<'_>, line: u64, report: &mut Report<'_>) -> anyhow::Result<()> {
        let person = facts.person().to_string();
        let target = self.args.out.join(&person).join(self.document.name().as_str());
        if target.exists() {
            report.already_issued();
            return Ok(());
        }
        let (mdoc_until, sd_jwt_until) = match self.validities(facts) {
            Ok(validities) => validities,
            Err(error) => return report.refuse(line, &person, "dates", &error.to_string()),
        };
        let mut prepared = self.copies.mdocs(facts, mdoc_until, &self.mdoc_signer, self.args.copies)?;
        prepared.extend(self.copies.sd_jwts(facts, sd_jwt_until, &self.sd_jwt_signer, self.args.copies)?);
        self.write_journal(&person, &prepared)?;
        report.issued(prepared.len());
        self.release(&target, prepared)
    }

    /// Each format is limited by its own signer.
    fn validities(&self, facts: &Facts<'_>) -> Result<(CopyValidity, CopyValidity), CopyError> {
        let until = |signer: &Signer| copy_validity(self.now, facts, signer.certificate.not_after());
        Ok((until(&self.mdoc_signer)?, until(&self.sd_jwt_signer)?))
    }

    fn write_journal(&self, person: &str, prepared: &[Prepared]) -> anyhow::Result<()> {
        let line = |copy: &Prepared| JournalLine {
            person: person.to_owned(),
            document: self.document.name().to_string(),
            format: copy.unsigned.format().extension().to_owned(),
            copy: copy.copy,
            key_thumbprint: thumbprint(copy.key.public()),
            uri: copy.status.uri.clone(),
            idx: copy.status.idx,
            hash: base64url::encode(sha256(copy.unsigned.to_be_signed())),
            issued_at: self.now.to_string(),
            valid_until: copy.valid_until.to_string(),
        };
        let lines: Vec<JournalLine> = prepared.iter().map(line).collect();
        lines::append(&journal_path(&self.args.out), &lines)
    }

    /// Signs, and lets a directory with all copies appear at once.
    fn release(&self, target: &Path, prepared: Vec<Prepared>) -> anyhow::Result<()> {
        let parent = target.parent().context("a document has a person's directory above it")?;
        files::create_dir(parent)?;
        let hidden = parent.join(format!(".{}.part", self.document.name()));
        if hidden.exists() {
            fs::remove_dir_all(&hidden)?;
        }
        files::create_dir(&hidden)?;
        for copy in prepared {
            self.write_copy(&hidden, copy)?;
        }
        fs::rename(&hidden, target).with_context(|| format!("cannot create {}", target.display()))
    }

    fn write_copy(&self, dir: &Path, prepared: Prepared) -> anyhow::Result<()> {
        let Prepared { copy, key, unsigned, .. } = prepared;
        let format = unsigned.format();
        let path = dir.join(format.file(copy));
        write_key(&dir.join(format.key_file(copy)), &key)?;
        let content = match unsigned {
            Unsigned::Mdoc(unsigned) => {
                let signature = self.mdoc_signer.key.sign(unsigned.to_be_signed())?;
                unsigned.attach(&signature)
            }
            Unsigned::SdJwt(unsigned) => {
                let signature = self.sd_jwt_signer.key.sign(unsigned.to_be_signed())?;
                unsigned.attach(&signature).into_bytes()
            }
        };
        files::write_new(&path, &content, Access::Secret)
    }
}
