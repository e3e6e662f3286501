//! CBOR (RFC 8949) as this project reads and writes it.
//!
//! **Read**: well-formed items of definite length, at most [`MAX_DEPTH`] deep, with map keys that are
//! integers or text and occur once; text is UTF-8; nothing may follow the last item. Longer-than-needed
//! lengths and any order of map keys are accepted: other issuers write them, and signatures cover the
//! bytes as received (hole 3 of the peers), so nothing is gained by refusing them.
//!
//! **Written**: core deterministic encoding (RFC 8949 §4.2.1), one output for one value.
//!
//! | input | decision |
//! |---|---|
//! | indefinite length | [`CborError::Indefinite`] |
//! | duplicate key, compared by value | [`CborError::DuplicateKey`] |
//! | key that is neither integer nor text | [`CborError::KeyKind`] |
//! | nesting deeper than [`MAX_DEPTH`] | [`CborError::TooDeep`] |
//! | length beyond the end | [`CborError::Truncated`], before any allocation |
//! | bytes after the item | [`CborError::Trailing`] |
//! | text that is not UTF-8 | [`CborError::Utf8`] |
//! | `undefined` | a value like `null` where any value may stand, [`CborError::Unexpected`] elsewhere |
//! | reserved or unassigned simple values | [`CborError::Malformed`] |

mod float;
mod reader;
mod value;
mod writer;

pub use reader::{Key, Kind, Reader};
pub use value::Value;
pub use writer::{Writer, head_len};

/// How deep arrays, maps and tags may nest. The deepest structure of the standards, a `DeviceResponse`
/// whose element holds driving privileges, needs 11.
pub const MAX_DEPTH: u8 = 16;

/// Tag 24: a byte string that holds an encoded CBOR item (RFC 8949 §3.4.5.1).
pub const TAG_ENCODED_CBOR: u64 = 24;
/// Tag 0: date and time as RFC 3339 text, `tdate` in CDDL.
pub const TAG_DATE_TIME: u64 = 0;
/// Tag 1004: a calendar day as text, `full-date` (RFC 8943).
pub const TAG_FULL_DATE: u64 = 1004;

/// Why bytes were not accepted as CBOR, each with the offset at which it was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CborError {
    /// The input ends inside an item, or a length points beyond the end.
    #[error("CBOR ends inside an item (offset {0})")]
    Truncated(usize),
    /// An item that RFC 8949 does not define.
    #[error("malformed CBOR at offset {0}")]
    Malformed(usize),
    /// An item of indefinite length.
    #[error("CBOR of indefinite length at offset {0}")]
    Indefinite(usize),
    /// Another type than the structure has here.
    #[error("unexpected CBOR type at offset {0}")]
    Unexpected(usize),
    /// A member that the structure requires is missing from the map or array that ends here.
    #[error("`{1}` is missing from the CBOR structure that ends at offset {0}")]
    Missing(usize, &'static str),
    /// A key that occurs twice in the map that ends here.
    #[error("duplicate key in the CBOR map that ends at offset {0}")]
    DuplicateKey(usize),
    /// A map key that is neither an integer nor text.
    #[error("CBOR map key of an unsupported type at offset {0}")]
    KeyKind(usize),
    /// Nesting beyond [`MAX_DEPTH`].
    #[error("CBOR nested too deeply at offset {0}")]
    TooDeep(usize),
    /// Text that is not UTF-8.
    #[error("CBOR text that is not UTF-8 at offset {0}")]
    Utf8(usize),
    /// Bytes after the item.
    #[error("bytes after the end of the CBOR item, from offset {0}")]
    Trailing(usize),
    /// An integer that does not fit the 64 bits that the structures here use.
    #[error("CBOR integer out of range at offset {0}")]
    Range(usize),
}
