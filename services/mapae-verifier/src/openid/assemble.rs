//! From settings to a provider, which checks itself against the registration (design D15).

use std::{collections::BTreeSet, path::Path};

use mapae_crypto::PublicKey;
use mapae_dcql::{ClaimQuery, CredentialQuery, DcqlQuery, QueryId, Wanted};
use mapae_document::{Catalogue, DocumentType};
use mapae_jose::{Jwk, Value, json};
use mapae_oidc::{
    Acr, Client, ClientAuthentication, IssuerUrl, KeyRing, Lifetimes, NewProvider, Provider, Scope, Source,
    SubjectRule, SubjectSecret,
};
use mapae_trust::Registration;
use mapae_types::{Duration, hex};
use mapae_verify::Format;
use zeroize::Zeroizing;

use super::{Authentication, ClientConfig, OpenIdConfig, OpenIdFault, RETURN, claims};

const FORMATS: [Format; 2] = [Format::SdJwt, Format::Mdoc];

/// What a provider is made of.
pub(super) struct Parts<'a> {
    pub(super) base_url: &'a str,
    pub(super) config: &'a OpenIdConfig,
    pub(super) registration: &'a Registration,
    pub(super) catalogue: &'a Catalogue,
    /// How long a wallet has.
    pub(super) session: Duration,
}

impl Parts<'_> {
    pub(super) fn provider(&self, keys: KeyRing) -> Result<Provider, OpenIdFault> {
        let issuer = IssuerUrl::parse(&format!("{}/openid", self.base_url)).map_err(|_| OpenIdFault::Address)?;
        let acr = self.levels(&issuer);
        let sources = self.sources()?;
        let clients = self.config.clients.iter().map(|client| self.client(client, &sources, &acr));
        let new = NewProvider {
            clients: clients.collect::<Result<_, _>>()?,
            scopes: self.scopes(),
            lifetimes: Lifetimes {
                login: Duration::seconds(self.session.as_seconds() + RETURN.as_seconds()),
                ..Lifetimes::default()
            },
            issuer,
            sources,
            acr,
            keys,
        };
        Ok(Provider::new(new, self.registration)?)
    }

    /// Where no level is named, there is that of the registration.
    fn levels(&self, issuer: &IssuerUrl) -> Vec<Acr> {
        let class = self.registration.use_class();
        let own = || Acr { value: issuer.endpoint(&format!("acr/{class}")), use_class: class.clone() };
        let named = self.config.levels.iter();
        let named: Vec<Acr> =
            named.map(|level| Acr { value: level.acr.clone(), use_class: level.use_class.clone() }).collect();
        if named.is_empty() { vec![own()] } else { named }
    }

    fn scopes(&self) -> Vec<Scope> {
        let own = self.config.scopes.iter();
        let own = own.map(|scope| Scope { name: scope.name.clone(), claims: scope.claims.iter().cloned().collect() });
        let known = claims::SCOPES.iter().filter(|(name, _)| self.config.scopes.iter().all(|own| own.name != *name));
        let scope = |(name, claims): &(&str, &[&str])| Scope { name: (*name).to_owned(), claims: set(claims) };
        known.map(scope).chain(own).collect()
    }

    /// Every document that a client names, in both formats, with the claims that some client may ask for.
    fn sources(&self) -> Result<Vec<Source>, OpenIdFault> {
        let clients = &self.config.clients;
        let named: BTreeSet<&String> =
            clients.iter().flat_map(|client| client.claims.iter().chain(&client.required)).collect();
        let mut sources: Vec<Source> = Vec::new();
        for (client, name) in clients.iter().flat_map(|client| client.documents.iter().map(move |name| (client, name)))
        {
            let known = self.catalogue.documents().iter().find(|document| document.name().as_str() == name);
            let missing = || OpenIdFault::Document { client: client.id.clone(), document: name.clone() };
            let document = known.ok_or_else(missing)?;
            for format in FORMATS {
                let id = source_id(name, format)?;
                if sources.iter().all(|source| source.id != id) {
                    let mut source = source(id, document, format);
                    source.claims.retain(|claim, _| named.contains(claim));
                    sources.push(source);
                }
            }
        }
        Ok(sources)
    }

    fn client(&self, config: &ClientConfig, sources: &[Source], acr: &[Acr]) -> Result<Client, OpenIdFault> {
        let all = || acr.iter().map(|level| level.value.clone()).collect();
        Ok(Client {
            id: config.id.clone(),
            authentication: authentication(&config.authentication)?,
            id_token_algorithm: config.id_token_alg,
            redirect_uris: config.redirect_uris.clone(),
            post_logout_redirect_uris: config.post_logout_redirect_uris.clone(),
            subject: match &config.returning {
                Some(file) => SubjectRule::Returning(SubjectSecret::new(secret(file)?)),
                None => SubjectRule::PerLogin,
            },
            scopes: config.scopes.iter().cloned().collect(),
            claims: config.claims.iter().cloned().collect(),
            baseline: config.required.iter().cloned().collect(),
            sources: self.sources_of(config, sources)?,
            acr: if config.acr.is_empty() { all() } else { config.acr.clone() },
            purpose: config.purpose.clone(),
        })
    }

    /// Formats that the registration does not name are left out, as of a named use. Where it names none, all are there, and
    /// the refusal says what is beyond.
    fn sources_of(&self, client: &ClientConfig, sources: &[Source]) -> Result<Vec<QueryId>, OpenIdFault> {
        let mut ids = Vec::new();
        for (name, format) in client.documents.iter().flat_map(|name| FORMATS.map(|format| (name, format))) {
            ids.push(source_id(name, format)?);
        }
        let covered = |id: &&QueryId| {
            let source = sources.iter().find(|source| source.id == **id);
            source.is_some_and(|source| self.covers(client, source))
        };
        let inside: Vec<QueryId> = ids.iter().filter(covered).cloned().collect();
        Ok(if inside.is_empty() { ids } else { inside })
    }

    fn covers(&self, client: &ClientConfig, source: &Source) -> bool {
        let names = client.claims.iter().chain(&client.required);
        let person = source.person.iter().filter(|_| client.returning.is_some());
        let paths: BTreeSet<_> = names.filter_map(|name| source.claims.get(name)).flatten().chain(person).collect();
        let asked = paths.into_iter().map(|path| ClaimQuery::new(path.clone())).collect();
        let query = CredentialQuery::new(source.id.clone(), source.wanted.clone());
        let query = query.and_then(|query| query.with_claims(asked, Vec::new()));
        let alone = query.and_then(|query| DcqlQuery::new(vec![query], Vec::new()));
        alone.is_ok_and(|alone| self.registration.covers(&alone, None).is_ok())
    }
}

fn source(id: QueryId, document: &DocumentType, format: Format) -> Source {
    let wanted = match format {
        Format::Mdoc => Wanted::Mdoc { doctype: document.doctype().to_owned() },
        Format::SdJwt => Wanted::SdJwtVc { vct_values: vec![document.vct().to_owned()] },
    };
    let (claims, person) = (claims::of_document(document, format), claims::person(document, format));
    Source { id, wanted, claims, person }
}

fn source_id(document: &str, format: Format) -> Result<QueryId, OpenIdFault> {
    let format = if format == Format::Mdoc { "mdoc" } else { "sd_jwt" };
    format!("{document}_{format}").parse().map_err(|error| mapae_oidc::ConfigFault::Query(error).into())
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn authentication(config: &Authentication) -> Result<ClientAuthentication, OpenIdFault> {
    Ok(match config {
        Authentication::SecretBasic(sha256) => ClientAuthentication::SecretBasic { sha256: *sha256 },
        Authentication::PrivateKeyJwt(file) => ClientAuthentication::PrivateKeyJwt { keys: keys(file)? },
        Authentication::Public => ClientAuthentication::Public,
    })
}

fn secret(path: &Path) -> Result<[u8; 32], OpenIdFault> {
    let bytes = hex::decode(read(path)?.trim()).and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| OpenIdFault::Secret { path: path.to_owned() })
}

fn keys(path: &Path) -> Result<Vec<(Option<String>, PublicKey)>, OpenIdFault> {
    let unusable = || OpenIdFault::Keys { path: path.to_owned() };
    let set = json::parse_object(read(path)?.as_bytes()).map_err(|_| unusable())?;
    let keys = set.get("keys").and_then(Value::as_array).filter(|keys| !keys.is_empty()).ok_or_else(unusable)?;
    let key = |value: &Value| {
        let kid = value.get("kid").and_then(Value::as_str).map(str::to_owned);
        // Somebody who hands out a private key is told so before anybody trusts it.
        let private = value.get("d").is_some();
        let jwk = Jwk::from_value(value).map_err(|_| unusable())?;
        if private { Err(unusable()) } else { Ok((kid, jwk.public_key().clone())) }
    };
    keys.iter().map(key).collect()
}

fn read(path: &Path) -> Result<Zeroizing<String>, OpenIdFault> {
    let failed = |error| OpenIdFault::File { path: path.to_owned(), error };
    std::fs::read_to_string(path).map(Zeroizing::new).map_err(failed)
}
