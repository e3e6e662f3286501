//! A directory of keys in the making: all files are made before one is written.

use std::path::Path;

use zeroize::Zeroizing;

use crate::files::{self, Access};

/// Files to be: what cannot be made leaves nothing behind.
#[derive(Default)]
pub(crate) struct Draft(Vec<(String, Zeroizing<Vec<u8>>, Access)>);

impl Draft {
    pub(crate) fn public(&mut self, name: &str, text: String) {
        self.0.push((name.to_owned(), Zeroizing::new(text.into_bytes()), Access::Public));
    }

    pub(crate) fn binary(&mut self, name: &str, content: &[u8]) {
        self.0.push((name.to_owned(), Zeroizing::new(content.to_vec()), Access::Public));
    }

    pub(crate) fn secret(&mut self, name: &str, content: &[u8]) {
        self.0.push((name.to_owned(), Zeroizing::new(content.to_vec()), Access::Secret));
    }

    /// Writes them, or takes back those that were written before one could not be.
    pub(crate) fn write(&self, dir: &Path) -> anyhow::Result<()> {
        files::create_dir(dir)?;
        for (written, (name, content, access)) in self.0.iter().enumerate() {
            if let Err(error) = files::write_new(&dir.join(name), content, *access) {
                for (name, ..) in &self.0[..written] {
                    // The first error is the one to tell of.
                    let _ignored = std::fs::remove_file(dir.join(name));
                }
                return Err(error);
            }
        }
        Ok(())
    }
}
