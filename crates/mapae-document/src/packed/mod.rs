//! A catalogue in the form in which a program carries the one that was checked when the program was built: a reader of
//! TOML, and checks that cannot fail, would be a twentieth of a page's module.
//!
//! It is one flat JSON array of texts and numbers, in the order of the fields, lists after their length and variants as
//! their place in the tables below. It has no version: the one build writes and reads it.
//!
//! Left out: the checks of [`crate::Catalogue::from_toml`]. What is read here must have been written here.

mod read;
mod write;

use crate::{
    attribute::{ClaimForm, Encoding},
    column::ColumnType,
    document::{ChannelKind, WalletLock},
};

pub use read::NotPacked;
pub(crate) use read::read;
pub(crate) use write::write;

const CHANNELS: [ChannelKind; 4] =
    [ChannelKind::Office, ChannelKind::IcCard, ChannelKind::Agency, ChannelKind::Mission];

const LOCKS: [WalletLock; 2] = [WalletLock::Any, WalletLock::Passkey];

const COLUMNS: [ColumnType; 11] = [
    ColumnType::PersonId,
    ColumnType::Text,
    ColumnType::Latin1,
    ColumnType::Country,
    ColumnType::Date,
    ColumnType::Sex,
    ColumnType::Bool,
    ColumnType::Integer,
    ColumnType::Jpeg,
    ColumnType::Bytes,
    ColumnType::DrivingPrivileges,
];

const ENCODINGS: [Encoding; 9] = [
    Encoding::Tstr,
    Encoding::Latin1,
    Encoding::FullDate,
    Encoding::Tdate,
    Encoding::BirthDate,
    Encoding::Bstr,
    Encoding::Uint,
    Encoding::Bool,
    Encoding::DrivingPrivileges,
];

const FORMS: [ClaimForm; 4] = [ClaimForm::Plain, ClaimForm::List, ClaimForm::DataUrl, ClaimForm::Base64Url];
