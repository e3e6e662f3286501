//! The provider that signs citizens in, with this issuer's credential there: `sign-in.secret` or `sign-in.key` beside the
//! settings.

use mapae_hsm::Signer;
use mapae_issuer::sign_in::{ClientAuth, SignIn, SignInMethod};
use mapae_oid4vci::Secret;

use super::IssuerDir;
use crate::{
    authority::read_key,
    failure::{Failure, Outcome},
    files,
};

/// Nothing where no provider is named.
pub(super) fn open(dir: &IssuerDir) -> Outcome<Option<SignIn>> {
    let settings = dir.settings.sign_in.clone();
    if settings.provider.is_none() {
        return Ok(None);
    }
    let credential = match settings.method {
        SignInMethod::ClientSecretBasic => {
            let secret = files::read_text(&dir.dir().join("sign-in.secret")).map_err(Failure::Usage)?;
            ClientAuth::SecretBasic(Secret::new(secret.trim_end().to_owned()))
        }
        SignInMethod::PrivateKeyJwt => {
            let key = read_key(&dir.dir().join("sign-in.key")).map_err(Failure::Usage)?;
            ClientAuth::PrivateKeyJwt { signer: Signer::software(key), key_id: settings.key_id.clone() }
        }
    };
    Ok(settings.with(credential).map(SignIn::new).transpose()?)
}
