//! SQLite and PostgreSQL behind one face.

mod error;
mod swap;

pub use error::{Party, SqlError};
pub use swap::Swap;
