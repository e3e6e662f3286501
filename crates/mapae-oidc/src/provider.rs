//! One organisation's provider: what it is made of, and the rules that hold for every value of the type.

use std::collections::BTreeSet;
use std::sync::Arc;

use mapae_dcql::{DcqlQuery, QueryId};
use mapae_trust::Registration;
use mapae_types::{Duration, UseClass};

use crate::{Client, ConfigFault, IssuerUrl, KeyRing, Scope, Source, query};

/// What makes a provider, unchecked: see [`Provider::new`].
#[derive(Debug, Clone)]
pub struct NewProvider {
    /// Its identifier, under which its endpoints are.
    pub issuer: IssuerUrl,
    /// The organisation's applications.
    pub clients: Vec<Client>,
    /// The documents that it can ask for.
    pub sources: Vec<Source>,
    /// Scopes beside `openid`.
    pub scopes: Vec<Scope>,
    /// The levels of a sign-in.
    pub acr: Vec<Acr>,
    /// The keys that sign tokens.
    pub keys: KeyRing,
    /// How long things are good.
    pub lifetimes: Lifetimes,
}

/// A provider: several clients of one organisation, all of them under its one registration.
#[derive(Debug, Clone)]
pub struct Provider {
    issuer: IssuerUrl,
    clients: Vec<Arc<Client>>,
    sources: Vec<Source>,
    scopes: Vec<Scope>,
    acr: Vec<Arc<Acr>>,
    keys: KeyRing,
    lifetimes: Lifetimes,
}

/// A level of a sign-in, `acr` (OpenID Connect Core §2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acr {
    /// Its name.
    pub value: String,
    /// The class of use under which documents are judged for it (design D14).
    pub use_class: UseClass,
}

/// How long things are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// A sign-in, from the browser's arrival until it goes back.
    pub login: Duration,
    /// A pushed request (RFC 9126 §2.2: 5 to 600 seconds).
    pub pushed: Duration,
    /// A code (RFC 6749 §4.1.2: at most ten minutes).
    pub code: Duration,
    /// The tokens.
    pub tokens: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            login: Duration::seconds(600),
            pushed: Duration::seconds(90),
            code: Duration::seconds(60),
            tokens: Duration::seconds(300),
        }
    }
}

impl Provider {
    /// Checks that everything that is named is there, and that whatever a client may ask for stays inside the organisation's
    /// registration (design D15): a request beyond it cannot be made, whatever a browser brings.
    pub fn new(new: NewProvider, registration: &Registration) -> Result<Self, ConfigFault> {
        new.sources.iter().try_for_each(Source::check)?;
        let provider = Self {
            issuer: new.issuer,
            clients: new.clients.into_iter().map(Arc::new).collect(),
            sources: new.sources,
            scopes: new.scopes,
            acr: new.acr.into_iter().map(Arc::new).collect(),
            keys: new.keys,
            lifetimes: new.lifetimes,
        };
        let mut ids = BTreeSet::new();
        if let Some(again) = provider.clients.iter().find(|client| !ids.insert(&client.id)) {
            return Err(ConfigFault::ClientTwice { client: again.id.clone() });
        }
        provider.clients.iter().try_for_each(|client| provider.check(client, registration))?;
        Ok(provider)
    }

    fn check(&self, client: &Client, registration: &Registration) -> Result<(), ConfigFault> {
        client.check()?;
        self.check_names(client)?;
        let all = client.claims.union(&client.baseline).cloned().collect();
        let query = self.query(client, &all, &client.baseline)?;
        let within = registration.covers(&query, client.purpose.as_deref());
        within.map(drop).map_err(|over| ConfigFault::BeyondRegistration { client: client.id.clone(), over })
    }

    fn check_names(&self, client: &Client) -> Result<(), ConfigFault> {
        let unknown = |name: &str| ConfigFault::NameUnknown { client: client.id.clone(), name: name.to_owned() };
        if let Some(id) = client.sources.iter().find(|id| self.source(id).is_none()) {
            return Err(unknown(id.as_str()));
        }
        if let Some(scope) = client.scopes.iter().find(|name| self.scope(name).is_none()) {
            return Err(unknown(scope));
        }
        if let Some(acr) = client.acr.iter().find(|value| self.acr(value).is_none()) {
            return Err(unknown(acr));
        }
        if self.keys.signer(client.id_token_algorithm).algorithm() != client.id_token_algorithm {
            return Err(unknown(client.id_token_algorithm.name()));
        }
        let mut claims = client.claims.iter().chain(&client.baseline);
        if let Some(claim) = claims.find(|name| !self.knows_claim(name)) {
            return Err(unknown(claim));
        }
        if let Some(source) = self.sources_of(client).find(|source| !source.has_all(&client.baseline)) {
            return Err(unknown(source.id.as_str()));
        }
        let nameless = |source: &&Source| client.subject.is_returning() && source.person.is_none();
        match self.sources_of(client).find(nameless) {
            Some(source) => {
                Err(ConfigFault::PersonUntold { client: client.id.clone(), source_id: source.id.to_string() })
            }
            None => Ok(()),
        }
    }

    /// What a sign-in asks a wallet for.
    pub(crate) fn query(
        &self,
        client: &Client,
        claims: &BTreeSet<String>,
        essential: &BTreeSet<String>,
    ) -> Result<DcqlQuery, ConfigFault> {
        let sources: Vec<&Source> = self.sources_of(client).collect();
        query::build(&sources, claims, essential, client.subject.is_returning()).map_err(ConfigFault::Query)
    }

    /// Its identifier.
    pub const fn issuer(&self) -> &IssuerUrl {
        &self.issuer
    }

    /// Its clients.
    pub fn clients(&self) -> impl Iterator<Item = &Client> {
        self.clients.iter().map(AsRef::as_ref)
    }

    /// Its keys.
    pub const fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// The same with other keys: the next of a rotation.
    #[must_use]
    pub fn with_keys(mut self, keys: KeyRing) -> Self {
        self.keys = keys;
        self
    }

    /// How long things are good.
    pub const fn lifetimes(&self) -> &Lifetimes {
        &self.lifetimes
    }

    pub(crate) fn client(&self, id: &str) -> Option<&Arc<Client>> {
        self.clients.iter().find(|client| client.id == id)
    }

    pub(crate) fn scope(&self, name: &str) -> Option<&Scope> {
        self.scopes.iter().find(|scope| scope.name == name)
    }

    pub(crate) fn acr(&self, value: &str) -> Option<&Arc<Acr>> {
        self.acr.iter().find(|acr| acr.value == value)
    }

    pub(crate) fn knows_claim(&self, name: &str) -> bool {
        self.sources.iter().any(|source| source.claims.contains_key(name))
    }

    pub(crate) fn scope_names(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().map(|scope| scope.name.as_str())
    }

    pub(crate) fn acr_values(&self) -> impl Iterator<Item = &str> {
        self.acr.iter().map(|acr| acr.value.as_str())
    }

    pub(crate) fn claim_names(&self) -> BTreeSet<&str> {
        self.sources.iter().flat_map(|source| source.claims.keys()).map(String::as_str).collect()
    }

    fn source(&self, id: &QueryId) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == *id)
    }

    fn sources_of<'a>(&'a self, client: &'a Client) -> impl Iterator<Item = &'a Source> {
        client.sources.iter().filter_map(|id| self.source(id))
    }
}
