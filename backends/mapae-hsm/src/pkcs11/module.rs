//! A module, loaded and initialised once per process.
//!
//! PKCS #11 v2.40 §5.4 leaves open what becomes of calls under way when a process finalises a module, and SoftHSM is known
//! to fall over sessions that are closed late. So nobody calls it while it is initialised anew, sessions are never
//! closed, and a session is not used past the initialisation it was opened in: its number may by then be another's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};

use crate::HsmError;

/// Between two initialisations for want of a token. A module that is alone for longer than this is asked often enough.
const PAUSE: Duration = Duration::from_secs(1);

/// What is behind one file.
pub(super) struct Module {
    path: PathBuf,
    /// Read by those who call, written by who initialises it anew.
    state: RwLock<State>,
}

pub(super) struct State {
    pub(super) context: Pkcs11,
    /// Counts initialisations.
    pub(super) generation: u64,
    since: Instant,
}

impl Module {
    /// The module of that file, loaded if nobody did before.
    pub(super) fn load(path: &Path) -> Result<Arc<Self>, HsmError> {
        static LOADED: LazyLock<Mutex<BTreeMap<PathBuf, Arc<Module>>>> = LazyLock::new(Mutex::default);
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(module) = loaded.get(path) {
            return Ok(module.clone());
        }
        let unusable = |error: Error| HsmError::ModuleUnusable { module: path.to_owned(), source: error.into() };
        let context = Pkcs11::new(path).map_err(unusable)?;
        initialise(&context).map_err(unusable)?;
        let state = RwLock::new(State { context, generation: 0, since: Instant::now() });
        let module = Arc::new(Self { path: path.to_owned(), state });
        loaded.insert(path.to_owned(), module.clone());
        Ok(module)
    }

    /// Leave to call the module, until the guard is dropped.
    pub(super) fn enter(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Initialises the module anew, unless somebody did since `generation`, or a moment ago: a token that is back may be
    /// seen only then. Whether there is anything new to be seen.
    pub(super) fn renew(&self, generation: u64) -> Result<bool, HsmError> {
        let mut state: RwLockWriteGuard<'_, State> = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if state.generation != generation {
            return Ok(true);
        }
        if state.since.elapsed() < PAUSE {
            return Ok(false);
        }
        state.since = Instant::now();
        state.generation += 1;
        // A module that has lost its state refuses to be finalised; what counts is whether it starts.
        let _ = state.context.clone().finalize();
        let unusable = |error: Error| HsmError::ModuleUnusable { module: self.path.clone(), source: error.into() };
        initialise(&state.context).map_err(unusable)?;
        Ok(true)
    }
}

fn initialise(context: &Pkcs11) -> Result<(), Error> {
    match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        // Somebody else in this process uses the module under another path.
        Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(()),
        other => other,
    }
}
