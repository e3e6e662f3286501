//! Settings: a TOML file whose keys say what they mean, what they cost and what is dangerous about them.
//!
//! Each setting is declared once, where it is read: its key, its default, its [`Note`]. The same declaration reads a file
//! ([`parse`]) and writes a commented one ([`template`]), so that the two cannot differ. A key that no declaration asks
//! for is refused, with the nearest one that is known.
//!
//! Left out: the environment and the command line; a service has one file.
//!
//! ```
//! use mapae_http::settings::{self, Declare, Note, Settings, SettingsError};
//!
//! struct Copies {
//!     batch: u32,
//! }
//!
//! impl Settings for Copies {
//!     fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
//!         let note = Note::new("Copies of a document in one batch.").cost("A signature each.");
//!         Ok(Self { batch: declare.number("batch", 10, 1..=100, note)? })
//!     }
//! }
//!
//! assert_eq!(settings::parse::<Copies>("batch = 3")?.batch, 3);
//! assert_eq!(settings::template::<Copies>("")?, "\
//! ## Copies of a document in one batch.
//! ## Cost: A signature each.
//! ## From 1 to 100.
//! batch = 10
//! ");
//! assert_eq!(settings::parse::<Copies>("bacth = 3").err().unwrap().to_string(), "`bacth` is unknown; is `batch` meant?");
//! # Ok::<(), SettingsError>(())
//! ```

mod declare;
mod error;
mod note;
mod page;

pub use declare::Declare;
pub use error::SettingsError;
pub use note::Note;

/// What can be read from a file of settings.
pub trait Settings: Sized {
    /// Declares each setting by asking for it.
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError>;
}

/// Reads a file of settings.
pub fn parse<S: Settings>(text: &str) -> Result<S, SettingsError> {
    let mut declare = Declare::reading(table(text)?);
    let settings = S::declare(&mut declare)?;
    declare.finish()?;
    Ok(settings)
}

/// A file with every setting, commented. The values are those of `given`, which is TOML itself, and the defaults.
pub fn template<S: Settings>(given: &str) -> Result<String, SettingsError> {
    let mut declare = Declare::writing(table(given)?);
    S::declare(&mut declare)?;
    Ok(declare.finish()?.text())
}

fn table(text: &str) -> Result<toml::Table, SettingsError> {
    text.parse().map_err(|error| SettingsError::syntax(text, &error))
}
