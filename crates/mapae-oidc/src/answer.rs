//! The way back to the client (RFC 6749 §4.1.2, RFC 9207, Form Post Response Mode §2). Who is not registered is sent nothing.

use core::fmt;

use mapae_crypto::sha256;
use mapae_jose::base64url;
use mapae_types::html::escape;

use crate::{ErrorCode, Secret, form::FormWriter};

/// The one script of a page: without it, a button does the same.
const SCRIPT: &str = "document.forms[0].submit()";

/// An answer for the browser to carry to the client.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthorizationAnswer {
    /// Status 303 with this `Location`.
    Redirect(String),
    /// A page that posts itself.
    FormPost(FormPost),
}

/// `response_mode=form_post`: what is posted, and where.
#[derive(Clone, PartialEq, Eq)]
pub struct FormPost {
    action: String,
    fields: Vec<(&'static str, String)>,
}

/// Where a request wants its answer: a registered address, and how.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct WayBack {
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
    pub(crate) form_post: bool,
    pub(crate) issuer: String,
}

impl WayBack {
    pub(crate) fn code(&self, code: &Secret) -> AuthorizationAnswer {
        self.answer(vec![("code", code.expose().to_owned())])
    }

    pub(crate) fn error(&self, code: ErrorCode, description: Option<String>) -> AuthorizationAnswer {
        let description = description.map(|text| ("error_description", text));
        self.answer([("error", code.as_str().to_owned())].into_iter().chain(description).collect())
    }

    fn answer(&self, mut fields: Vec<(&'static str, String)>) -> AuthorizationAnswer {
        fields.extend(self.state.clone().map(|state| ("state", state)));
        // RFC 9207 §2: with codes and with errors.
        fields.push(("iss", self.issuer.clone()));
        if self.form_post {
            return AuthorizationAnswer::FormPost(FormPost { action: self.redirect_uri.clone(), fields });
        }
        let query =
            fields.iter().fold(FormWriter::after(&self.redirect_uri), |query, (name, value)| query.add(name, value));
        AuthorizationAnswer::Redirect(query.finish())
    }
}

impl FormPost {
    /// Where the form goes.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// What is in it.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// The page, never to be cached.
    pub fn to_html(&self) -> String {
        let field = |(name, value): &(&str, String)| {
            format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n", escape(value))
        };
        let fields: String = self.fields.iter().map(field).collect();
        let action = escape(&self.action);
        format!(
            "<!doctype html>\n<html lang=\"ko\">\n<meta charset=\"utf-8\">\n<title>로그인 · Signing in</title>\n\
             <form method=\"post\" action=\"{action}\">\n{fields}\
             <noscript><button>계속 · Continue</button></noscript>\n</form>\n<script>{SCRIPT}</script>\n</html>\n"
        )
    }

    /// `Content-Security-Policy` for that page: its one script, and nothing else.
    pub fn content_security_policy() -> String {
        let hash = base64url::encode_standard(sha256(SCRIPT.as_bytes()));
        format!("default-src 'none'; script-src 'sha256-{hash}'; frame-ancestors 'none'; base-uri 'none'")
    }
}

impl fmt::Debug for AuthorizationAnswer {
    /// Shows neither code nor state (hole 11 of the peers).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Redirect(_) => "Redirect",
            Self::FormPost(_) => "FormPost",
        })
    }
}

impl fmt::Debug for FormPost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FormPost")
    }
}

impl fmt::Debug for WayBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WayBack").field("redirect_uri", &self.redirect_uri).finish_non_exhaustive()
    }
}
