//! The authorization request (OpenID Connect Core §3.1.2.1, §3.1.2.2).
//!
//! Until the client and its registered address are known, whoever asks sees a page; from then on the client is told, at that
//! address and no other (RFC 6749 §4.1.2.1).

use core::fmt;
use std::collections::BTreeSet;
use std::sync::Arc;

use mapae_dcql::DcqlQuery;

use crate::{
    Acr, AuthorizationRefusal, Client, PageFault, PkceChallenge, Provider, PushedArrival, RequestFault,
    answer::WayBack,
    claims::Asked,
    form::{Form, FormWriter, MAX_ID},
};

/// Bytes of `state`, which some clients fill with more than an identifier.
const MAX_STATE: usize = 4096;
/// Bytes of `claims` and of a token as a hint.
const MAX_CLAIMS: usize = 8 << 10;
/// What a kept request keeps: all that [`Provider::read`] reads.
const KEPT: [(&str, usize); 15] = [
    ("client_id", MAX_ID),
    ("redirect_uri", 2048),
    ("state", MAX_STATE),
    ("response_mode", MAX_ID),
    ("response_type", MAX_ID),
    ("scope", MAX_ID),
    ("claims", MAX_CLAIMS),
    ("nonce", MAX_ID),
    ("prompt", MAX_ID),
    ("max_age", MAX_ID),
    ("acr_values", MAX_ID),
    ("ui_locales", MAX_ID),
    ("id_token_hint", MAX_CLAIMS),
    ("code_challenge", MAX_ID),
    ("code_challenge_method", MAX_ID),
];

/// What a browser brings to the authorization endpoint.
#[derive(Debug)]
pub enum Arrival {
    /// The request itself.
    Direct(Box<AuthorizationRequest>),
    /// The name of one that was pushed before.
    Pushed(PushedArrival),
}

/// A request of a registered client for what it is registered for.
#[derive(Clone)]
pub struct AuthorizationRequest {
    pub(crate) client: Arc<Client>,
    pub(crate) back: WayBack,
    pub(crate) asked: Asked,
    pub(crate) query: DcqlQuery,
    pub(crate) acr: Arc<Acr>,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: Option<PkceChallenge>,
    pub(crate) subject: Option<String>,
    ui_locales: Vec<String>,
    pub(crate) form: String,
}

impl Provider {
    /// Reads what a browser brings, the query of a GET or the body of a POST.
    pub fn authorize(&self, parameters: &[u8]) -> Result<Arrival, AuthorizationRefusal> {
        let form = Form::parse(parameters).map_err(PageFault::from)?;
        match PushedArrival::read(&form).map_err(PageFault::from)? {
            Some(pushed) => Ok(Arrival::Pushed(pushed)),
            None => Ok(Arrival::Direct(Box::new(self.read(&form)?))),
        }
    }

    /// A request that was kept, read again: what has become of its client since then counts.
    pub(crate) fn read_kept(&self, form: &str) -> Result<AuthorizationRequest, AuthorizationRefusal> {
        self.read(&Form::parse(form.as_bytes()).map_err(PageFault::from)?)
    }

    pub(crate) fn read(&self, form: &Form<'_>) -> Result<AuthorizationRequest, AuthorizationRefusal> {
        let client = form.required("client_id", MAX_ID).map_err(PageFault::from)?;
        let client = self.client(client).ok_or(PageFault::ClientUnknown)?;
        let back = self.way_back(client, form)?;
        let refused = |fault| AuthorizationRefusal::back(fault, &back);
        // The mode of a request whose mode is wrong is the usual one.
        check_mode(form).map_err(refused)?;
        self.read_known(client, &back, form).map_err(refused)
    }

    fn way_back(&self, client: &Client, form: &Form<'_>) -> Result<WayBack, PageFault> {
        let redirect_uri = form.required("redirect_uri", 2048)?;
        if !client.may_return_to(redirect_uri) {
            return Err(PageFault::RedirectUriUnregistered);
        }
        Ok(WayBack {
            redirect_uri: redirect_uri.to_owned(),
            state: form.owned("state", MAX_STATE)?,
            form_post: form.optional("response_mode", MAX_ID)? == Some("form_post"),
            issuer: self.issuer().as_str().to_owned(),
        })
    }

    fn read_known(
        &self,
        client: &Arc<Client>,
        back: &WayBack,
        form: &Form<'_>,
    ) -> Result<AuthorizationRequest, RequestFault> {
        check_kind(form)?;
        let challenge = challenge(client, form)?;
        let asked = self.asked(client, form)?;
        let acr = self.level(client, &asked, form)?;
        let subject = self.expected_subject(client, &asked, form)?;
        check_prompt(form)?;
        let query = self.query_for(client, &asked)?;
        let locales = form.optional("ui_locales", MAX_ID)?.unwrap_or_default();
        Ok(AuthorizationRequest {
            client: Arc::clone(client),
            back: back.clone(),
            query,
            acr,
            nonce: form.owned("nonce", MAX_ID)?,
            challenge,
            subject,
            ui_locales: locales.split(' ').filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
            asked,
            form: keep(form)?,
        })
    }

    fn asked(&self, client: &Client, form: &Form<'_>) -> Result<Asked, RequestFault> {
        let mut asked = Asked::default();
        asked.add_scopes(self, client, form.optional("scope", MAX_ID)?.unwrap_or_default())?;
        if let Some(claims) = form.optional("claims", MAX_CLAIMS)? {
            asked.add_claims(self, client, claims)?;
        }
        Ok(asked)
    }

    fn query_for(&self, client: &Client, asked: &Asked) -> Result<DcqlQuery, RequestFault> {
        let all: BTreeSet<String> = asked.delivered().union(&client.baseline).cloned().collect();
        let essential = asked.essential.union(&client.baseline).cloned().collect();
        self.query(client, &all, &essential).map_err(|_| RequestFault::ClaimsMalformed)
    }

    /// The level to be reached: the first that is asked for and that the client may have, else its own. One that is essential
    /// and out of reach fails the request (§5.5.1.1); the values of `acr_values` are wishes.
    fn level(&self, client: &Client, asked: &Asked, form: &Form<'_>) -> Result<Arc<Acr>, RequestFault> {
        let wishes = form.optional("acr_values", MAX_ID)?.unwrap_or_default();
        let demanded = asked.acr.iter().flat_map(|acr| &acr.values).map(String::as_str);
        let wanted = demanded.chain(wishes.split(' ')).find(|value| client.acr.iter().any(|own| own == value));
        let own = client.acr.first().map(String::as_str);
        let level = wanted.or(own).and_then(|value| self.acr(value)).ok_or(RequestFault::AcrUnmet)?;
        let essential = asked.acr.as_ref().filter(|acr| acr.essential && !acr.values.is_empty());
        let unmet = essential.is_some_and(|acr| !acr.values.contains(&level.value));
        if unmet { Err(RequestFault::AcrUnmet) } else { Ok(Arc::clone(level)) }
    }

    /// Who must sign in, by `id_token_hint` (§3.1.2.1) or by the claim `sub` (§5.5.1).
    fn expected_subject(
        &self,
        client: &Client,
        asked: &Asked,
        form: &Form<'_>,
    ) -> Result<Option<String>, RequestFault> {
        let hint = form.optional("id_token_hint", MAX_CLAIMS)?.map(|hint| self.hint(hint)).transpose();
        let hint = hint.map_err(|_| RequestFault::Hint)?;
        if hint.as_ref().is_some_and(|hint| hint.client.id != client.id) {
            return Err(RequestFault::Hint);
        }
        let expected = match (hint.map(|hint| hint.subject), asked.subject.clone()) {
            (Some(hint), Some(asked)) if hint != asked => return Err(RequestFault::SubjectOutOfReach),
            (hint, asked) => hint.or(asked),
        };
        // Who is named anew each time cannot be the same again.
        match expected {
            Some(_) if !client.subject.is_returning() => Err(RequestFault::SubjectOutOfReach),
            expected => Ok(expected),
        }
    }
}

impl AuthorizationRequest {
    /// Who asks.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The languages that the person prefers, as the client says (`ui_locales`).
    pub fn ui_locales(&self) -> &[String] {
        &self.ui_locales
    }
}

impl fmt::Debug for AuthorizationRequest {
    /// Leaves out `state`, `nonce` and hints, which tie a browser to the client.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("AuthorizationRequest");
        out.field("client", &self.client.id).field("back", &self.back).field("acr", &self.acr.value);
        out.finish_non_exhaustive()
    }
}

fn check_mode(form: &Form<'_>) -> Result<(), RequestFault> {
    match form.optional("response_mode", MAX_ID)? {
        None | Some("query" | "form_post") => Ok(()),
        // Codes in a fragment are for scripts, of which we serve none.
        Some(_) => Err(RequestFault::ResponseMode),
    }
}

fn check_kind(form: &Form<'_>) -> Result<(), RequestFault> {
    // RFC 9101 is not supported; what a signed request says must not be passed over (§6, §3.1.2.6).
    if form.optional("request", usize::MAX)?.is_some() {
        return Err(RequestFault::RequestObject);
    }
    if form.optional("request_uri", usize::MAX)?.is_some() {
        return Err(RequestFault::RequestUri);
    }
    if form.optional("registration", usize::MAX)?.is_some() {
        return Err(RequestFault::Registration);
    }
    match form.required("response_type", MAX_ID)? {
        "code" => Ok(()),
        _ => Err(RequestFault::ResponseType),
    }
}

/// RFC 7636 §4.3, §4.4.1: S256, which a public client must use; left out, the method would mean `plain`.
fn challenge(client: &Client, form: &Form<'_>) -> Result<Option<PkceChallenge>, RequestFault> {
    let method = form.optional("code_challenge_method", MAX_ID)?;
    match form.optional("code_challenge", MAX_ID)? {
        Some(_) if method != Some("S256") => Err(RequestFault::ChallengeMethod),
        Some(text) => PkceChallenge::parse(text).map(Some).map_err(|_| RequestFault::ChallengeMalformed),
        None if method.is_some() || client.needs_pkce() => Err(RequestFault::ChallengeMissing),
        None => Ok(None),
    }
}

/// `login`, `consent` and `select_account` hold for every sign-in here; `none` for none. `max_age` is kept by every sign-in,
/// too, since there is no older one that could be used again.
fn check_prompt(form: &Form<'_>) -> Result<(), RequestFault> {
    let prompt = form.optional("prompt", MAX_ID)?.unwrap_or_default();
    let prompts: BTreeSet<&str> = prompt.split(' ').filter(|value| !value.is_empty()).collect();
    if prompts.iter().any(|value| !["none", "login", "consent", "select_account"].contains(value)) {
        return Err(RequestFault::Prompt);
    }
    let age = form.optional("max_age", MAX_ID)?;
    if age.is_some_and(|age| age.parse::<u64>().is_err()) {
        return Err(crate::MessageFault::Malformed { name: "max_age" }.into());
    }
    match (prompts.contains("none"), prompts.len()) {
        (true, 1) => Err(RequestFault::LoginRequired),
        (true, _) => Err(RequestFault::Prompt),
        (false, _) => Ok(()),
    }
}

fn keep(form: &Form<'_>) -> Result<String, RequestFault> {
    let mut kept = FormWriter::new();
    for (name, max) in KEPT {
        kept = kept.add_some(name, form.optional(name, max)?);
    }
    Ok(kept.finish())
}
