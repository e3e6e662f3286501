//! The library's applications: a web site with a secret, which knows its people again, and an app that can keep none.

use mapae_crypto::sha256;
use mapae_jose::base64url;
use mapae_types::{form::FormWriter, hex};

use super::super::library::ASKED;

/// Of which the web site's names of people are made.
pub(crate) const SUBJECT_SECRET: [u8; 32] = [3; 32];
/// The web site's own.
pub(crate) const SECRET: &str = "s:cr/t+%&= of 128 bits";

/// An application, as it is registered.
#[derive(Debug)]
pub(crate) struct Application {
    pub(super) id: &'static str,
    pub(super) home: &'static str,
    pub(super) algorithm: &'static str,
    /// Whether it knows its people again; then it has a secret as well.
    pub(super) returning: bool,
}

pub(super) static WEB: Application =
    Application { id: "web", home: "https://library.example/loans", algorithm: "RS256", returning: true };
pub(super) static APP: Application =
    Application { id: "app", home: "https://library.example/app?of=2", algorithm: "ES256", returning: false };

/// The section of the library's settings.
pub(crate) fn settings() -> String {
    let secret = hex::encode(&sha256(SECRET.as_bytes()));
    let web = format!("secret_sha256 = \"{secret}\"\nsubject = \"returning\"\nsubject_secret_file = \"web.subject\"\n");
    let section = |application: &Application, more: &str| {
        let Application { id, home, algorithm, .. } = application;
        format!(
            "[[openid.clients]]\nid = \"{id}\"\nredirect_uris = [\"{home}\"]\nid_token_alg = \"{algorithm}\"\n{more}\
             scopes = [\"profile\"]\nclaims = [\"name\", \"birthdate\"]\nrequired = [\"name\", \"birthdate\"]\n\
             documents = [\"resident\"]\n"
        )
    };
    section(&WEB, &web) + &section(&APP, "authentication = \"none\"\n")
}

/// A form or query of these parameters.
pub(super) fn form(parameters: &[(&str, &str)]) -> String {
    parameters.iter().fold(FormWriter::new(), |form, (name, value)| form.add(name, value)).finish()
}

impl Application {
    /// What its wallet is asked for.
    pub(super) fn asks(&self) -> Vec<&'static str> {
        ASKED.into_iter().chain(self.returning.then_some("person_id")).collect()
    }

    /// The request that it sends a browser with.
    pub(super) fn request(&self, state: &str, nonce: &str, verifier: &str) -> String {
        let challenge = base64url::encode(sha256(verifier.as_bytes()));
        form(&[
            ("response_type", "code"),
            ("client_id", self.id),
            ("redirect_uri", self.home),
            ("scope", "openid profile"),
            ("state", state),
            ("nonce", nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ])
    }

    /// The form that brings a code.
    pub(super) fn redeems(&self, code: &str, verifier: &str) -> String {
        let parameters = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.home),
            ("code_verifier", verifier),
            ("client_id", self.id),
        ];
        form(&parameters[..if self.returning { 4 } else { 5 }])
    }

    /// The headers of a form of its server's; `client_secret_basic` by RFC 6749 §2.3.1.
    pub(super) fn headers(&self) -> Vec<(&'static str, String)> {
        let basic = || base64url::encode_standard(form(&[(self.id, SECRET)]).replacen('=', ":", 1));
        let shown = self.returning.then(|| ("authorization", format!("Basic {}", basic())));
        [("content-type", "application/x-www-form-urlencoded".to_owned())].into_iter().chain(shown).collect()
    }
}
