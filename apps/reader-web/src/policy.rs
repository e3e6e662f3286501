//! The policy and the memory that the page keeps, read.

use mapae_ledger::MajorityPolicy;
use mapae_reader::policy;
use mapae_trust::Memory;

use crate::problem::Problem;

pub(crate) fn read(file: &[u8]) -> Result<MajorityPolicy, Problem> {
    MajorityPolicy::parse(file).map_err(|error| Problem::new("policy_unusable", error))
}

pub(crate) fn check(file: &[u8], held: Option<&[u8]>, memory: Option<String>) -> Result<(), Problem> {
    let held = held.map(read).transpose()?;
    Ok(policy::check(&read(file)?, held.as_ref(), self::memory(memory)?.as_ref())?)
}

pub(crate) fn memory(text: Option<String>) -> Result<Option<Memory>, Problem> {
    text.map(|text| text.parse()).transpose().map_err(|error| Problem::new("memory_unreadable", error))
}
