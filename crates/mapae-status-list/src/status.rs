//! Status values and their widths (draft §4.1, §7).

use crate::ListError;

/// Bits per entry of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bits {
    /// Two values: valid and invalid.
    One,
    /// Four values.
    Two,
    /// Sixteen values.
    Four,
    /// 256 values.
    Eight,
}

/// What a list says of one credential (draft §7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// 0x00: it holds, as far as the list is concerned.
    Valid,
    /// 0x01: revoked, for good.
    Invalid,
    /// 0x02: not to be relied on for now.
    Suspended,
    /// A value that applications or later registrations define. It is not valid.
    Other(u8),
}

impl Bits {
    /// The width that a token names: 1, 2, 4 or 8, and no other (draft §4.2, §4.3).
    pub const fn new(bits: u64) -> Result<Self, ListError> {
        match bits {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            4 => Ok(Self::Four),
            8 => Ok(Self::Eight),
            _ => Err(ListError::BitsUnsupported { bits }),
        }
    }

    /// The number of bits.
    pub const fn count(self) -> u8 {
        1 << self.log2()
    }

    pub(crate) const fn log2(self) -> u8 {
        match self {
            Self::One => 0,
            Self::Two => 1,
            Self::Four => 2,
            Self::Eight => 3,
        }
    }
}

impl From<u8> for Status {
    fn from(value: u8) -> Self {
        match value {
            0 => Self::Valid,
            1 => Self::Invalid,
            2 => Self::Suspended,
            other => Self::Other(other),
        }
    }
}
