//! The section `[openid]` of the settings: whose people sign in, by which documents, and what the client is told.

use std::path::PathBuf;

use mapae_http::settings::{Declare, Note, Settings, SettingsError};
use mapae_oidc::TokenAlgorithm;
use mapae_types::{Duration, UseClass, hex};

/// The provider. There is one where there is a client.
#[derive(Debug, Clone)]
pub struct OpenIdConfig {
    /// How long a key signs.
    pub rotate: Duration,
    /// How long the next one is published before.
    pub announce: Duration,
    /// Scopes beside `profile` and `address`.
    pub scopes: Vec<ScopeConfig>,
    /// Levels of a sign-in; none: the registration's class of use is the only one.
    pub levels: Vec<LevelConfig>,
    /// Applications.
    pub clients: Vec<ClientConfig>,
}

/// A scope and what it stands for.
#[derive(Debug, Clone)]
pub struct ScopeConfig {
    /// Its name.
    pub name: String,
    /// Its claims.
    pub claims: Vec<String>,
}

/// A level of a sign-in.
#[derive(Debug, Clone)]
pub struct LevelConfig {
    /// `acr`.
    pub acr: String,
    /// The class of use under which documents are judged for it.
    pub use_class: UseClass,
}

/// An application of the organisation.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// `client_id`.
    pub id: String,
    /// What people call it, in Korean and in English.
    pub names: [Option<String>; 2],
    /// How it shows who it is.
    pub authentication: Authentication,
    /// What its `id_token`s are signed with.
    pub id_token_alg: TokenAlgorithm,
    /// Where browsers go back to.
    pub redirect_uris: Vec<String>,
    /// Where browsers go after signing out.
    pub post_logout_redirect_uris: Vec<String>,
    /// The file with the secret of its people's names; none: each sign-in has a name of its own.
    pub returning: Option<PathBuf>,
    /// Scopes that it may ask for.
    pub scopes: Vec<String>,
    /// Claims that it may ask for.
    pub claims: Vec<String>,
    /// Claims that every sign-in presents.
    pub required: Vec<String>,
    /// Documents of the catalogue, the preferred first.
    pub documents: Vec<String>,
    /// Levels that it may ask for, the one that it gets unasked first; none: all.
    pub acr: Vec<String>,
    /// The registered purpose.
    pub purpose: Option<String>,
}

/// How a client shows who it is.
#[derive(Debug, Clone)]
pub enum Authentication {
    /// `client_secret_basic`, by the hash of the secret.
    SecretBasic([u8; 32]),
    /// `private_key_jwt`, by a file with a JWK set.
    PrivateKeyJwt(PathBuf),
    /// `none`.
    Public,
}

impl OpenIdConfig {
    /// Every file that is named.
    pub fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.clients.iter_mut().flat_map(|client| {
            let keys = match &mut client.authentication {
                Authentication::PrivateKeyJwt(file) => Some(file),
                _ => None,
            };
            keys.into_iter().chain(&mut client.returning)
        })
    }
}

impl Settings for OpenIdConfig {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let rotate = Note::new("Days for which a key signs. Keys are drawn here and are in the store, sealed.");
        let announce = Note::new("Hours for which the next key is published before it signs.")
            .danger("Shorter than clients keep a key set, and they refuse good tokens for as long.");
        let config = Self {
            rotate: Duration::days(declare.number("rotate_days", 90, 2..=3650, rotate)?),
            announce: Duration::hours(declare.number("announce_hours", 24, 1..=720, announce)?),
            scopes: declare.list("scopes", Note::new("Scopes beside `openid`, `profile` and `address`."))?,
            levels: declare.list("levels", Note::new("Levels of a sign-in, where one registered class is not all."))?,
            clients: declare.list("clients", Note::new("Applications of this organisation, and of no other."))?,
        };
        if config.announce.as_seconds() * 2 > config.rotate.as_seconds() {
            return Err(declare.unfit("announce_hours", "at most half of rotate_days"));
        }
        Ok(config)
    }
}

impl Settings for ScopeConfig {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let name = Note::new("By which clients ask for it.");
        let claims = Note::new("Of which a client gets those that it is registered for.");
        Ok(Self {
            name: declare.required("name", "official".to_owned(), name)?,
            claims: declare.required("claims", vec!["ministry_hangul".to_owned()], claims)?,
        })
    }
}

impl Settings for LevelConfig {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let acr = Note::new("What clients ask for and are told, as `acr`.");
        let class = Note::new("The class of use under which documents are judged for it.")
            .danger("A milder class than the registered one takes older evidence.");
        let acr = declare.required("acr", "https://login.example/acr/high".to_owned(), acr)?;
        let class: String = declare.required("use_class", "high".to_owned(), class)?;
        let use_class = class.parse().map_err(|_| declare.unfit("use_class", "the name of a class of use"))?;
        Ok(Self { acr, use_class })
    }
}

impl Settings for ClientConfig {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let strings = |text: &str| vec![text.to_owned()];
        let ko = Note::new("What people call it, beside the organisation's registered name.");
        let purpose = Note::new("The registered purpose, in either language; without one the first.");
        let scopes = Note::new("Scopes beside `openid` that it may ask for.");
        let claims = Note::new(
            "Claims that it may ask for, by scopes or one by one: attributes of the catalogue, and `name`, `birthdate`, \
             `gender`, `address`.",
        );
        let required = Note::new("Claims that every sign-in presents; none only for a client that knows its people.");
        let documents = Note::new("Documents of the catalogue, any of which will do, the preferred first.");
        let acr = Note::new("Levels that it may ask for, the one that it gets unasked first; none: all of them.");
        Ok(Self {
            id: declare.required("id", "approval".to_owned(), Note::new("Its `client_id`."))?,
            names: [
                declare.optional("name_ko", "결재 시스템".to_owned(), ko)?,
                declare.optional("name_en", "Approvals".to_owned(), Note::new("The same in English."))?,
            ],
            authentication: authentication(declare)?,
            id_token_alg: id_token_alg(declare)?,
            redirect_uris: redirect_uris(declare)?,
            post_logout_redirect_uris: declare.value(
                "post_logout_redirect_uris",
                Vec::new(),
                Note::new("Where browsers may go after signing out."),
            )?,
            returning: returning(declare)?,
            scopes: declare.value("scopes", strings("profile"), scopes)?,
            claims: declare.required("claims", strings("name"), claims)?,
            required: declare.value("required", Vec::new(), required)?,
            documents: declare.required("documents", strings("official"), documents)?,
            acr: declare.value("acr", Vec::new(), acr)?,
            purpose: declare.optional("purpose", "로그인".to_owned(), purpose)?,
        })
    }
}

fn redirect_uris(declare: &mut Declare) -> Result<Vec<String>, SettingsError> {
    let note = Note::new("Where browsers go back to: compared letter by letter, https or this machine.")
        .danger("Whoever has one of these addresses gets people's codes.");
    declare.required("redirect_uris", vec!["https://approval.example/oidc/callback".to_owned()], note)
}

fn authentication(declare: &mut Declare) -> Result<Authentication, SettingsError> {
    let note = Note::new("How it shows who it is: client_secret_basic, private_key_jwt, or none with PKCE.")
        .danger("With none, whoever has its `client_id` is the client; only redirect_uris and PKCE protect people.");
    let hash = Note::new("client_secret_basic: SHA-256, in hexadecimal, of a secret of 128 random bits or more.");
    let keys = Note::new("private_key_jwt: a file with its public keys (a JWK set).");
    let method: String = declare.value("authentication", "client_secret_basic".to_owned(), note)?;
    let hash: Option<String> = declare.optional("secret_sha256", hex::encode(&[0; 32]), hash)?;
    let keys: Option<PathBuf> = declare.optional("keys_file", "approval.jwks".into(), keys)?;
    let bytes = hash.as_deref().map(|text| hex::decode(text).and_then(|bytes| bytes.try_into().ok()));
    match (method.as_str(), bytes, keys) {
        ("client_secret_basic", Some(Some(bytes)), None) => Ok(Authentication::SecretBasic(bytes)),
        ("client_secret_basic", Some(None), _) => Err(declare.unfit("secret_sha256", "64 hexadecimal digits")),
        ("client_secret_basic", None, None) if declare.is_template() => Ok(Authentication::Public),
        ("client_secret_basic", ..) => Err(declare.unfit("secret_sha256", "there, and no keys_file")),
        ("private_key_jwt", None, Some(file)) => Ok(Authentication::PrivateKeyJwt(file)),
        ("private_key_jwt", ..) => Err(declare.unfit("keys_file", "there, and no secret_sha256")),
        ("none", None, None) => Ok(Authentication::Public),
        ("none", ..) => Err(declare.unfit("authentication", "of no secret and no keys, or another")),
        _ => Err(declare.unfit("authentication", "client_secret_basic, private_key_jwt or none")),
    }
}

fn id_token_alg(declare: &mut Declare) -> Result<TokenAlgorithm, SettingsError> {
    let note = Note::new("What its id_tokens are signed with: RS256, which every client understands, or ES256.");
    let name: String = declare.value("id_token_alg", TokenAlgorithm::default().name().to_owned(), note)?;
    let known = [TokenAlgorithm::Rs256, TokenAlgorithm::Es256].into_iter().find(|known| known.name() == name);
    known.ok_or_else(|| declare.unfit("id_token_alg", "RS256 or ES256"))
}

fn returning(declare: &mut Declare) -> Result<Option<PathBuf>, SettingsError> {
    let note =
        Note::new("returning: it knows its people again, by a name that no other client has. per_login: it does not.")
            .cost("For returning the registration must name `person_id`, and people are asked for it.");
    let file =
        Note::new("returning: a file with 32 random bytes in hexadecimal, of which its people's names are made.")
            .danger("Who changes it makes strangers of all users; keep it where backups are.");
    let subject: String = declare.value("subject", "per_login".to_owned(), note)?;
    let file: Option<PathBuf> = declare.optional("subject_secret_file", "approval.subject".into(), file)?;
    match (subject.as_str(), file) {
        ("returning", Some(file)) => Ok(Some(file)),
        ("returning", None) => Err(declare.unfit("subject_secret_file", "there, if subject is returning")),
        ("per_login", None) => Ok(None),
        ("per_login", Some(_)) => Err(declare.unfit("subject_secret_file", "left out, if subject is per_login")),
        _ => Err(declare.unfit("subject", "returning or per_login")),
    }
}
