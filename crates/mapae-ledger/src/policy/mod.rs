//! Which checkpoints to accept (C2SP tlog-policy): logs, witnesses, and how many of the witnesses must have cosigned.
//!
//! [`Policy`] is the whole format. [`MajorityPolicy`] is what ours must be (design D13), and the only one under which a
//! proof counts.

mod accept;
mod majority;
mod parse;

use core::fmt;

use crate::VerifierKey;

pub use accept::{Accepted, Cosigned};
pub use majority::MajorityPolicy;

/// Bytes of a policy that are read at all.
pub const MAX_POLICY: usize = 64 << 10;

/// Logs, witnesses and groups, of each so many (tlog-policy, "Implementation limits": at least 32).
pub const MAX_MEMBERS: usize = 64;

/// A policy as its file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: Vec<PolicyGroup>,
    quorum: Quorum,
}

/// A log that is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyLog {
    key: VerifierKey,
    url: Option<Octets>,
}

/// A witness, by the name that it has in this file only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyWitness {
    name: Octets,
    key: VerifierKey,
    url: Option<Octets>,
}

/// So many of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyGroup {
    name: Octets,
    threshold: usize,
    members: Vec<Member>,
}

/// Text of a policy: "names must be handled as opaque octet strings".
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Octets(Vec<u8>);

/// Who can be counted, by place in the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    Witness(usize),
    Group(usize),
}

/// `None` is the predefined name `none`: no cosignature is required.
type Quorum = Option<Member>;

impl Policy {
    /// The logs that it accepts.
    pub fn logs(&self) -> &[PolicyLog] {
        &self.logs
    }

    /// The witnesses that it knows.
    pub fn witnesses(&self) -> &[PolicyWitness] {
        &self.witnesses
    }

    /// Whether the quorum is there if those witnesses cosigned for which `cosigned` is true.
    fn is_met(&self, cosigned: &[bool]) -> bool {
        let mut groups: Vec<bool> = Vec::with_capacity(self.groups.len());
        for group in &self.groups {
            // Members stand before their group, so that each has been decided by now.
            let count = group.members.iter().filter(|member| member.witnessed(cosigned, &groups)).count();
            groups.push(count >= group.threshold);
        }
        self.quorum.is_none_or(|member| member.witnessed(cosigned, &groups))
    }
}

impl Member {
    fn witnessed(self, witnesses: &[bool], groups: &[bool]) -> bool {
        let found = match self {
            Self::Witness(at) => witnesses.get(at),
            Self::Group(at) => groups.get(at),
        };
        found.copied().unwrap_or(false)
    }
}

impl PolicyLog {
    /// The log's key; the key's name is the log's origin.
    pub const fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// Where the log can be reached, if the file says so.
    pub const fn url(&self) -> Option<&Octets> {
        self.url.as_ref()
    }
}

impl PolicyWitness {
    /// The name in this file.
    pub const fn name(&self) -> &Octets {
        &self.name
    }

    /// The witness's key, with the name under which it signs.
    pub const fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// Where the witness takes checkpoints, if the file says so.
    pub const fn url(&self) -> Option<&Octets> {
        self.url.as_ref()
    }
}

impl Octets {
    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}
