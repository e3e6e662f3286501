//! The catalogue of documents, who may have one, and a document's facts in both formats.
//!
//! - [`Catalogue`]: documents are data (design D2). A TOML file names a document's register columns, its rules of
//!   eligibility and its attributes in both formats; adding a document needs no code.
//! - [`DocumentType::read_row`] makes an [`Applicant`] of a register row, [`Applicant::eligibility`] an [`Eligible`]
//!   or a [`Refused`], [`Eligible::facts`] the [`Facts`], which an issuer turns into an mdoc and an SD-JWT VC.
//! - [`LifeState`]: a document's life, from application to its end.
//! - [`copy_validity`]: how long a copy may live (design D8).
//!
//! Left out: where rows come from, signing, and the store.
//!
//! ```
//! use mapae_document::{Catalogue, copy_validity};
//! # use mapae_sample::{Register, SamplePeople};
//! # let line = Register::Resident.csv_row(&SamplePeople::new(1).person(0)).unwrap();
//! # let mut cells = Vec::new();
//! # for (i, part) in line.trim_end().split('"').enumerate() {
//! #     if i % 2 == 1 { cells.push(part) } else { cells.extend(part.trim_matches(',').split(',')) }
//! # }
//! # let row = |column: &str| Register::Resident.columns().iter().position(|c| *c == column).map(|i| cells[i]);
//! let catalogue = Catalogue::builtin().unwrap();
//! let resident = catalogue.get(&"resident".parse().unwrap()).unwrap();
//! let issued = "2026-11-21T03:00:00Z".parse().unwrap();
//! let today = resident.local_date(issued);
//!
//! let applicant = resident.read_row(row, today).unwrap();
//! let facts = applicant.eligibility().unwrap().facts(today).unwrap();
//! assert_eq!(facts.mdoc_elements()[0].1, "family_name");
//! assert_eq!(facts.sd_jwt_claims()["issuing_country"], "KR");
//!
//! let signer_not_after = "2027-12-01T00:00:00Z".parse().unwrap();
//! let copy = copy_validity(issued, &facts, signer_not_after).unwrap();
//! assert_eq!(copy.valid_from.to_string(), "2026-11-21T00:00:00Z");
//! ```

mod age;
mod applicant;
mod attribute;
mod catalogue;
mod column;
mod copy;
mod document;
mod facts;
mod life;
mod packed;
mod privileges;
mod rule;
mod value;

pub use age::{AgeCount, AgeThreshold};
pub use applicant::{Applicant, Eligible};
pub use attribute::{Attribute, ClaimForm, Encoding};
pub use catalogue::{Catalogue, CatalogueError, CatalogueProblem};
pub use column::{CellFault, ColumnType, RowError};
pub use copy::{CopyError, CopyLimit, CopyValidity, copy_validity};
pub use document::{Channel, ChannelKind, DocumentType, Fee, Label, Purpose, Validity, WalletLock};
pub use facts::{Facts, FactsError};
pub use life::{LifeEvent, LifeSlot, LifeState};
pub use packed::NotPacked;
pub use privileges::DrivingPrivilege;
pub use rule::{RefusalDetail, Refused, Rule};
pub use value::FactValue;
