//! What the files are on which verdicts rest, told by their content: nobody has to know the name of what they were sent.

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handed {
    /// A ledger's policy (C2SP tlog-policy).
    Policy,
    /// A continuity order.
    Order,
    /// A trust bundle, or what no check has recognised yet: a bundle's own checks say what is wrong with it.
    Bundle,
}

/// The words with which a line of a policy begins (tlog-policy, "Policy file syntax and structure").
const OF_POLICY: [&[u8]; 4] = [b"log", b"witness", b"group", b"quorum"];

/// Tag 98, `COSE_Sign`: of these files only an order begins with it (RFC 9052 §2).
const OF_ORDER: [u8; 2] = [0xd8, 98];

impl Handed {
    /// Recognises a file, and trusts nothing in it.
    pub fn of(file: &[u8]) -> Self {
        if file.starts_with(&OF_ORDER) {
            Self::Order
        } else if first_word(file).is_some_and(|word| OF_POLICY.contains(&word)) {
            Self::Policy
        } else {
            Self::Bundle
        }
    }
}

/// The first word that is no part of a comment.
fn first_word(file: &[u8]) -> Option<&[u8]> {
    let lines = file.split(|octet| *octet == b'\n').map(<[u8]>::trim_ascii);
    let line = lines.into_iter().find(|line| !line.is_empty() && !line.starts_with(b"#"))?;
    line.split(u8::is_ascii_whitespace).next()
}
