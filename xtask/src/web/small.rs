//! Cargo for a page's module, which is to be small: the standard library is built along with it, for size, without the
//! texts of panics (a page stops at one either way) and without what `Debug` tells of structures.
//!
//! All that is unstable, and a stable compiler takes it when told to bootstrap. Where the compiler does not know these
//! options, or the library's source is not to be had, the module is built as any other, and is larger.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{output, say, succeeds};
use crate::context::Context;
use crate::wasm::{self, BOOTSTRAP, Compiler};

const FLAGS: [&str; 3] = ["-Zunstable-options", "-Cpanic=immediate-abort", "-Zfmt-debug=shallow"];
const LIBRARY: [&str; 2] = ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];

/// A build that was prepared.
pub(crate) struct Build {
    pub(crate) command: Command,
    pub(crate) target: PathBuf,
    pub(crate) is_small: bool,
}

/// `cargo build` with these arguments; nothing where the target is not to be had.
pub(crate) fn build(context: &mut Context, arguments: &[&str]) -> Option<Build> {
    let compiler = wasm::compiler(context)?;
    let is_small = has_library(compiler) && knows_options(compiler);
    if !is_small {
        say(
            "The standard library is not built along, so the module is larger; `rustup component add rust-src` would do.",
        );
        let (command, target) = wasm::cargo(context, "build", arguments)?;
        return Some(Build { command, target, is_small });
    }
    let target = context.metadata.target.join("wasm-small");
    let mut command = compiler.cargo(context, "build", arguments);
    command.args(LIBRARY).env(BOOTSTRAP, "1").env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\x1f"));
    command.env("CARGO_TARGET_DIR", &target);
    Some(Build { command, target, is_small })
}

/// Debian's comes with the compiler for the web.
fn has_library(compiler: Compiler) -> bool {
    match compiler {
        Compiler::Debian => true,
        Compiler::Ours => {
            has_source() || succeeds(Command::new("rustup").args(["component", "add", "rust-src"])) && has_source()
        }
    }
}

fn has_source() -> bool {
    output(Command::new("rustc").args(["--print", "sysroot"]))
        .is_ok_and(|root| Path::new(root.trim()).join("lib/rustlib/src/rust/library/std/Cargo.toml").exists())
}

fn knows_options(compiler: Compiler) -> bool {
    let mut command = Command::new(compiler.rustc());
    succeeds(command.args(FLAGS).args(["--print", "cfg"]).env(BOOTSTRAP, "1"))
}
