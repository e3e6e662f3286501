//! The catalogue: documents by name, from the files shipped or from the operator's.

mod build;
mod problem;
mod wire;

use std::sync::Arc;

use mapae_types::DocumentName;

use crate::{
    document::DocumentType,
    packed::{self, NotPacked},
};
pub use problem::{CatalogueError, CatalogueProblem};
use wire::DocumentFile;

/// The documents that an issuer knows. Cloning is cheap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    documents: Arc<[DocumentType]>,
}

/// The files shipped: name and text.
const BUILTIN: [(&str, &str); 5] = [
    ("resident.toml", include_str!("../../catalogue/resident.toml")),
    ("overseas.toml", include_str!("../../catalogue/overseas.toml")),
    ("licence.toml", include_str!("../../catalogue/licence.toml")),
    ("official.toml", include_str!("../../catalogue/official.toml")),
    ("welfare.toml", include_str!("../../catalogue/welfare.toml")),
];

impl Catalogue {
    /// The documents that ship with this crate.
    pub fn builtin() -> Result<Self, CatalogueError> {
        Self::from_toml(&BUILTIN)
    }

    /// Reads and checks catalogue files, given as name and text; the name appears in errors only.
    pub fn from_toml(files: &[(&str, &str)]) -> Result<Self, CatalogueError> {
        let mut documents: Vec<DocumentType> = Vec::with_capacity(files.len());
        for (file, text) in files {
            let at = |problem| CatalogueError { file: (*file).to_owned(), problem };
            let document = parse(text).and_then(build::document).map_err(at)?;
            unique(&documents, &document).map_err(at)?;
            documents.push(document);
        }
        Ok(Self { documents: documents.into() })
    }

    /// The catalogue for a program that carries it and has no room for a reader of TOML, nor for checks that passed when
    /// it was built: [`Catalogue::unpack`] reads it.
    pub fn pack(&self) -> String {
        packed::write(&self.documents)
    }

    /// What [`Catalogue::pack`] wrote, by the same build. Nothing is checked again: this is not for files.
    pub fn unpack(text: &str) -> Result<Self, NotPacked> {
        Ok(Self { documents: packed::read(text)?.into() })
    }

    /// The files shipped, as name and text: to start one's own from, or to add to.
    pub const fn builtin_files() -> &'static [(&'static str, &'static str)] {
        &BUILTIN
    }

    /// A document by its name.
    pub fn get(&self, name: &DocumentName) -> Option<&DocumentType> {
        self.documents.iter().find(|document| document.name() == name)
    }

    /// All documents, in the order of the files.
    pub fn documents(&self) -> &[DocumentType] {
        &self.documents
    }
}

fn parse(text: &str) -> Result<DocumentFile, CatalogueProblem> {
    toml::from_str(text).map_err(|error| CatalogueProblem::Toml(Box::new(error)))
}

/// Two documents may share a document type (design D1: two photo IDs), never a name or a `vct`.
fn unique(documents: &[DocumentType], new: &DocumentType) -> Result<(), CatalogueProblem> {
    for document in documents {
        if document.name() == new.name() {
            return Err(CatalogueProblem::DocumentTwice(new.name().clone()));
        }
        if document.vct() == new.vct() {
            return Err(CatalogueProblem::VctTwice(new.vct().to_owned()));
        }
    }
    Ok(())
}
