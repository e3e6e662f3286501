//! Registers: where the people of a document come from, and what follows when one of them changes.
//!
//! A register is a CSV file or a view of a PostgreSQL database ([`RegisterSource`]), read whole at an interval and as a
//! stream. A [`Follower`] compares it with what the store has, and acts:
//!
//! | event | what follows |
//! |---|---|
//! | the register says that the person is dead | the document is revoked |
//! | a rule of eligibility no longer holds, also by the mere passing of days | the document is revoked |
//! | the person is no longer in the register | the document is revoked, the row is taken out |
//! | what stands in the document has changed, such as name or address | a renewal is offered |
//!
//! Each kind has a target ([`Targets`]): the time from the change to what follows. It is measured from the reading before,
//! in which the change was not there yet, so that it is rather told too long than too short.
//!
//! What follows comes first and the row is stored after it, so that a crash between the two repeats what follows, which
//! does no harm. A renewal's mark, a document that waits for its offer, is stored before the row as well.
//!
//! Left out: writing to a register, and telling other agencies.

mod act;
mod csv;
mod error;
mod event;
mod follow;
mod host;
mod judge;
mod settings;
mod source;
mod vanished;
mod view;

pub use error::{RegisterError, RowFault, RowProblem};
pub use event::{EventKind, RegisterMeasures, Targets};
pub use follow::{Follower, Round};
pub use host::{RegisterHost, follow};
pub use settings::{Following, RegisterSettings};
pub use source::RegisterSource;
