//! The authority's keys, moved into a SoftHSM 2 token of the run's own.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::Context as _;

use crate::{
    authority::SignerName,
    failure::{Failure, Outcome},
    files::{self, Access},
};

/// The variable by which SoftHSM finds its configuration.
pub(super) const CONFIG: &str = "SOFTHSM2_CONF";

/// Where Debian and others put the module.
const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
];
const TOKEN: &str = "mapae";
const PIN: &str = "1234";

/// The configuration of the run's token.
pub(super) fn config(dir: &Path) -> PathBuf {
    dir.join("softhsm2.conf")
}

/// Makes the token, moves the keys, and gives the settings that say where they are.
pub(super) fn move_keys(dir: &Path) -> Outcome<String> {
    let absent = || Failure::usage("--hsm takes SoftHSM 2 (Debian's package softhsm2)");
    let module = MODULES.into_iter().find(|module| Path::new(module).exists()).ok_or_else(absent)?;
    let tokens = dir.join("tokens");
    files::create_dir(&tokens)?;
    let text = format!("directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n", tokens.display());
    files::write(&config(dir), text.as_bytes(), Access::Secret)?;
    softhsm(dir, &["--init-token", "--free", "--label", TOKEN, "--so-pin", PIN, "--pin", PIN])?;
    for (name, id) in SignerName::ALL.into_iter().zip(["01", "02", "03", "04"]) {
        let key = dir.join(format!("authority/{}.key", name.file()));
        let path = key.display().to_string();
        softhsm(dir, &["--import", &path, "--token", TOKEN, "--label", name.file(), "--id", id, "--pin", PIN])?;
        std::fs::remove_file(key)?;
    }
    files::write(&dir.join("hsm.pin"), PIN.as_bytes(), Access::Secret)?;
    let pin = dir.join("hsm.pin").display().to_string();
    Ok(format!("--set hsm.module={module} --set hsm.token={TOKEN} --set hsm.pin_file={pin}"))
}

fn softhsm(dir: &Path, arguments: &[&str]) -> Outcome<()> {
    let mut command = Command::new("softhsm2-util");
    command.args(arguments).env(CONFIG, config(dir)).stdin(Stdio::null());
    let output = command.output().context("softhsm2-util")?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Failure::Failed(anyhow::anyhow!("softhsm2-util {}: {said}", arguments[0])))
}
