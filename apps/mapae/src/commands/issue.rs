//! `mapae issue`: a register goes in, documents in both formats come out.
//!
//! For each person, in this order (design D10): numbers are reserved, copies prepared, the journal is on the disk,
//! then they are signed, then a directory with all of them appears at once.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use mapae_cose::cbor::Value as CborValue;
use mapae_crypto::{Algorithm, SigningKey, sha256};
use mapae_document::{CopyValidity, DocumentType, Facts, copy_validity};
use mapae_jose::{Jwk, Object, Value, base64url};
use mapae_mdoc::{Copy, NameSpace, Template, UnsignedMdoc, ValidityInfo};
use mapae_sd_jwt::{Claim, Claims, Content, Issuance, UnsignedSdJwt};
use mapae_status_list::IndexAllocator;
use mapae_types::{StatusReference, Timestamp};
use serde_json::json;

use crate::{
    authority::{Authority, Signer, SignerName, append_lines, write_key},
    cli::IssueArgs,
    commands::request::{find_document, load_catalogue},
    environment::{SystemEntropy, now},
    failure::{Failure, OrUsage as _, Outcome},
    files::{self, Access},
    issued::{CopyFormat, JournalLine, journal_path, thumbprint},
    output::Output,
};

/// At most this many decoy digests on each level of an SD-JWT.
const DECOYS: u8 = 4;
/// Copy numbers are reserved in pieces of this many, one write to the disk for each piece.
const RESERVED_AT_ONCE: u64 = 4096;

/// Issues a document to everybody in a register who may have it and has none yet.
pub(crate) fn run(args: &IssueArgs, output: &Output) -> Outcome<()> {
    let authority = Authority::open(&args.authority)?;
    let catalogue = load_catalogue(args.catalogue.as_deref())?;
    let document = find_document(&catalogue, &args.document)?;
    let register = File::open(&args.register).or_usage(|| format!("cannot read {}", args.register.display()))?;
    let size = register.metadata()?.len();
    let mut rows = csv::ReaderBuilder::new().from_reader(register);
    let header = rows.headers().or_usage(|| args.register.display().to_string())?.clone();
    check_columns(&header, document, &args.register)?;
    files::create_dir(&args.out)?;
    let mut issuer = Issuer::new(&authority, document, args)?;
    let mut report = Report::new(&args.out)?;
    let progress = output.progress(size, "bytes");
    let mut record = csv::StringRecord::new();
    loop {
        let line = rows.position().line();
        match rows.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => issuer.row(&header, &record, &mut report)?,
            Err(error) => report.malformed(&args.register, line, "", &error.to_string())?,
        }
        progress.set_position(rows.position().byte());
    }
    progress.finish_and_clear();
    report.answer(args, output)
}

fn check_columns(header: &csv::StringRecord, document: &DocumentType, register: &Path) -> Outcome<()> {
    let missing: Vec<&str> = document.columns().filter(|column| !header.iter().any(|name| name == *column)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "{}: the document {} needs the columns {}",
        register.display(),
        document.name(),
        missing.join(", ")
    )))
}

/// What happened, counted and written down.
struct Report {
    refused: csv::Writer<File>,
    issued: u64,
    copies: u64,
    skipped: u64,
    refused_count: u64,
    malformed: Vec<Value>,
}

impl Report {
    fn new(out: &Path) -> anyhow::Result<Self> {
        let path = out.join("refused.csv");
        let fresh = fs::metadata(&path).map_or(0, |metadata| metadata.len()) == 0;
        let mut refused = csv::Writer::from_writer(files::open_append(&path)?);
        if fresh {
            refused.write_record(["line", "person", "document", "rule", "detail"])?;
        }
        Ok(Self { refused, issued: 0, copies: 0, skipped: 0, refused_count: 0, malformed: Vec::new() })
    }

    fn refuse(&mut self, line: u64, person: &str, document: &str, rule: &str, detail: &str) -> anyhow::Result<()> {
        self.refused.write_record([&line.to_string(), person, document, rule, detail])?;
        self.refused_count += 1;
        Ok(())
    }

    fn malformed(&mut self, file: &Path, line: u64, column: &str, problem: &str) -> anyhow::Result<()> {
        let file = file.display().to_string();
        let place = if column.is_empty() { String::new() } else { format!(", column {column}") };
        Output::note(&format!("{file}, line {line}{place}: {problem}"));
        self.malformed.push(json!({ "file": file, "line": line, "column": column, "problem": problem }));
        self.refused.write_record([&line.to_string(), "", "", "malformed", &format!("{column}: {problem}")])?;
        Ok(())
    }

    fn answer(mut self, args: &IssueArgs, output: &Output) -> Outcome<()> {
        self.refused.flush()?;
        let out = args.out.display().to_string();
        let document = json!({
            "document": args.document.as_str(),
            "out": out,
            "issued": self.issued,
            "copies": self.copies,
            "already_issued": self.skipped,
            "refused": self.refused_count,
            "malformed": self.malformed,
        });
        output.answer(&document, || self.text(args, &out));
        Ok(())
    }

    fn text(&self, args: &IssueArgs, out: &str) -> String {
        let mut lines =
            vec![format!("{} people got {} copies of {} in {out}", self.issued, self.copies, args.document)];
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

/// Everything that issuing a row needs.
struct Issuer<'a> {
    document: &'a DocumentType,
    authority: &'a Authority,
    args: &'a IssueArgs,
    mdoc_signer: Signer,
    sd_jwt_signer: Signer,
    numbers: CopyNumbers,
    now: Timestamp,
}

/// Copy numbers, and the status entries that they stand for.
struct CopyNumbers {
    allocator: IndexAllocator,
    next: u64,
    end: u64,
}

/// A copy that waits for its signature, and the key of its holder.
struct Prepared {
    copy: u16,
    key: SigningKey,
    status: StatusReference,
    unsigned: Unsigned,
}

enum Unsigned {
    Mdoc(UnsignedMdoc),
    SdJwt(UnsignedSdJwt),
}

impl<'a> Issuer<'a> {
    fn new(authority: &'a Authority, document: &'a DocumentType, args: &'a IssueArgs) -> anyhow::Result<Self> {
        Ok(Self {
            document,
            authority,
            args,
            mdoc_signer: authority.signer(SignerName::Document)?,
            sd_jwt_signer: authority.signer(SignerName::SdJwt)?,
            numbers: CopyNumbers { allocator: IndexAllocator::new(authority.status_index_key()?), next: 0, end: 0 },
            now: now(args.at)?,
        })
    }

    fn row(
        &mut self,
        header: &csv::StringRecord,
        record: &csv::StringRecord,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |column: &str| header.iter().position(|name| name == column).and_then(|at| record.get(at));
        let applicant = match self.document.read_row(cell, self.document.local_date(self.now)) {
            Ok(applicant) => applicant,
            Err(error) => {
                return report.malformed(&self.args.register, line, &error.column, &error.reason.to_string());
            }
        };
        let person = applicant.person().to_string();
        let name = self.document.name().as_str();
        match applicant.eligibility() {
            Ok(eligible) => match eligible.facts(self.document.local_date(self.now)) {
                Ok(facts) => self.person(&facts, report),
                Err(error) => report.refuse(line, &person, name, "dates", &error.to_string()),
            },
            Err(refused) => report.refuse(line, &person, name, &refused.rule, &refused.to_string()),
        }
    }

    fn person(&mut self, facts: &Facts<'_>, report: &mut Report) -> anyhow::Result<()> {
        let person = facts.person().to_string();
        let target = self.args.out.join(&person).join(self.document.name().as_str());
        if target.exists() {
            report.skipped += 1;
            return Ok(());
        }
        let prepared = self.prepare(facts)?;
        self.write_journal(&person, &prepared, facts)?;
        self.release(&target, prepared, report)?;
        report.issued += 1;
        Ok(())
    }

    fn prepare(&mut self, facts: &Facts<'_>) -> anyhow::Result<Vec<Prepared>> {
        let mut prepared = Vec::with_capacity(2 * usize::from(self.args.copies));
        self.prepare_mdocs(facts, &mut prepared)?;
        self.prepare_sd_jwts(facts, &mut prepared)?;
        Ok(prepared)
    }

    fn prepare_mdocs(&mut self, facts: &Facts<'_>, prepared: &mut Vec<Prepared>) -> anyhow::Result<()> {
        let CopyValidity { valid_from, valid_until, .. } =
            copy_validity(self.now, facts, self.mdoc_signer.certificate.not_after())?;
        let validity = ValidityInfo::new(valid_from, valid_from, valid_until)?;
        let template = Template::new(self.document.doctype(), &name_spaces(facts));
        for copy in 1..=self.args.copies {
            let key = SigningKey::generate(&mut SystemEntropy)?;
            let status = self.numbers.take(self.authority)?;
            let x5chain = [self.mdoc_signer.certificate.der()];
            let particulars =
                Copy { device_key: key.public(), validity, status: Some(status.clone()), x5chain: &x5chain };
            let unsigned = Unsigned::Mdoc(template.issue(&particulars, &mut SystemEntropy)?);
            prepared.push(Prepared { copy, key, status, unsigned });
        }
        Ok(())
    }

    fn prepare_sd_jwts(&mut self, facts: &Facts<'_>, prepared: &mut Vec<Prepared>) -> anyhow::Result<()> {
        let CopyValidity { valid_from, valid_until, .. } =
            copy_validity(self.now, facts, self.sd_jwt_signer.certificate.not_after())?;
        let claims = selective_claims(facts.sd_jwt_claims())?;
        let x5c = [self.sd_jwt_signer.certificate.der().to_vec()];
        for copy in 1..=self.args.copies {
            let key = SigningKey::generate(&mut SystemEntropy)?;
            let status = self.numbers.take(self.authority)?;
            let issuance = Issuance {
                algorithm: Algorithm::Es256,
                x5c: &x5c,
                vct: self.document.vct(),
                issuer: Some(&self.authority.profile().base_url),
                issued_at: valid_from,
                not_before: Some(valid_from),
                expires: Some(valid_until),
                holder: &Jwk::from(key.public().clone()),
                status: Some(&status),
                decoys: DECOYS,
            };
            let unsigned = Unsigned::SdJwt(issuance.prepare(&claims, &mut SystemEntropy)?);
            prepared.push(Prepared { copy, key, status, unsigned });
        }
        Ok(())
    }

    fn write_journal(&self, person: &str, prepared: &[Prepared], facts: &Facts<'_>) -> anyhow::Result<()> {
        let valid_until = copy_validity(self.now, facts, self.mdoc_signer.certificate.not_after())?.valid_until;
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
            valid_until: valid_until.to_string(),
        };
        let lines: Vec<JournalLine> = prepared.iter().map(line).collect();
        append_lines(&journal_path(&self.args.out), &lines)
    }

    /// Signs, and lets a directory with all copies appear at once.
    fn release(&self, target: &Path, prepared: Vec<Prepared>, report: &mut Report) -> anyhow::Result<()> {
        let parent = target.parent().context("a document has a person's directory above it")?;
        files::create_dir(parent)?;
        let hidden = parent.join(format!(".{}.part", self.document.name()));
        if hidden.exists() {
            fs::remove_dir_all(&hidden)?;
        }
        files::create_dir(&hidden)?;
        for copy in prepared {
            self.write_copy(&hidden, copy)?;
            report.copies += 1;
        }
        fs::rename(&hidden, target).with_context(|| format!("cannot create {}", target.display()))
    }

    fn write_copy(&self, dir: &Path, prepared: Prepared) -> anyhow::Result<()> {
        let Prepared { copy, key, unsigned, .. } = prepared;
        let format = unsigned.format();
        let path: PathBuf = dir.join(format.file(copy));
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

impl CopyNumbers {
    fn take(&mut self, authority: &Authority) -> anyhow::Result<StatusReference> {
        if self.next == self.end {
            self.next = authority.reserve_copy_numbers(RESERVED_AT_ONCE)?;
            self.end = self.next + RESERVED_AT_ONCE;
        }
        let allocation = self.allocator.allocate(self.next);
        self.next += 1;
        Ok(StatusReference { uri: authority.status_uri(allocation.list), idx: allocation.index.into() })
    }
}

impl Unsigned {
    const fn format(&self) -> CopyFormat {
        match self {
            Self::Mdoc(_) => CopyFormat::Mdoc,
            Self::SdJwt(_) => CopyFormat::SdJwt,
        }
    }

    fn to_be_signed(&self) -> &[u8] {
        match self {
            Self::Mdoc(unsigned) => unsigned.to_be_signed(),
            Self::SdJwt(unsigned) => unsigned.to_be_signed(),
        }
    }
}

/// The elements, grouped by namespace in the catalogue's order.
fn name_spaces(facts: &Facts<'_>) -> Vec<NameSpace> {
    let mut spaces: Vec<(&str, Vec<(String, CborValue)>)> = Vec::new();
    for (namespace, element, value) in facts.mdoc_elements() {
        match spaces.last_mut() {
            Some((name, elements)) if *name == namespace => elements.push((element.to_owned(), value)),
            _ => spaces.push((namespace, vec![(element.to_owned(), value)])),
        }
    }
    spaces.into_iter().map(|(name, elements)| NameSpace::new(name, elements)).collect()
}

/// Every claim at the holder's choice; of a claim with members, such as an address or the ages, each member.
fn selective_claims(object: Object) -> anyhow::Result<Claims> {
    let mut claims = Claims::new();
    for (name, value) in object {
        let claim = match value {
            Value::Object(members) => Claim::always(Content::Object(selective_claims(members)?)),
            value => Claim::selective(value),
        };
        claims = claims.with(name, claim)?;
    }
    Ok(claims)
}
