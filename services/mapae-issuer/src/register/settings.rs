//! What an operator decides about registers.

use std::path::PathBuf;

use mapae_http::settings::{Declare, Note, Settings, SettingsError};
use mapae_types::{DocumentName, Duration};

use super::{EventKind, RegisterSource, Targets};

/// A register: `[[registers]]`.
#[derive(Debug, Clone)]
pub struct RegisterSettings {
    /// The document that is issued from it.
    pub document: DocumentName,
    /// Where it is.
    pub source: RegisterSource,
}

/// How registers are followed: `[registers_following]`.
#[derive(Debug, Clone)]
pub struct Following {
    /// From the end of one reading to the next.
    pub every: Duration,
    /// How soon something has to follow.
    pub targets: Targets,
    /// Of a hundred people, so many may be gone at once.
    pub vanished_percent: u8,
}

impl Settings for RegisterSettings {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let document = declare.parsed("document", "resident", Note::new("The document, by the catalogue's name."))?;
        let file = Note::new("A CSV file (UTF-8) whose first line names the columns of the catalogue.").danger(
            "Replace it as a whole, by a rename: a half-written one lacks people, whose documents are revoked.",
        );
        let file: Option<PathBuf> = declare.optional("file", PathBuf::from("registers/resident.csv"), file)?;
        let url = Note::new("Or the database with the register.")
            .cost("Each reading fetches the whole view, in one snapshot.")
            .danger("It holds a password: this file is for its owner alone. The role needs SELECT on the view alone.");
        let url = declare.optional("database", "postgres://issuer:password@registers/population".to_owned(), url)?;
        let view = Note::new("And its view, as name or schema.name in small letters.");
        let view: Option<String> = declare.optional("view", "mapae.resident".to_owned(), view)?;
        let source = match (file, url, view) {
            (Some(file), None, None) => Ok(RegisterSource::file(file)),
            (None, Some(url), Some(view)) => RegisterSource::view(&url, &view)
                .map_err(|_| declare.unfit("database", "postgres://…, and the view a name in small letters")),
            // What a template is made of.
            (None, None, None) if declare.is_template() => Ok(RegisterSource::file("registers/resident.csv")),
            _ => Err(declare.unfit("file", "there, or else both database and view")),
        };
        Ok(Self { document, source: source? })
    }
}

impl Settings for Following {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let every = Note::new("From the end of one reading of a register to the next.")
            .cost("Each reading compares every row: some 50 microseconds each.");
        let every = declare.parsed("every", "5m", every)?;
        let vanished = Note::new("Of a hundred people, so many may be gone from a register at once; ten may always.")
            .danger(
                "A register that is cut off looks as if people had left. At 100 everybody's document is revoked then.",
            );
        let vanished_percent = declare.number("vanished_percent", 1, 0..=100, vanished)?;
        let targets: Targets =
            declare.section("targets", Note::new("From a change in a register to what follows it."))?;
        let following = Self { every, targets, vanished_percent };
        // A change right after a reading waits for the next one.
        let missed = EventKind::ALL.into_iter().find(|kind| following.targets.of(*kind) <= following.every);
        match missed {
            None => Ok(following),
            Some(kind) => Err(declare.unfit("every", format!("shorter than targets.{}", kind.name()))),
        }
    }
}

impl Settings for Targets {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let mut target = |key, default, meaning| declare.parsed(key, default, Note::new(meaning));
        Ok(Self {
            death: target("death", "15m", "Revoking a dead person's document; lists tell it within 15 minutes more.")?,
            right_lost: target("right_lost", "15m", "Revoking the document of who lost the right to it.")?,
            left_register: target("left_register", "15m", "Revoking the document of who left the register.")?,
            renewal: target("renewal", "1h", "Offering a renewal when a name or an address has changed.")?,
        })
    }
}
