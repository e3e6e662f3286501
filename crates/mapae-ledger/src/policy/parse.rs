//! Reading a policy (tlog-policy, "Policy file syntax and structure").

use core::str;

use crate::{
    PolicyError, SignatureType, VerifierKey,
    policy::{MAX_MEMBERS, MAX_POLICY, Member, Octets, Policy, PolicyGroup, PolicyLog, PolicyWitness, Quorum},
    text,
};

impl Policy {
    /// Reads a policy file, whole and strictly.
    pub fn parse(file: &[u8]) -> Result<Self, PolicyError> {
        if file.len() > MAX_POLICY {
            return Err(PolicyError::TooLarge { limit: MAX_POLICY });
        }
        // "Character set": tab, newline, 0x20–0x7E, 0x80–0xFF.
        let allowed = |octet: u8| matches!(octet, b'\t' | b'\n' | 0x20..=0x7e | 0x80..);
        if let Some(at) = file.iter().position(|octet| !allowed(*octet)) {
            return Err(PolicyError::OctetForbidden { at });
        }
        // "Each line is terminated by ASCII newline."
        let lines = file.strip_suffix(b"\n").ok_or(PolicyError::LineUnterminated)?;
        let mut reader = Reader::default();
        for (number, line) in (1..).zip(lines.split(|octet| *octet == b'\n')) {
            reader.line(line).map_err(|fault| fault.at(number))?;
        }
        reader.finish()
    }
}

/// What has been read so far.
#[derive(Default)]
struct Reader {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: Vec<PolicyGroup>,
    /// Members of groups: "each defined name can be listed as a group member at most once".
    listed: Vec<Member>,
    quorum: Option<Quorum>,
}

/// What is wrong with a line.
pub(crate) enum Fault {
    Malformed,
    Key(crate::KeyError),
    WrongKindOfKey,
    DuplicateKey,
    NameTaken,
    NameUnknown,
    ListedTwice,
    ThresholdImpossible,
    SecondQuorum,
    TooMany,
}

impl Reader {
    fn line(&mut self, line: &[u8]) -> Result<(), Fault> {
        // "Sequences of ASCII space and tab characters only."
        let items: Vec<&[u8]> =
            line.split(|octet| matches!(octet, b' ' | b'\t')).filter(|item| !item.is_empty()).collect();
        match items.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with(b"#") => Ok(()),
            [b"log", key] => self.log(key, None),
            [b"log", key, url] => self.log(key, Some(url)),
            [b"witness", name, key] => self.witness(name, key, None),
            [b"witness", name, key, url] => self.witness(name, key, Some(url)),
            [b"group", name, threshold, members @ ..] => self.group(name, threshold, members),
            [b"quorum", name] => self.quorum(name),
            _ => Err(Fault::Malformed),
        }
    }

    fn log(&mut self, key: &[u8], url: Option<&&[u8]>) -> Result<(), Fault> {
        let key = read_key(key, SignatureType::Ed25519)?;
        // "Two vkeys are considered duplicate if they wrap the same underlying public key."
        if self.logs.iter().any(|log| log.key.public_key() == key.public_key()) {
            return Err(Fault::DuplicateKey);
        }
        push(&mut self.logs, PolicyLog { key, url: url.map(|url| octets(url)) })
    }

    fn witness(&mut self, name: &[u8], key: &[u8], url: Option<&&[u8]>) -> Result<(), Fault> {
        let key = read_key(key, SignatureType::CosignatureV1)?;
        if self.witnesses.iter().any(|witness| witness.key.public_key() == key.public_key()) {
            return Err(Fault::DuplicateKey);
        }
        let witness = PolicyWitness { name: self.new_name(name)?, key, url: url.map(|url| octets(url)) };
        push(&mut self.witnesses, witness)
    }

    fn group(&mut self, name: &[u8], threshold: &[u8], members: &[&[u8]]) -> Result<(), Fault> {
        let name = self.new_name(name)?;
        let mut defined = Vec::with_capacity(members.len());
        for member in members {
            defined.push(self.defined(member).ok_or(Fault::NameUnknown)?);
        }
        for member in &defined {
            if self.listed.contains(member) {
                return Err(Fault::ListedTwice);
            }
            self.listed.push(*member);
        }
        let threshold = read_threshold(threshold, defined.len()).ok_or(Fault::ThresholdImpossible)?;
        push(&mut self.groups, PolicyGroup { name, threshold, members: defined })
    }

    fn quorum(&mut self, name: &[u8]) -> Result<(), Fault> {
        let quorum = if name == b"none" { None } else { Some(self.defined(name).ok_or(Fault::NameUnknown)?) };
        // "A policy file must include exactly one quorum line."
        if self.quorum.replace(quorum).is_some() { Err(Fault::SecondQuorum) } else { Ok(()) }
    }

    /// "Witnesses and groups share a single namespace. The special name `none` is predefined."
    fn new_name(&self, name: &[u8]) -> Result<Octets, Fault> {
        if name == b"none" || self.defined(name).is_some() { Err(Fault::NameTaken) } else { Ok(octets(name)) }
    }

    fn defined(&self, name: &[u8]) -> Option<Member> {
        let witness = self.witnesses.iter().position(|witness| witness.name.0 == name).map(Member::Witness);
        witness.or_else(|| self.groups.iter().position(|group| group.name.0 == name).map(Member::Group))
    }

    fn finish(self) -> Result<Policy, PolicyError> {
        let Self { logs, witnesses, groups, quorum, .. } = self;
        Ok(Policy { logs, witnesses, groups, quorum: quorum.ok_or(PolicyError::QuorumMissing)? })
    }
}

fn octets(octets: &[u8]) -> Octets {
    Octets(octets.to_vec())
}

fn push<T>(list: &mut Vec<T>, item: T) -> Result<(), Fault> {
    if list.len() == MAX_MEMBERS {
        return Err(Fault::TooMany);
    }
    list.push(item);
    Ok(())
}

/// "Log and witness keys must use a signature type appropriate for their respective function."
fn read_key(vkey: &[u8], kind: SignatureType) -> Result<VerifierKey, Fault> {
    let vkey = str::from_utf8(vkey).map_err(|_| Fault::Malformed)?;
    let key: VerifierKey = vkey.parse().map_err(Fault::Key)?;
    if key.kind() == kind { Ok(key) } else { Err(Fault::WrongKindOfKey) }
}

/// `all`, `any`, or k with 1 ≤ k ≤ n; hence n ≥ 1.
fn read_threshold(text: &[u8], members: usize) -> Option<usize> {
    let threshold = match text {
        b"all" => members,
        b"any" => 1,
        number => usize::try_from(text::decimal(str::from_utf8(number).ok()?)?).ok()?,
    };
    (1..=members).contains(&threshold).then_some(threshold)
}

impl Fault {
    fn at(self, line: usize) -> PolicyError {
        match self {
            Self::Malformed => PolicyError::LineMalformed { line },
            Self::Key(error) => PolicyError::Key { line, error },
            Self::WrongKindOfKey => PolicyError::WrongKindOfKey { line },
            Self::DuplicateKey => PolicyError::DuplicateKey { line },
            Self::NameTaken => PolicyError::NameTaken { line },
            Self::NameUnknown => PolicyError::NameUnknown { line },
            Self::ListedTwice => PolicyError::ListedTwice { line },
            Self::ThresholdImpossible => PolicyError::ThresholdImpossible { line },
            Self::SecondQuorum => PolicyError::SecondQuorum { line },
            Self::TooMany => PolicyError::TooMany { line, limit: MAX_MEMBERS },
        }
    }
}
