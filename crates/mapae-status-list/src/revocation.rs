//! The list that we write: 1 bit per entry (design D6).

use core::fmt;

use crate::{Bits, EncodedList, Encoding, IndexOutOfRange, ListError, Status, StatusList};

/// A list in which entries become revoked and never valid again (D6). ISO 18013-5 second edition knows
/// no other states of a driving licence, and no other width for an mdoc.
#[derive(Clone, PartialEq, Eq)]
pub struct RevocationList {
    bytes: Vec<u8>,
    len: u32,
}

impl RevocationList {
    /// A list of `len` valid entries; [`LIST_LEN`](crate::LIST_LEN) for those that we publish.
    pub fn new(len: u32) -> Self {
        Self { bytes: vec![0; len.div_ceil(8) as usize], len }
    }

    /// A list that was published, to go on from. One of another width is not ours.
    pub(crate) fn from_list(list: StatusList) -> Result<Self, ListError> {
        let (Bits::One, Ok(len)) = (list.bits(), u32::try_from(list.len())) else {
            return Err(ListError::BitsUnsupported { bits: list.bits().count().into() });
        };
        Ok(Self { bytes: list.into_bytes(), len })
    }

    /// Revokes an entry: of a credential, or as cover one that no credential has (D6).
    pub fn revoke(&mut self, index: u32) -> Result<(), IndexOutOfRange> {
        let byte = if index < self.len { self.bytes.get_mut((index / 8) as usize) } else { None };
        let byte = byte.ok_or(IndexOutOfRange { index: index.into(), len: self.len.into() })?;
        *byte |= 1 << (index % 8);
        Ok(())
    }

    /// The status of an entry, [`Status::Valid`] or [`Status::Invalid`].
    pub fn get(&self, index: u32) -> Result<Status, IndexOutOfRange> {
        let byte = if index < self.len { self.bytes.get((index / 8) as usize) } else { None };
        let byte = byte.ok_or(IndexOutOfRange { index: index.into(), len: self.len.into() })?;
        Ok(Status::from((byte >> (index % 8)) & 1))
    }

    /// How many entries are revoked, cover included.
    pub fn revoked(&self) -> u32 {
        self.bytes.iter().map(|byte| byte.count_ones()).sum()
    }

    /// The entries that `later` has revoked and this list has not, ascending.
    pub(crate) fn revoked_until(&self, later: &Self) -> Vec<u32> {
        let new = self.bytes.iter().zip(&later.bytes).map(|(before, after)| after & !before);
        let bytes = (0..).step_by(8).zip(new).filter(|(_, new)| *new != 0);
        bytes.flat_map(|(at, new)| (0..8).filter(move |bit| new >> bit & 1 == 1).map(move |bit| at + bit)).collect()
    }

    /// The list as a verifier sees it.
    pub fn to_list(&self) -> StatusList {
        StatusList::new(Bits::One, self.bytes.clone())
    }

    /// The compressed list. It is smaller than at zlib's best level, which draft §4.1 step 4 recommends.
    pub fn encode(&self) -> EncodedList<'static> {
        self.encode_as(Encoding::Mapae1)
    }

    pub(crate) fn encode_as(&self, encoding: Encoding) -> EncodedList<'static> {
        EncodedList::new(Bits::One, encoding.compress(&self.bytes).into())
    }
}

impl fmt::Debug for RevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RevocationList({} of {} revoked)", self.revoked(), self.len)
    }
}
