//! Which provider signs citizens in, and what this issuer is to it.

use core::fmt;

use mapae_hsm::Signer;
use mapae_http::settings::{Declare, Note, Settings, SettingsError};
use mapae_oid4vci::Secret;
use serde::{Deserialize, Serialize};

/// What an operator decides, with the credential.
#[derive(Clone)]
pub struct SignInConfig {
    /// The provider's issuer identifier, compared as text.
    pub provider: String,
    /// What this issuer is called there.
    pub client_id: String,
    /// How it proves that.
    pub client_auth: ClientAuth,
    /// `scope` of the request, `openid` among it.
    pub scope: String,
    /// The claim of the `id_token` that is the register's person id.
    pub person_claim: String,
    /// `acr` that the `id_token` must have, and that is asked for.
    pub acr: Option<String>,
}

/// How this issuer proves to the provider's token endpoint who it is (OpenID Connect Core §9).
#[derive(Clone)]
pub enum ClientAuth {
    /// `client_secret_basic`.
    SecretBasic(Secret),
    /// `private_key_jwt`, by ES256.
    PrivateKeyJwt {
        /// The key.
        signer: Signer,
        /// Its name in the JWKS that the provider has of this client.
        key_id: Option<String>,
    },
}

/// `[sign_in]` of a file of settings; the credential stands in a file of its own.
#[derive(Debug, Clone)]
pub struct SignInSettings {
    /// See [`SignInConfig::provider`]; without it there is no authorization code flow.
    pub provider: Option<String>,
    /// See [`SignInConfig::client_id`].
    pub client_id: String,
    /// See [`ClientAuth`].
    pub method: SignInMethod,
    /// See [`ClientAuth::PrivateKeyJwt`].
    pub key_id: Option<String>,
    /// See [`SignInConfig::scope`].
    pub scope: String,
    /// See [`SignInConfig::person_claim`].
    pub person_claim: String,
    /// See [`SignInConfig::acr`].
    pub acr: Option<String>,
}

/// The kinds of [`ClientAuth`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInMethod {
    /// By a shared secret.
    ClientSecretBasic,
    /// By a key.
    PrivateKeyJwt,
}

impl Settings for SignInSettings {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let provider = Note::new("The OpenID provider that signs citizens in, by its issuer identifier.")
            .danger("It alone says who a citizen is: whoever runs it can fetch anybody's document.");
        let client_id = Note::new("What this issuer is called at the provider.");
        let method = Note::new(
            "\"client_secret_basic\" (the secret is the file sign-in.secret) or \"private_key_jwt\" (sign-in.key).",
        );
        let key_id = Note::new("`kid` of that key, where the provider has several keys of this client.");
        let scope = Note::new("What is asked of the provider; `openid` is part of it.");
        let claim = Note::new("The claim of the id_token that is the person id of the register.")
            .danger("It must be a claim that the citizen cannot choose.");
        let acr = Note::new("How strong the sign-in must be: an `acr` of the provider.")
            .danger("Without it every sign-in counts that the provider has, also by a password alone.");
        Ok(Self {
            provider: declare.optional("provider", "https://login.example".to_owned(), provider)?,
            client_id: declare.value("client_id", "mapae-issuer".to_owned(), client_id)?,
            method: declare.value("method", SignInMethod::ClientSecretBasic, method)?,
            key_id: declare.optional("key_id", "sign-in".to_owned(), key_id)?,
            scope: declare.value("scope", "openid".to_owned(), scope)?,
            person_claim: declare.value("person_claim", "sub".to_owned(), claim)?,
            acr: declare.optional("acr", "urn:example:strong".to_owned(), acr)?,
        })
    }
}

impl SignInSettings {
    /// The configuration, with the credential of the [`SignInMethod`]; `None` where no provider is named.
    pub fn with(self, client_auth: ClientAuth) -> Option<SignInConfig> {
        let Self { provider, client_id, scope, person_claim, acr, .. } = self;
        Some(SignInConfig { provider: provider?, client_id, client_auth, scope, person_claim, acr })
    }
}

impl fmt::Debug for SignInConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInConfig").field("provider", &self.provider).finish_non_exhaustive()
    }
}

impl fmt::Debug for ClientAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SecretBasic(_) => "client_secret_basic",
            Self::PrivateKeyJwt { .. } => "private_key_jwt",
        })
    }
}
