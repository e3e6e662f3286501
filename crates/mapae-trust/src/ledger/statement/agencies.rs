//! What several agencies state together: who begins, who joins and leaves, the log's policy.

use mapae_cose::cbor::Writer;
use mapae_ledger::{MajorityPolicy, Origin, PolicyError};
use mapae_types::AgencyId;

use super::Change;
use crate::ledger::{
    Agency, EntryError,
    wire::{Members, id, only, text, unsigned},
};

/// More agencies than a country has.
const LIMIT: usize = 64;

/// The first entry: who begins the ledger, and by which policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Founding {
    agencies: Vec<Agency>,
    policy: PolicyStatement,
}

/// A policy of the log (C2SP tlog-policy), and how many were before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyStatement {
    text: String,
    majority: MajorityPolicy,
    generation: u64,
}

impl Founding {
    /// At least one agency, no id and no key twice, in any order; a policy with a majority.
    pub fn new(mut agencies: Vec<Agency>, policy: &str) -> Result<Self, EntryError> {
        agencies.sort_by(|a, b| a.id.cmp(&b.id));
        let twice =
            agencies.iter().enumerate().any(|(at, a)| agencies[..at].iter().any(|b| a.id == b.id || a.key == b.key));
        if agencies.is_empty() || agencies.len() > LIMIT || twice {
            return Err(EntryError::Founders);
        }
        Ok(Self { agencies, policy: PolicyStatement::new(policy, 0)? })
    }

    /// The agencies, ordered by their ids.
    pub fn agencies(&self) -> &[Agency] {
        &self.agencies
    }

    /// The first policy, of generation 0.
    pub const fn policy(&self) -> &PolicyStatement {
        &self.policy
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.map(2).text("policy").text(&self.policy.text);
        writer.text("agencies").array(self.agencies.len());
        self.agencies.iter().for_each(|agency| agency.write(writer));
    }

    pub(super) fn read(body: &[u8]) -> Result<Self, EntryError> {
        let mut members = Members::split(body)?;
        let policy = members.take("policy", text)?;
        let agencies = members.take("agencies", |reader| reader.list(Agency::read))?;
        members.end()?;
        Self::new(agencies, &policy)
    }
}

impl PolicyStatement {
    /// Takes the text of a policy under which the log cannot be forked by its operator alone.
    pub fn new(policy: impl Into<String>, generation: u64) -> Result<Self, PolicyError> {
        let text = policy.into();
        Ok(Self { majority: MajorityPolicy::parse(text.as_bytes())?, text, generation })
    }

    /// The text.
    pub fn policy(&self) -> &str {
        &self.text
    }

    /// What the text says.
    pub const fn majority(&self) -> &MajorityPolicy {
        &self.majority
    }

    /// How many policies were before it.
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// The log that it accepts.
    pub fn origin(&self) -> Origin {
        self.majority.log().key().name().into()
    }

    pub(in crate::ledger) fn write(&self, writer: &mut Writer) {
        writer.map(2).text("policy").text(&self.text).text("generation").unsigned(self.generation);
    }

    pub(in crate::ledger) fn read(body: &[u8]) -> Result<Self, EntryError> {
        let mut members = Members::split(body)?;
        let (policy, generation) = (members.take("policy", text)?, members.take("generation", unsigned)?);
        members.end()?;
        Ok(Self::new(policy, generation)?)
    }
}

/// `{ "agency": agency }` or a withdrawal.
pub(super) fn write_agency(change: &Change<Agency, AgencyId>, writer: &mut Writer) {
    change.write(writer, |agency, writer| agency.write(only(writer, "agency")), super::write_id);
}

pub(super) fn read_agency(body: &[u8]) -> Result<Change<Agency, AgencyId>, EntryError> {
    let enter = |body: &[u8]| {
        let mut members = Members::split(body)?;
        let agency = members.take("agency", Agency::read)?;
        members.end().map(|()| agency)
    };
    Change::read(body, enter, id)
}
