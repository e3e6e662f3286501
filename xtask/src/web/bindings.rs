//! The JavaScript that calls the module, written by the library half of wasm-bindgen: the program of the same name
//! would have to be installed in the very version of the lock file.

use std::path::Path;

use anyhow::Result;
use wasm_bindgen_cli_support::Bindgen;

/// Writes `NAME_web.js` and `NAME_web_bg.wasm`.
pub(crate) fn write(module: &Path, out: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).web(true)?.typescript(false).remove_name_section(true).remove_producers_section(true);
    bindgen.generate(out)
}
