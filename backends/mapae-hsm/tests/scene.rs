//! A process with a token of its own.
//!
//! A module reads its settings once in a process, and a process has one user logged in. So each scenario runs this very
//! test binary again, for its own test only, with `SOFTHSM2_CONF` naming a new folder.

use std::env;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;
use mapae_hsm::{Pin, Pkcs11Config};

/// Tells the second process that it is that.
const INSIDE: &str = "MAPAE_HSM_SCENE";

/// The token's label in every scene.
pub(crate) const TOKEN: &str = "mapae issuer";

/// The user's PIN in every scene.
pub(crate) const PIN: &str = "648219";

/// A folder with a token that has no keys.
pub(crate) struct Scene {
    pub(crate) folder: PathBuf,
    pub(crate) module: PathBuf,
}

/// Runs a scenario, named as the test that calls this, in a process of its own; says loudly where there is no SoftHSM.
pub(crate) fn alone(test: &str, scenario: impl AsyncFnOnce(Scene)) {
    let Some(module) = module() else {
        eprintln!("SKIPPED: SoftHSM 2 not found (Debian's package softhsm2)");
        return;
    };
    match env::var_os(INSIDE) {
        Some(folder) => play(Scene { folder: folder.into(), module }, scenario),
        None => start(test),
    }
}

fn play(scene: Scene, scenario: impl AsyncFnOnce(Scene)) {
    scene.initialise();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(scenario(scene));
}

fn start(test: &str) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("tokens")).unwrap();
    let settings = format!("directories.tokendir = {}/tokens\nlog.level = ERROR\n", folder.path().display());
    fs::write(folder.path().join("softhsm2.conf"), settings).unwrap();
    let mut again = Command::new(env::current_exe().unwrap());
    again.args(["--exact", test, "--nocapture"]).env(INSIDE, folder.path());
    let output = again.env("SOFTHSM2_CONF", folder.path().join("softhsm2.conf")).output().unwrap();
    let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "{}: {told}", output.status);
    assert!(told.contains("1 passed"), "no test is named {test}: {told}");
}

/// Where `cargo xtask test` found the module, or where Debian puts it.
fn module() -> Option<PathBuf> {
    let told = env::var_os("MAPAE_SOFTHSM").map(PathBuf::from);
    told.into_iter().chain([PathBuf::from("/usr/lib/softhsm/libsofthsm2.so")]).find(|file| file.is_file())
}

impl Scene {
    pub(crate) fn config(&self) -> Pkcs11Config {
        Pkcs11Config {
            module: self.module.clone(),
            token: TOKEN.to_owned(),
            pin: Pin::new(PIN),
            sessions: NonZeroUsize::new(3).unwrap(),
        }
    }

    /// The module as somebody else in this process would use it.
    pub(crate) fn context(&self) -> Pkcs11 {
        Pkcs11::new(&self.module).unwrap()
    }

    pub(crate) fn tokens(&self) -> PathBuf {
        self.folder.join("tokens")
    }

    fn initialise(&self) {
        let context = self.context();
        context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).unwrap();
        let (officer, user) = (AuthPin::new("officer-1".into()), AuthPin::new(PIN.into()));
        let slot = context.get_slots_with_token().unwrap()[0];
        context.init_token(slot, &officer, TOKEN).unwrap();
        // Initialising gives the token a slot of another number.
        let slot = context.get_slots_with_initialized_token().unwrap()[0];
        let session = context.open_rw_session(slot).unwrap();
        session.login(UserType::So, Some(&officer)).unwrap();
        session.init_pin(&user).unwrap();
        session.logout().unwrap();
        session.close().unwrap();
        context.finalize().unwrap();
    }
}

/// Whether a folder has anything in it.
pub(crate) fn is_filled(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}
