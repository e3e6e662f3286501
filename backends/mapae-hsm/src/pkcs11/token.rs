//! A token, and sessions in it that are logged in.

use std::sync::{Arc, Mutex, PoisonError};

use cryptoki::error::{Error, RvError};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;

use super::module::{Module, State};
use crate::{HsmError, Pkcs11Config};

/// A token by its label.
pub(super) struct Token {
    module: Arc<Module>,
    config: Pkcs11Config,
    /// Why the PIN is not to be tried again. Held during a login, so that no two tries are lost on one wrong PIN.
    refused: Mutex<Option<HsmError>>,
}

/// A session, and the initialisation that it belongs to.
pub(super) struct Connection {
    pub(super) session: Session,
    pub(super) generation: u64,
}

impl Token {
    pub(super) fn new(config: Pkcs11Config) -> Result<Self, HsmError> {
        Ok(Self { module: Module::load(&config.module)?, config, refused: Mutex::default() })
    }

    pub(super) const fn module(&self) -> &Arc<Module> {
        &self.module
    }

    pub(super) fn label(&self) -> &str {
        &self.config.token
    }

    /// Opens a session and logs in; if the token is not to be seen, once more after the module was initialised anew.
    pub(super) fn connect(&self, writing: bool) -> Result<Connection, HsmError> {
        let generation = self.module.enter().generation;
        match self.open(writing) {
            Err(HsmError::TokenAbsent { .. } | HsmError::TokenFailed { .. }) if self.module.renew(generation)? => {
                self.open(writing)
            }
            other => other,
        }
    }

    fn open(&self, writing: bool) -> Result<Connection, HsmError> {
        let state = self.module.enter();
        let slot = self.slot(&state)?;
        // SoftHSM is known to fall over sessions that are closed late; they are few and live as long as the process.
        let session = if writing {
            state.context.open_rw_session_no_drop(slot)
        } else {
            state.context.open_ro_session_no_drop(slot)
        };
        let session = session.map_err(|error| self.failed(error))?;
        self.log_in(&session)?;
        Ok(Connection { session, generation: state.generation })
    }

    fn slot(&self, state: &State) -> Result<Slot, HsmError> {
        let slots = state.context.get_slots_with_token().map_err(|error| self.failed(error))?;
        let is_ours = |slot: &Slot| {
            state.context.get_token_info(*slot).is_ok_and(|info| info.label().trim_end() == self.config.token)
        };
        slots.into_iter().find(is_ours).ok_or_else(|| HsmError::TokenAbsent { token: self.config.token.clone() })
    }

    /// One login holds for all sessions of the process (PKCS #11 v2.40 §5.6, `C_Login`).
    fn log_in(&self, session: &Session) -> Result<(), HsmError> {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(refused) = &*refused {
            return Err(refused.clone());
        }
        let pin = AuthPin::new(self.config.pin.expose().into());
        let Err(error) = session.login(UserType::User, Some(&pin)) else { return Ok(()) };
        let token = || self.config.token.clone();
        let lasting = match error {
            Error::Pkcs11(RvError::UserAlreadyLoggedIn, _) => return Ok(()),
            Error::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _) => {
                HsmError::PinWrong { token: token() }
            }
            Error::Pkcs11(RvError::PinLocked, _) => HsmError::PinLocked { token: token() },
            other => return Err(self.failed(other)),
        };
        *refused = Some(lasting.clone());
        Err(lasting)
    }

    pub(super) fn failed(&self, error: Error) -> HsmError {
        HsmError::TokenFailed { token: self.config.token.clone(), source: error.into() }
    }
}
