//! A distinguished name as text (RFC 4514), for people and for logs; what decides compares bytes.
//!
//! The names of attributes are those that certificates of this field have. A table of every attribute that there is would
//! be a thirtieth of the pages' modules.

use core::fmt::{self, Write as _};

use const_oid::ObjectIdentifier;
use mapae_crypto::elements::tag;

use crate::name::Attribute;

/// RFC 4514 §3, and three that its table leaves out.
const NAMES: [(ObjectIdentifier, &str); 12] = [
    (ObjectIdentifier::new_unwrap("2.5.4.3"), "CN"),
    (ObjectIdentifier::new_unwrap("2.5.4.4"), "SN"),
    (ObjectIdentifier::new_unwrap("2.5.4.5"), "SERIALNUMBER"),
    (ObjectIdentifier::new_unwrap("2.5.4.6"), "C"),
    (ObjectIdentifier::new_unwrap("2.5.4.7"), "L"),
    (ObjectIdentifier::new_unwrap("2.5.4.8"), "ST"),
    (ObjectIdentifier::new_unwrap("2.5.4.9"), "STREET"),
    (ObjectIdentifier::new_unwrap("2.5.4.10"), "O"),
    (ObjectIdentifier::new_unwrap("2.5.4.11"), "OU"),
    (ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.1"), "UID"),
    (ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.25"), "DC"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1"), "EMAILADDRESS"),
];

/// The parts of a name, the last first (RFC 4514 §2.1).
pub(crate) fn of(parts: &[Vec<Attribute<'_>>]) -> String {
    let mut text = String::new();
    for (place, part) in parts.iter().rev().enumerate() {
        for (index, attribute) in part.iter().enumerate() {
            text.push_str(match (place, index) {
                (0, 0) => "",
                (_, 0) => ",",
                _ => "+",
            });
            // A string takes whatever is written to it.
            let _ = write(&mut text, attribute);
        }
    }
    text
}

fn write(text: &mut String, attribute: &Attribute<'_>) -> fmt::Result {
    let known = NAMES.iter().find(|(oid, _)| *oid == attribute.oid);
    match (known, string(attribute)) {
        (Some((_, name)), Some(value)) => {
            write!(text, "{name}=")?;
            escape(text, value)
        }
        _ => write_hex(text, attribute),
    }
}

fn string<'a>(attribute: &Attribute<'a>) -> Option<&'a str> {
    let is_text =
        matches!(attribute.value.tag, tag::PRINTABLE_STRING | tag::UTF8_STRING | tag::IA5_STRING | tag::TELETEX_STRING);
    core::str::from_utf8(attribute.value.content).ok().filter(|_| is_text)
}

/// RFC 4514 §2.4.
fn escape(text: &mut String, value: &str) -> fmt::Result {
    let last = value.len().saturating_sub(1);
    for (index, character) in value.char_indices() {
        match character {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => write!(text, "\\{character}")?,
            '#' if index == 0 => text.push_str("\\#"),
            ' ' if index == 0 || index == last => text.push_str("\\ "),
            '\0'..='\x1f' | '\x7f' => write!(text, "\\{:02x}", u32::from(character))?,
            character => text.push(character),
        }
    }
    Ok(())
}

/// What has no name here, or no text (RFC 4514 §2.3 and §2.4): its bytes.
fn write_hex(text: &mut String, attribute: &Attribute<'_>) -> fmt::Result {
    write!(text, "{}=#", attribute.oid)?;
    attribute.value.whole.iter().try_for_each(|byte| write!(text, "{byte:02x}"))
}
