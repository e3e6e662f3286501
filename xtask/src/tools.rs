//! The programs that tests need: found, else fetched by the machine's own package manager, else named as missing.
//!
//! Without the right to install, Debian packages are unpacked under `target/tools` and lent to the children by their
//! path. Whether that suffices, the tool's own probe decides.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::command::{output, run, succeeds};

/// A program, how to see that it works, and where it comes from.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    probe: &'static [&'static str],
    source: Source,
}

enum Source {
    Debian(&'static [&'static str]),
    Rustup(&'static [&'static str]),
}

pub(crate) const RUSTFMT: Tool = Tool {
    name: "rustfmt",
    probe: &["cargo", "fmt", "--version"],
    source: Source::Rustup(&["component", "add", "rustfmt"]),
};
pub(crate) const CLIPPY: Tool = Tool {
    name: "clippy",
    probe: &["cargo", "clippy", "--version"],
    source: Source::Rustup(&["component", "add", "clippy"]),
};
pub(crate) const NODE: Tool = Tool {
    name: "node 20 or newer",
    probe: &["node", "-e", "process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)"],
    source: Source::Debian(&["nodejs"]),
};
pub(crate) const NPM: Tool = Tool { name: "npm", probe: &["npm", "--version"], source: Source::Debian(&["npm"]) };
pub(crate) const PYTHON: Tool = Tool {
    name: "python3 with venv",
    probe: &["python3", "-c", "import venv, ensurepip"],
    source: Source::Debian(&["python3", "python3-venv"]),
};
pub(crate) const OPENSSL: Tool =
    Tool { name: "openssl", probe: &["openssl", "version"], source: Source::Debian(&["openssl"]) };
/// Tried on a child: some containers have the program and forbid what it does.
pub(crate) const STRACE: Tool =
    Tool { name: "strace", probe: &["strace", "-o", "/dev/null", "true"], source: Source::Debian(&["strace"]) };
pub(crate) const CHROMIUM: Tool =
    Tool { name: "chromium", probe: &["chromium", "--version"], source: Source::Debian(&["chromium"]) };
/// Without a font for Hangul, pictures of the pages show boxes.
pub(crate) const KOREAN: Tool = Tool {
    name: "a Korean font",
    probe: &["sh", "-c", "fc-list :lang=ko | grep -q ."],
    source: Source::Debian(&["fontconfig", "fonts-noto-cjk"]),
};
/// Refuses to run as root, so that the tests start it as somebody else. Debian keeps its programs off the path.
pub(crate) const POSTGRES: Tool = Tool {
    name: "PostgreSQL",
    probe: &["sh", "-c", "initdb --version && setpriv --version"],
    source: Source::Debian(&["postgresql", "util-linux"]),
};
/// A PKCS#11 module without hardware.
pub(crate) const SOFTHSM: Tool =
    Tool { name: "SoftHSM 2", probe: &["softhsm2-util", "--version"], source: Source::Debian(&["softhsm2"]) };
/// Debian keeps the server off the path, and its modules beside it. Without the package `apache2` nothing is started by itself.
pub(crate) const APACHE: Tool = Tool {
    name: "Apache with mod_auth_openidc",
    probe: &[
        "sh",
        "-c",
        "apache2 -v && test -f \"$(dirname \"$(command -v apache2)\")/../lib/apache2/modules/mod_auth_openidc.so\"",
    ],
    source: Source::Debian(&["apache2-bin", "libapache2-mod-auth-openidc"]),
};
/// libFuzzer is C++.
pub(crate) const CPP: Tool = Tool { name: "c++", probe: &["c++", "--version"], source: Source::Debian(&["g++"]) };

pub(crate) struct Tools {
    /// Where packages are unpacked that may not be installed.
    prefix: PathBuf,
    updated: bool,
}

impl Tools {
    pub(crate) fn new(prefix: PathBuf) -> Self {
        Self { prefix, updated: false }
    }

    /// Names those that are neither here nor to be had.
    pub(crate) fn missing(&mut self, tools: &[Tool]) -> Vec<&'static str> {
        tools.iter().filter(|tool| !self.obtain(tool)).map(|tool| tool.name).collect()
    }

    pub(crate) fn obtain(&mut self, tool: &Tool) -> bool {
        self.answers(tool) || (self.fetch(tool).unwrap_or(false) && self.answers(tool))
    }

    /// Where a program stands, for a test that is told its path.
    pub(crate) fn path_of(&self, program: &str) -> Option<PathBuf> {
        let folders = self.folders()?;
        env::split_paths(&folders).map(|folder| folder.join(program)).find(|file| file.is_file())
    }

    /// Where a package put a file that is named from the root.
    pub(crate) fn file(&self, name: &str) -> Option<PathBuf> {
        [Path::new("/"), &self.prefix].map(|root| root.join(name)).into_iter().find(|file| file.is_file())
    }

    /// The folder of what was unpacked, if that is in it.
    pub(crate) fn unpacked(&self, name: &str) -> Option<&Path> {
        self.prefix.join(name).is_file().then_some(&self.prefix)
    }

    /// Lets a child see what was unpacked, and what is installed off the path.
    pub(crate) fn lend(&self, command: &mut Command) {
        if let Some(folders) = self.folders() {
            command.env("PATH", folders);
        }
        if !self.prefix.is_dir() {
            return;
        }
        let libraries = self.prefix.join(format!("usr/lib/{}-linux-gnu", env::consts::ARCH));
        if let Some(libraries) = joined("LD_LIBRARY_PATH", [libraries]) {
            command.env("LD_LIBRARY_PATH", libraries);
        }
    }

    /// Debian packages, installed as root or by a `sudo` that asks nothing.
    pub(crate) fn install(&mut self, packages: &[&str]) -> Result<bool> {
        let Some(elevation) = elevation() else { return Ok(false) };
        if !self.updated {
            self.updated = true;
            run(&mut apt_get(elevation, &["update", "-qq"]))?;
        }
        run(apt_get(elevation, &["install", "-y", "-qq", "--no-install-recommends"]).args(packages))
    }

    fn answers(&self, tool: &Tool) -> bool {
        let Some((program, arguments)) = tool.probe.split_first() else { return false };
        let mut command = Command::new(program);
        self.lend(command.args(arguments));
        succeeds(&mut command)
    }

    fn fetch(&mut self, tool: &Tool) -> Result<bool> {
        match tool.source {
            Source::Rustup(arguments) => run(Command::new("rustup").args(arguments)),
            Source::Debian(packages) => Ok(self.install(packages)? || self.unpack(packages)?),
        }
    }

    /// Downloads what an installation would add, and unpacks it without installing.
    fn unpack(&self, packages: &[&str]) -> Result<bool> {
        let archives = self.prefix.join("archives");
        std::fs::create_dir_all(&archives)?;
        let plan =
            output(Command::new("apt-get").args(["install", "--simulate", "--no-install-recommends"]).args(packages))?;
        let added = plan.lines().filter_map(|line| line.strip_prefix("Inst ")?.split(' ').next());
        if !run(Command::new("apt-get").arg("download").args(added).current_dir(&archives))? {
            return Ok(false);
        }
        for archive in std::fs::read_dir(&archives)? {
            output(Command::new("dpkg").arg("-x").arg(archive?.path()).arg(&self.prefix))?;
        }
        Ok(true)
    }

    fn folders(&self) -> Option<OsString> {
        let unpacked = [self.prefix.join("usr/bin"), PathBuf::from("/usr/sbin"), self.prefix.join("usr/sbin")];
        joined("PATH", unpacked.into_iter().chain(postgres(Path::new("/"))).chain(postgres(&self.prefix)))
    }
}

/// A search path with more folders at its end: what the machine has comes first.
fn joined(variable: &str, folders: impl IntoIterator<Item = PathBuf>) -> Option<OsString> {
    let present = env::var_os(variable).unwrap_or_default();
    let folders = env::split_paths(&present).filter(|folder| !folder.as_os_str().is_empty()).chain(folders);
    env::join_paths(folders).ok()
}

/// `usr/lib/postgresql/15/bin`, and of other versions.
fn postgres(root: &Path) -> Vec<PathBuf> {
    let versions = std::fs::read_dir(root.join("usr/lib/postgresql")).into_iter().flatten().flatten();
    versions.map(|version| version.path().join("bin")).collect()
}

fn elevation() -> Option<&'static [&'static str]> {
    let root = output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if root { Some(&[]) } else { succeeds(Command::new("sudo").args(["-n", "true"])).then_some(&["sudo", "-n"]) }
}

fn apt_get(elevation: &[&str], arguments: &[&str]) -> Command {
    let words = [elevation, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"], arguments].concat();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    command
}
