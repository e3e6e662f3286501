//! Values of rows, on their way in and out.

use std::vec;

use mapae_sql::SqlError;
use mapae_types::Timestamp;

use crate::{ids::IssuerId, store::StoreError};

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// None.
    Null,
    /// A number.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// The values of a row.
pub(in crate::store) type Row = Vec<Cell>;

pub(in crate::store) const fn int(value: i64) -> Cell {
    Cell::Int(value)
}

pub(in crate::store) fn opt_int(value: Option<i64>) -> Cell {
    value.map_or(Cell::Null, Cell::Int)
}

pub(in crate::store) fn blob(bytes: &[u8]) -> Cell {
    Cell::Blob(bytes.to_vec())
}

pub(in crate::store) fn opt_blob(bytes: Option<&[u8]>) -> Cell {
    bytes.map_or(Cell::Null, blob)
}

pub(in crate::store) fn text(value: &str) -> Cell {
    Cell::Text(value.to_owned())
}

pub(in crate::store) fn opt_text(value: Option<&str>) -> Cell {
    value.map_or(Cell::Null, text)
}

/// A number as databases keep it.
pub(in crate::store) fn number(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::TooLarge { number })
}

/// Takes a row apart, column by column.
pub(in crate::store) struct Reader {
    what: &'static str,
    cells: vec::IntoIter<Cell>,
}

impl Reader {
    pub(in crate::store) fn new(what: &'static str, row: Row) -> Self {
        Self { what, cells: row.into_iter() }
    }

    /// Nobody can have written that.
    pub(in crate::store) fn damaged(&self) -> StoreError {
        SqlError::Damaged { what: self.what }.into()
    }

    fn next(&mut self) -> Result<Cell, StoreError> {
        self.cells.next().ok_or_else(|| self.damaged())
    }

    pub(in crate::store) fn opt_int(&mut self) -> Result<Option<i64>, StoreError> {
        match self.next()? {
            Cell::Null => Ok(None),
            Cell::Int(value) => Ok(Some(value)),
            _ => Err(self.damaged()),
        }
    }

    pub(in crate::store) fn opt_text(&mut self) -> Result<Option<String>, StoreError> {
        match self.next()? {
            Cell::Null => Ok(None),
            Cell::Text(value) => Ok(Some(value)),
            _ => Err(self.damaged()),
        }
    }

    pub(in crate::store) fn opt_bytes(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        match self.next()? {
            Cell::Null => Ok(None),
            Cell::Blob(value) => Ok(Some(value)),
            _ => Err(self.damaged()),
        }
    }

    pub(in crate::store) fn int(&mut self) -> Result<i64, StoreError> {
        self.opt_int()?.ok_or_else(|| self.damaged())
    }

    pub(in crate::store) fn text(&mut self) -> Result<String, StoreError> {
        self.opt_text()?.ok_or_else(|| self.damaged())
    }

    pub(in crate::store) fn bytes(&mut self) -> Result<Vec<u8>, StoreError> {
        self.opt_bytes()?.ok_or_else(|| self.damaged())
    }

    pub(in crate::store) fn flag(&mut self) -> Result<bool, StoreError> {
        Ok(self.int()? != 0)
    }

    /// A number of any unsigned type.
    pub(in crate::store) fn count<N: TryFrom<i64>>(&mut self) -> Result<N, StoreError> {
        N::try_from(self.int()?).map_err(|_| self.damaged())
    }

    pub(in crate::store) fn opt_array<const N: usize>(&mut self) -> Result<Option<[u8; N]>, StoreError> {
        let bytes = self.opt_bytes()?;
        bytes.map(|bytes| bytes.try_into().map_err(|_| self.damaged())).transpose()
    }

    pub(in crate::store) fn array<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        self.opt_array()?.ok_or_else(|| self.damaged())
    }

    /// Hashes that stand one behind the other.
    pub(in crate::store) fn hashes(&mut self) -> Result<Vec<[u8; 32]>, StoreError> {
        let bytes = self.opt_bytes()?.unwrap_or_default();
        let (hashes, rest) = bytes.as_chunks();
        if rest.is_empty() { Ok(hashes.to_vec()) } else { Err(self.damaged()) }
    }

    pub(in crate::store) fn id<K>(&mut self) -> Result<IssuerId<K>, StoreError> {
        self.array().map(IssuerId::from_bytes)
    }

    pub(in crate::store) fn opt_id<K>(&mut self) -> Result<Option<IssuerId<K>>, StoreError> {
        Ok(self.opt_array()?.map(IssuerId::from_bytes))
    }

    pub(in crate::store) fn opt_time(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let time = self.opt_int()?;
        time.map(|time| Timestamp::from_unix(time).map_err(|_| self.damaged())).transpose()
    }

    pub(in crate::store) fn time(&mut self) -> Result<Timestamp, StoreError> {
        self.opt_time()?.ok_or_else(|| self.damaged())
    }
}
