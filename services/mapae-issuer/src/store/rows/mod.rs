//! Rows of tables as values, and back.

mod batch;
mod document;
mod grant;
mod offer;
mod sign_in;

use super::{
    StoreError,
    sql::{Kind, Reader, Row, Table},
};

pub(super) use batch::{
    BATCH, BatchRow, DEFERRED, DeferredRow, NOTIFIED, SUMMARY, journal_leaf, notified, stored, summary,
};
pub(super) use document::{DOCUMENT, Document, Owner};
pub(super) use grant::{GRANT, GrantRow};
pub(super) use offer::{OFFER, Offer};
pub(super) use sign_in::{SIGN_IN, SignIn, SignInStage};

use Kind::{Blob, Int, Text};

/// A value that has a table.
pub(super) trait Stored: Sized {
    const TABLE: &'static Table;

    fn to_row(&self) -> Result<Row, StoreError>;

    fn read(reader: &mut Reader) -> Result<Self, StoreError>;

    fn of_row(row: Row) -> Result<Self, StoreError> {
        Self::read(&mut Reader::new(Self::TABLE.name, row))
    }
}
