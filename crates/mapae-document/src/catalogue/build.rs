//! From a file as written to a document as checked. What passes here needs no check later.

use mapae_types::DocumentName;

use super::{
    problem::CatalogueProblem as Problem,
    wire::{AttributeTable, ColumnText, DocumentFile, RuleTable, SourceTable, TestTable, ValidityTable},
};
use crate::{
    age::{AgeCount, AgeThreshold},
    attribute::{Attribute, Source},
    column::{Column, ColumnType},
    document::{DocumentType, Purpose, Validity},
    rule::{Rule, Test},
};

/// Checks one file.
pub(super) fn document(file: DocumentFile) -> Result<DocumentType, Problem> {
    let name: DocumentName = file.name.parse()?;
    names([&file.doctype])?;
    ranges(&file)?;
    let mut columns = Columns::new(file.columns);
    let person = columns.person()?;
    let validity = validity(&file.validity, &mut columns)?;
    let rules = rules(file.rules, &mut columns)?;
    let attributes = attributes(file.attributes, &mut columns)?;
    bound(&file.purposes, &attributes)?;
    Ok(DocumentType {
        name,
        title: file.title,
        doctype: file.doctype,
        vct: file.vct,
        authority: file.authority,
        utc_offset_hours: file.utc_offset_hours,
        devices_per_person: file.devices_per_person,
        wallet_lock: file.wallet_lock,
        validity,
        channels: file.channels,
        columns: columns.finish()?,
        person,
        rules,
        purposes: file.purposes,
        attributes,
    })
}

fn ranges(file: &DocumentFile) -> Result<(), Problem> {
    let validity = &file.validity;
    for (field, within) in [
        ("vct", !file.vct.is_empty()),
        // UTC−12 to UTC+14.
        ("utc_offset_hours", (-12..=14).contains(&file.utc_offset_hours)),
        ("devices_per_person", file.devices_per_person > 0),
        ("document_years", validity.document_years > 0),
        // Design D8: a copy lasts up to 365 days.
        ("copy_days", (1..=365).contains(&validity.copy_days)),
        ("refill_from_day", validity.refill_from_day < validity.copy_days),
        ("channel", !file.channels.is_empty()),
    ] {
        if !within {
            return Err(Problem::OutOfRange(field));
        }
    }
    Ok(())
}

/// The columns while users refer to them.
struct Columns {
    columns: Vec<Column>,
    used: Vec<bool>,
}

impl Columns {
    fn new(table: impl IntoIterator<Item = (String, ColumnText)>) -> Self {
        let column = |(name, ColumnText { kind, optional })| Column { name, kind, optional, birth: false };
        let columns: Vec<_> = table.into_iter().map(column).collect();
        Self { used: vec![false; columns.len()], columns }
    }

    fn person(&mut self) -> Result<usize, Problem> {
        let mut ids = (0..self.columns.len()).filter(|index| self.columns[*index].kind == ColumnType::PersonId);
        match (ids.next(), ids.next()) {
            (Some(index), None) if !self.columns[index].optional => {
                self.used[index] = true;
                Ok(index)
            }
            _ => Err(Problem::PersonIdColumn),
        }
    }

    /// The index of `column` for `user`, who can use some types of column and may need it filled.
    fn find(&mut self, user: &str, column: &str, fits: &[ColumnType], filled: bool) -> Result<usize, Problem> {
        let (user, name) = (user.to_owned(), column.to_owned());
        let Some(index) = self.columns.iter().position(|candidate| candidate.name == column) else {
            return Err(Problem::ColumnMissing { user, column: name });
        };
        let found = &self.columns[index];
        if !fits.is_empty() && !fits.contains(&found.kind) {
            return Err(Problem::ColumnOfOtherType { user, column: name, found: found.kind });
        }
        if filled && found.optional {
            return Err(Problem::ColumnMayBeEmpty { user, column: name });
        }
        self.used[index] = true;
        Ok(index)
    }

    /// A column from which an age is computed.
    fn birth(&mut self, user: &str, column: &str, filled: bool) -> Result<usize, Problem> {
        let index = self.find(user, column, &[ColumnType::Date], filled)?;
        self.columns[index].birth = true;
        Ok(index)
    }

    fn finish(self) -> Result<Vec<Column>, Problem> {
        // Data nobody needs is not to be collected (개인정보 보호법 §3).
        match self.used.iter().position(|used| !used) {
            Some(index) => Err(Problem::ColumnUnused(self.columns[index].name.clone())),
            None => Ok(self.columns),
        }
    }
}

fn validity(table: &ValidityTable, columns: &mut Columns) -> Result<Validity, Problem> {
    let not_after = match &table.not_after_column {
        Some(column) => Some(columns.find("not_after_column", column, &[ColumnType::Date], false)?),
        None => None,
    };
    Ok(Validity {
        document_years: table.document_years,
        not_after,
        copy_days: table.copy_days,
        refill_from_day: table.refill_from_day,
    })
}

fn rules(tables: Vec<RuleTable>, columns: &mut Columns) -> Result<Vec<Rule>, Problem> {
    let mut rules: Vec<Rule> = Vec::with_capacity(tables.len());
    for RuleTable { code, test, label } in tables {
        names([&code])?;
        if rules.iter().any(|rule| rule.code == code) {
            return Err(Problem::RuleTwice(code));
        }
        let test = rule_test(&code, test, columns)?;
        rules.push(Rule { code, label, test });
    }
    Ok(rules)
}

fn rule_test(code: &str, table: TestTable, columns: &mut Columns) -> Result<Test, Problem> {
    const WORDS: &[ColumnType] = &[ColumnType::Text, ColumnType::Latin1, ColumnType::Country];
    Ok(match table {
        TestTable::MinAge { column, years } => Test::MinAge { column: columns.birth(code, &column, true)?, years },
        TestTable::IsTrue { column } => {
            Test::IsTrue { column: columns.find(code, &column, &[ColumnType::Bool], true)? }
        }
        TestTable::NotPast { column, or_empty } => {
            Test::NotPast { column: columns.find(code, &column, &[ColumnType::Date], !or_empty)? }
        }
        TestTable::NotFuture { column } => {
            Test::NotFuture { column: columns.find(code, &column, &[ColumnType::Date], true)? }
        }
        TestTable::Present { column } => Test::Present { column: columns.find(code, &column, &[], false)? },
        TestTable::OneOf { column, values } => {
            Test::OneOf { column: columns.find(code, &column, WORDS, true)?, values }
        }
    })
}

fn attributes(tables: Vec<AttributeTable>, columns: &mut Columns) -> Result<Vec<Attribute>, Problem> {
    let mut attributes: Vec<Attribute> = Vec::with_capacity(tables.len());
    for table in tables {
        let attribute = attribute(table, columns)?;
        for other in &attributes {
            distinct(other, &attribute)?;
        }
        attributes.push(attribute);
    }
    Ok(attributes)
}

fn attribute(table: AttributeTable, columns: &mut Columns) -> Result<Attribute, Problem> {
    let AttributeTable { id, from, mdoc, claim, label, mandatory, requires_legal_basis, sensitive, purposes } = table;
    names([&id, &mdoc.namespace, &mdoc.element])?;
    let source = source(&id, from, mandatory, columns)?;
    let kind = source.kind(|index| columns.columns[index].kind);
    if !mdoc.encoding.fits(kind) {
        return Err(Problem::EncodingUnfit { attribute: id, encoding: mdoc.encoding });
    }
    if !claim.form.fits(kind) {
        return Err(Problem::ClaimFormUnfit { attribute: id, form: claim.form });
    }
    Ok(Attribute {
        id,
        source,
        namespace: mdoc.namespace,
        element: mdoc.element,
        encoding: mdoc.encoding,
        claim: claim_path(&claim.path)?,
        form: claim.form,
        label,
        mandatory,
        requires_legal_basis,
        sensitive,
        purposes,
    })
}

/// Purposes and attributes refer to each other without a gap.
fn bound(purposes: &[Purpose], attributes: &[Attribute]) -> Result<(), Problem> {
    for (index, purpose) in purposes.iter().enumerate() {
        names([&purpose.code])?;
        if purposes.iter().take(index).any(|other| other.code == purpose.code) {
            return Err(Problem::PurposeTwice(purpose.code.clone()));
        }
        if !attributes.iter().any(|attribute| attribute.purposes.contains(&purpose.code)) {
            return Err(Problem::PurposeUnused(purpose.code.clone()));
        }
    }
    attributes.iter().try_for_each(|attribute| bound_attribute(purposes, attribute))
}

fn bound_attribute(purposes: &[Purpose], attribute: &Attribute) -> Result<(), Problem> {
    if attribute.sensitive && attribute.purposes.is_empty() {
        return Err(Problem::SensitiveWithoutPurpose(attribute.id.clone()));
    }
    let known = |code: &String| purposes.iter().any(|purpose| purpose.code == *code);
    match attribute.purposes.iter().find(|code| !known(code)) {
        None => Ok(()),
        Some(code) => Err(Problem::PurposeMissing { attribute: attribute.id.clone(), purpose: code.clone() }),
    }
}

fn source(id: &str, table: SourceTable, filled: bool, columns: &mut Columns) -> Result<Source, Problem> {
    let mut age = |column: String, years, count| {
        columns.birth(id, &column, filled).map(|index| Source::Age(index, AgeThreshold { years, count }))
    };
    Ok(match table {
        SourceTable::AgeOver { column, years } => age(column, years, AgeCount::Birthday)?,
        SourceTable::AgeOverFromNewYear { column, years } => age(column, years, AgeCount::NewYear)?,
        SourceTable::Column(column) => Source::Column(columns.find(id, &column, &[], filled)?),
        SourceTable::Constant(text) if text.is_empty() => return Err(Problem::OutOfRange("constant")),
        SourceTable::Constant(text) => Source::Constant(text),
        SourceTable::IssueDate => Source::IssueDate,
        SourceTable::ExpiryDate => Source::ExpiryDate,
        SourceTable::BirthYear { column } => Source::BirthYear(columns.birth(id, &column, filled)?),
        SourceTable::AgeInYears { column } => Source::AgeInYears(columns.birth(id, &column, filled)?),
    })
}

fn distinct(one: &Attribute, other: &Attribute) -> Result<(), Problem> {
    if one.id == other.id {
        return Err(Problem::AttributeTwice(other.id.clone()));
    }
    if (&one.namespace, &one.element) == (&other.namespace, &other.element) {
        return Err(Problem::ElementTwice { namespace: other.namespace.clone(), element: other.element.clone() });
    }
    if one.claim.starts_with(&other.claim) || other.claim.starts_with(&one.claim) {
        return Err(Problem::ClaimTwice(other.claim.join(".")));
    }
    Ok(())
}

/// Claims of the formats themselves: RFC 7519 §4.1, SD-JWT VC draft-13 §3.2.2.2, RFC 9901 §4.1.
const RESERVED: [&str; 14] =
    ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf", "vct", "vct#integrity", "status", "_sd", "_sd_alg", "..."];

fn claim_path(path: &str) -> Result<Vec<String>, Problem> {
    if path == "..." {
        return Err(Problem::ClaimReserved(path.to_owned()));
    }
    let names: Vec<String> = path.split('.').map(str::to_owned).collect();
    match names.iter().find(|name| name.is_empty() || RESERVED.contains(&&***name)) {
        None => Ok(names),
        Some(name) if name.is_empty() => Err(Problem::NotAName(path.to_owned())),
        Some(_) => Err(Problem::ClaimReserved(path.to_owned())),
    }
}

fn names<'a>(names: impl IntoIterator<Item = &'a String>) -> Result<(), Problem> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    match names.into_iter().find(|name| name.is_empty() || !name.bytes().all(allowed)) {
        None => Ok(()),
        Some(name) => Err(Problem::NotAName(name.clone())),
    }
}
