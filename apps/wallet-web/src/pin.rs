//! A PIN made slow: Argon2id (RFC 9106). What becomes of it is the page's `engine-lock.js`.

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use crate::problem::Problem;

/// 32 bytes of a PIN. `memory_kib` and `passes` stand beside the sealed key, so that both may grow.
pub(crate) fn slow(pin: String, salt: &[u8], memory_kib: u32, passes: u32) -> Result<Vec<u8>, Problem> {
    let pin = Zeroizing::new(pin);
    let cost = |error| Problem::new("pin_settings", error);
    let parameters = Params::new(memory_kib, passes, 1, Some(32)).map_err(cost)?;
    let mut key = vec![0; 32];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
    argon2.hash_password_into(pin.as_bytes(), salt, &mut key).map_err(cost)?;
    Ok(key)
}
