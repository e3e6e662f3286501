//! What is asked for: scopes and the `claims` parameter (OpenID Connect Core §5.4, §5.5).
//!
//! Spec says / we do: `value` and `values` are read for `sub` and `acr` alone; of other claims, that they are wanted counts.
//! A claim that the client is not registered for is refused instead of left out: its developer made a mistake.

use std::collections::BTreeSet;

use mapae_jose::{Object, Value, json};

use crate::{Client, Provider, RequestFault};

/// Where claims go, and what else the `claims` parameter says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) scopes: Vec<String>,
    pub(crate) id_token: BTreeSet<String>,
    pub(crate) userinfo: BTreeSet<String>,
    pub(crate) essential: BTreeSet<String>,
    /// §5.5.1: who must sign in.
    pub(crate) subject: Option<String>,
    /// §5.5.1.1: the levels that must, or should, be reached.
    pub(crate) acr: Option<AskedAcr>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AskedAcr {
    pub(crate) values: Vec<String>,
    pub(crate) essential: bool,
}

impl Asked {
    /// All claims that leave the provider.
    pub(crate) fn delivered(&self) -> BTreeSet<String> {
        self.id_token.union(&self.userinfo).cloned().collect()
    }

    /// Reads the scopes. One that nobody here knows is ignored (§3.1.2.1).
    pub(crate) fn add_scopes(&mut self, provider: &Provider, client: &Client, text: &str) -> Result<(), RequestFault> {
        let names: BTreeSet<&str> = text.split(' ').filter(|name| !name.is_empty()).collect();
        if !names.contains("openid") {
            return Err(RequestFault::OpenIdScopeMissing);
        }
        self.scopes.push("openid".to_owned());
        for scope in names.iter().filter_map(|name| provider.scope(name)) {
            if !client.scopes.contains(&scope.name) {
                return Err(RequestFault::ScopeBeyond { scope: scope.name.clone() });
            }
            self.scopes.push(scope.name.clone());
            // A scope is a bundle; of it, the client gets what it is registered for.
            self.userinfo.extend(scope.claims.intersection(&client.claims).cloned());
        }
        Ok(())
    }

    /// Reads the `claims` parameter.
    pub(crate) fn add_claims(&mut self, provider: &Provider, client: &Client, text: &str) -> Result<(), RequestFault> {
        let object = json::parse_object(text.as_bytes()).map_err(|_| RequestFault::ClaimsMalformed)?;
        let (id_token, userinfo) = (member(&object, "id_token")?, member(&object, "userinfo")?);
        if let Some(members) = id_token {
            self.acr = asked_acr(members.get("acr"))?;
            self.subject = asked_subject(members.get("sub"))?;
            let names = self.names(provider, client, members)?;
            self.id_token.extend(names);
        }
        if let Some(members) = userinfo {
            self.subject = self.subject.take().or(asked_subject(members.get("sub"))?);
            let names = self.names(provider, client, members)?;
            self.userinfo.extend(names);
        }
        Ok(())
    }

    fn names(&mut self, provider: &Provider, client: &Client, members: &Object) -> Result<Vec<String>, RequestFault> {
        let mut names = Vec::new();
        // §5.5: members that are not understood are ignored.
        for (name, how) in members.iter().filter(|(name, _)| provider.knows_claim(name)) {
            if !client.claims.contains(name) {
                return Err(RequestFault::ClaimBeyond { claim: name.clone() });
            }
            if essential(how)? {
                self.essential.insert(name.clone());
            }
            names.push(name.clone());
        }
        Ok(names)
    }
}

fn member<'o>(object: &'o Object, name: &str) -> Result<Option<&'o Object>, RequestFault> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(members)) => Ok(Some(members)),
        Some(_) => Err(RequestFault::ClaimsMalformed),
    }
}

/// §5.5.1: `null`, or an object whose `essential` is false unless it says otherwise.
fn essential(how: &Value) -> Result<bool, RequestFault> {
    match how {
        Value::Null => Ok(false),
        Value::Object(how) => {
            how.get("essential").map_or(Ok(false), |value| value.as_bool().ok_or(RequestFault::ClaimsMalformed))
        }
        _ => Err(RequestFault::ClaimsMalformed),
    }
}

fn asked_subject(how: Option<&Value>) -> Result<Option<String>, RequestFault> {
    let Some(how) = how else { return Ok(None) };
    essential(how)?;
    match how.get("value") {
        None => Ok(None),
        Some(Value::String(subject)) => Ok(Some(subject.clone())),
        Some(_) => Err(RequestFault::ClaimsMalformed),
    }
}

fn asked_acr(how: Option<&Value>) -> Result<Option<AskedAcr>, RequestFault> {
    let Some(how) = how else { return Ok(None) };
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or(RequestFault::ClaimsMalformed);
    let values = match (how.get("value"), how.get("values").and_then(Value::as_array)) {
        (Some(value), _) => vec![text(value)?],
        (None, Some(values)) => values.iter().map(text).collect::<Result<_, _>>()?,
        (None, None) => Vec::new(),
    };
    Ok(Some(AskedAcr { values, essential: essential(how)? }))
}
