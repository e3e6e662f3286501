//! Signing out, begun by a client (RP-Initiated Logout 1.0 §2, §3).
//!
//! There is no session here that could end: what ends are the access tokens of the sign-in. A browser is sent back only to a
//! registered address of a client that shows a token of ours; other requests end at a page that says so.

use crate::{
    LoginId, LogoutFault, Provider,
    form::{Form, FormWriter, MAX_ID},
};

/// A request to sign out.
#[derive(Debug, PartialEq, Eq)]
pub struct LogoutRequest {
    login: Option<LoginId>,
    location: Option<String>,
}

impl Provider {
    /// Reads the query of a GET or the body of a POST.
    pub fn logout(&self, parameters: &[u8]) -> Result<LogoutRequest, LogoutFault> {
        let form = Form::parse(parameters)?;
        let hint = form.optional("id_token_hint", usize::MAX)?.map(|hint| self.hint(hint)).transpose();
        let hint = hint.map_err(|_| LogoutFault::Hint)?;
        let named = form.optional("client_id", MAX_ID)?;
        // §2: both, if both are there, name one client.
        if let (Some(hint), Some(named)) = (&hint, named)
            && hint.client.id != named
        {
            return Err(LogoutFault::ClientDiffers);
        }
        let location = match (form.optional("post_logout_redirect_uri", 2048)?, &hint) {
            (None, _) => None,
            (Some(_), None) => return Err(LogoutFault::HintMissing),
            (Some(uri), Some(hint)) if !hint.client.post_logout_redirect_uris.iter().any(|own| own == uri) => {
                return Err(LogoutFault::RedirectUriUnregistered);
            }
            (Some(uri), Some(_)) => Some(with_state(uri, form.optional("state", 4096)?)),
        };
        Ok(LogoutRequest { login: hint.map(|hint| hint.login), location })
    }
}

fn with_state(uri: &str, state: Option<&str>) -> String {
    match state {
        Some(state) => FormWriter::after(uri).add("state", state).finish(),
        None => uri.to_owned(),
    }
}

impl LogoutRequest {
    /// The sign-in whose access tokens are to be withdrawn.
    pub const fn login(&self) -> Option<LoginId> {
        self.login
    }

    /// Where the browser goes then; without one, to a page that says that it is done.
    pub fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }
}
