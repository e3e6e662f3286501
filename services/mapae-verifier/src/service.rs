//! What a verifier does with a session, once a request is read.

use std::sync::Arc;

use mapae_http::{Clock, Dice, Notices};
use mapae_jose::base64url;
use mapae_oid4vp::{
    RequestUriMethod,
    verifier::{PendingBrowserPresentation, PendingPresentation, ResponseCode, ResponseCodeHash, ResponseFault},
};
use mapae_sql::Swap;
use mapae_types::{Duration, Entropy as _, Timestamp};
use serde_json::{Value, json};
use tokio::sync::{Notify, broadcast};

use crate::{
    Crash, Point, RelyingParty, VerifierConfig,
    asking::{Allowed, Context, Exchange, Uses, Way, Wish, number, svg},
    bundle::Bundles,
    fault::Refusal,
    ids::{Handle, Lookup, SessionId, lookup},
    judging::{Judge, NotHeld, Outcome},
    store::{Answered, Fetched, Finished, Flow, MessageId, NewMessage, NewSession, Session, SessionStore, State},
    vault::{Kind, Vault},
};

/// How long a replica may take to judge an answer before another does.
const LEASE: Duration = Duration::seconds(30);
/// How long a session that nobody answered is known, so that who asks learns that it expired.
const EXPIRED_FOR: Duration = Duration::seconds(300);
/// Characters of a wallet's nonce by which it is known again: 128 bits in base64url.
const KNOWN_NONCE: usize = 22;

/// The parts of a running verifier.
pub(crate) struct Service<S> {
    pub(crate) config: VerifierConfig,
    pub(crate) store: S,
    pub(crate) by: RelyingParty,
    pub(crate) uses: Uses,
    pub(crate) vault: Vault,
    pub(crate) bundles: Arc<Bundles>,
    pub(crate) clock: Clock,
    pub(crate) dice: Dice,
    pub(crate) notices: Notices,
    pub(crate) crash: Crash,
    pub(crate) pushes: bool,
    /// Sessions of which this replica knows that something became of them.
    pub(crate) changed: broadcast::Sender<SessionId>,
    /// There may be a webhook to send.
    pub(crate) told: Notify,
}

/// A result, and where the person goes on.
struct Judged {
    outcome: Outcome,
    /// What the wallet did wrong, for its maker.
    fault: Option<ResponseFault>,
}

impl<S: SessionStore> Service<S> {
    pub(crate) fn now(&self) -> Result<Timestamp, Refusal> {
        self.clock.now().map_err(|error| Refusal::Machine(error.to_string()))
    }

    /// Begins a session; what its owner is told.
    pub(crate) async fn begin(&self, owner: &str, wish: Wish) -> Result<Value, Refusal> {
        let registration = self.by.registration();
        let may_cross = !self.config.same_device_classes.contains(registration.use_class());
        let allowed = wish.allow(&self.uses, registration, may_cross)?;
        // Nobody is asked for what could not be judged.
        self.bundles.newest().ok_or(Refusal::BundleMissing)?;
        let (id, now) = (SessionId::new(&mut &self.dice)?, self.now()?);
        let (request, response) = (Handle::new(&mut &self.dice)?, Handle::new(&mut &self.dice)?);
        let lifetime = self.config.lifetimes.session;
        let response_uri = self.address("responses", response.as_str());
        let exchange = Exchange::begin(&allowed, &self.by, &response_uri, (now, lifetime), &mut &self.dice)?;
        let told = self.told(id, &exchange, &allowed, &request, now + lifetime)?;
        let (flow, context) = (allowed.way.flow(), exchange.context(allowed).to_bytes()?);
        let response = response.lookup();
        let session = NewSession {
            id,
            owner: owner.to_owned(),
            request: request.lookup(),
            response,
            flow,
            context: self.vault.seal(Kind::Context, &response, &context)?,
            expires_at: now + lifetime,
            keep_until: now + lifetime + EXPIRED_FOR,
        };
        self.store.begin(&session).await?;
        Ok(told)
    }

    fn address(&self, kind: &str, end: &str) -> String {
        format!("{}/{kind}/{end}", self.config.base_url)
    }

    fn told(
        &self,
        id: SessionId,
        exchange: &Exchange,
        allowed: &Allowed,
        request: &Handle,
        expires_at: Timestamp,
    ) -> Result<Value, Refusal> {
        let status = self.address("sessions", &id.to_string());
        let mut told = json!({
            "id": id.to_string(),
            "flow": flow_name(allowed.way.flow()),
            "expires_at": expires_at.to_string(),
            "status_url": status,
            "events_url": format!("{status}/events"),
        });
        match exchange {
            Exchange::Browser(pending, _) => {
                told["request"] = self.for_page(pending)?;
                told["response_url"] = format!("{status}/response").into();
            }
            Exchange::Redirect(pending) => self.tell_links(&mut told, pending, request, &allowed.way),
        }
        Ok(told)
    }

    /// What a page hands to its browser.
    fn for_page(&self, pending: &PendingBrowserPresentation) -> Result<Value, Refusal> {
        let unsigned = pending.to_be_signed();
        let signatures = unsigned.iter().map(|one| self.by.signature(one.to_be_signed()));
        Ok(pending.request(&signatures.collect::<Result<Vec<_>, _>>()?)?)
    }

    fn tell_links(&self, told: &mut Value, pending: &PendingPresentation, request: &Handle, way: &Way) {
        let uri = self.address("requests", request.as_str());
        let link = |base: &str| pending.link(base, &uri, RequestUriMethod::Post);
        let by_scheme = link(&self.config.wallets.scheme);
        if let Some(page) = &self.config.wallets.page {
            told["wallet_page_link"] = link(page).into();
        }
        if matches!(way, Way::CrossDevice) {
            told["qr"] = svg(&by_scheme).into();
            told["number"] = number(pending.nonce()).into();
        }
        told["link"] = by_scheme.into();
    }

    /// The request object, for one wallet (peers' hole 10). The same wallet may ask again, as it does when an answer got
    /// lost, if it is known by a nonce of 128 bits, which nobody else has (OpenID4VP 1.0 §5.10).
    pub(crate) async fn request(&self, handle: &str, nonce: Option<&str>) -> Result<String, Refusal> {
        let known = nonce.filter(|nonce| nonce.len() >= KNOWN_NONCE).map(lookup);
        let session = match self.store.fetch(lookup(handle), known, self.now()?).await? {
            Fetched::Done(session) => session,
            Fetched::Taken => return Err(Refusal::RequestTaken),
            Fetched::Expired => return Err(Refusal::Expired),
            Fetched::Unknown => return Err(Refusal::Unknown),
        };
        self.say(session.id);
        match self.context(&session)?.exchange()? {
            Exchange::Redirect(pending) => Ok(self.by.sign(pending.request_object(nonce))?),
            Exchange::Browser(..) => Err(Refusal::Unknown),
        }
    }

    fn context(&self, session: &Session) -> Result<Context, Refusal> {
        let sealed = session.context.as_deref().ok_or(Refusal::Expired)?;
        Ok(Context::from_bytes(&self.vault.open(Kind::Context, &session.response, sealed)?)?)
    }

    /// Takes an answer, and then looks at it. Where the person goes on, if anywhere.
    pub(crate) async fn answer(self: Arc<Self>, response: Lookup, body: Vec<u8>) -> Result<Option<String>, Refusal> {
        let (now, sealed) = (self.now()?, self.vault.seal(Kind::Answer, &response, &body)?);
        let session = match self.store.answer(response, &sealed, now, now + LEASE).await? {
            Answered::Done(session) => session,
            Answered::Taken => return Err(Refusal::AnswerTaken),
            Answered::NotFetched => return Err(Refusal::NotFetched),
            Answered::Expired => return Err(Refusal::Expired),
            Answered::Unknown => return Err(Refusal::Unknown),
        };
        self.crash.reach(Point::AfterTake);
        self.say(session.id);
        self.conclude(&session, body, now).await
    }

    /// Judges the answer of a session, notes the result, and says where the person goes on.
    pub(crate) async fn conclude(
        self: &Arc<Self>,
        session: &Session,
        body: Vec<u8>,
        at: Timestamp,
    ) -> Result<Option<String>, Refusal> {
        let context = self.context(session)?;
        let (exchange, holders, service) = (context.exchange()?, context.holders, Arc::clone(self));
        let judged = tokio::task::spawn_blocking(move || service.judge(exchange, holders, &body, at)).await;
        let Judged { outcome, fault } = judged.map_err(|error| Refusal::Machine(error.to_string()))?;
        let code = context.redirect_uri.is_some().then(|| ResponseCode::draw(&mut &self.dice)).transpose()?;
        let finished = self.finished(session, &context, outcome, code.as_ref())?;
        self.crash.reach(Point::BeforeFinish);
        if self.store.finish(session.id, &finished).await? == Swap::Lost {
            return Err(Refusal::AnswerTaken);
        }
        self.crash.reach(Point::AfterFinish);
        self.say(session.id);
        self.told.notify_one();
        match (fault, code, &context.redirect_uri) {
            (Some(fault), ..) if !fault.is_refusal() => Err(Refusal::Answer(fault)),
            (_, Some(code), Some(page)) => Ok(Some(code.redirect_uri(page)?)),
            _ => Ok(None),
        }
    }

    fn judge(&self, exchange: Exchange, holders: crate::asking::Holders, body: &[u8], at: Timestamp) -> Judged {
        let received = match exchange.receive(body) {
            Ok(received) => received,
            Err(fault) => return Judged { outcome: Outcome::unanswered(&fault, at), fault: Some(fault) },
        };
        let catalogue = self.uses.catalogue();
        let held = self.bundles.newest().ok_or(NotHeld::BundleMissing).and_then(|store| {
            let judge = Judge {
                store: &store,
                catalogue,
                class: self.by.registration().use_class(),
                accept_age: self.config.accept_age,
                within: self.config.lifetimes.session,
            };
            judge.judge(&received, holders, at)
        });
        let outcome = match held {
            Ok(held) => Outcome::held(&held, catalogue, at),
            Err(reason) => Outcome::not_held(&reason, at),
        };
        Judged { outcome, fault: None }
    }

    fn finished(
        &self,
        session: &Session,
        context: &Context,
        outcome: Outcome,
        code: Option<&ResponseCode>,
    ) -> Result<Finished, Refusal> {
        let (id, now) = (session.id.to_string(), self.now()?);
        let kept = json!({ "reference": context.reference, "result": outcome.into_value() });
        let message = self.pushes.then(|| self.message(session, &kept, now)).transpose()?;
        Ok(Finished {
            result: self.vault.seal(Kind::Result, &session.response, kept.to_string().as_bytes())?,
            code: code.map(|code| *code.hash(&id).as_bytes()),
            keep_until: now + self.config.lifetimes.result,
            message,
        })
    }

    /// The webhook of a result. On the same device the result is for the browser that comes back with the code: whoever
    /// began a session and had it answered by another gets nothing pushed (OpenID4VP 1.0 §14.2).
    fn message(&self, session: &Session, kept: &Value, now: Timestamp) -> Result<NewMessage, Refusal> {
        let id: MessageId = (&self.dice).array()?;
        let mut data = told_of(session, State::Done);
        data["reference"] = kept["reference"].clone();
        if session.flow == Flow::SameDevice {
            data["result_needs"] = "response_code".into();
        } else {
            data["result"] = kept["result"].clone();
        }
        let body = json!({ "type": "session.done", "timestamp": now.to_string(), "data": data });
        let body = self.vault.seal(Kind::Message, &id, body.to_string().as_bytes())?;
        Ok(NewMessage { id, body, next_at: now, keep_until: now + self.config.lifetimes.result })
    }

    /// A session of that owner.
    pub(crate) async fn session(&self, owner: &str, id: &str) -> Result<Session, Refusal> {
        let id: SessionId = id.parse().map_err(|_| Refusal::Unknown)?;
        let session = self.store.session(id).await?;
        session.filter(|session| session.owner == owner).ok_or(Refusal::Unknown)
    }

    /// What its owner is told of a session; and whether that is its result.
    pub(crate) fn tell(&self, session: &Session, code: Option<&str>) -> Result<(Value, bool), Refusal> {
        let state = self.state(session)?;
        let mut told = told_of(session, state);
        if state != State::Done {
            return Ok((told, false));
        }
        let opens = |hash: Lookup| {
            let redeemed = code.map(|code| ResponseCodeHash::from_bytes(hash).redeem(&session.id.to_string(), code));
            redeemed.is_some_and(|redeemed| redeemed.is_ok())
        };
        if !session.code.is_none_or(opens) {
            if code.is_some() {
                return Err(Refusal::CodeForeign);
            }
            told["result_needs"] = "response_code".into();
            return Ok((told, false));
        }
        let Some(sealed) = &session.result else { return Err(Refusal::Delivered) };
        let kept = self.vault.open(Kind::Result, &session.response, sealed)?;
        let mut kept: Value = serde_json::from_slice(&kept).map_err(|_| Refusal::Machine("a result".to_owned()))?;
        told["reference"] = kept["reference"].take();
        told["result"] = kept["result"].take();
        Ok((told, true))
    }

    pub(crate) fn state(&self, session: &Session) -> Result<State, Refusal> {
        let over = session.expires_at <= self.now()?;
        Ok(match session.state {
            State::Waiting | State::Fetched if over => State::Expired,
            state => state,
        })
    }

    /// The result arrived, as far as anybody can tell.
    pub(crate) async fn delivered(&self, id: SessionId) -> Result<(), Refusal> {
        let keep = self.config.lifetimes.delivered;
        Ok(self.store.delivered(id, self.now()? + keep, keep == Duration::seconds(0)).await?)
    }

    /// The webhook of a result was taken. On the same device it told no claims, so the result is still to be fetched.
    pub(crate) async fn pushed(&self, id: SessionId) -> Result<(), Refusal> {
        match self.store.session(id).await? {
            Some(session) if session.flow != Flow::SameDevice => self.delivered(id).await,
            _ => Ok(()),
        }
    }

    /// The answer that another replica took and did not judge.
    pub(crate) async fn take_over(self: &Arc<Self>, session: Session) -> Result<(), Refusal> {
        let (Some(sealed), Some(at)) = (&session.answer, session.answered_at) else { return Ok(()) };
        let body = self.vault.open(Kind::Answer, &session.response, sealed)?.to_vec();
        match self.conclude(&session, body, at).await {
            Ok(_) | Err(Refusal::Answer(_) | Refusal::AnswerTaken) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    /// Lets who waits here know. Nobody may wait.
    fn say(&self, id: SessionId) {
        drop(self.changed.send(id));
    }

    pub(crate) fn lease(now: Timestamp) -> Timestamp {
        now + LEASE
    }
}

const fn flow_name(flow: Flow) -> &'static str {
    match flow {
        Flow::SameDevice => "same_device",
        Flow::CrossDevice => "cross_device",
        Flow::Browser => "dc_api",
    }
}

const fn state_name(state: State) -> &'static str {
    match state {
        State::Waiting => "waiting",
        State::Fetched => "fetched",
        State::Answered => "answered",
        State::Done => "done",
        State::Expired => "expired",
    }
}

fn told_of(session: &Session, state: State) -> Value {
    json!({
        "id": session.id.to_string(),
        "flow": flow_name(session.flow),
        "state": state_name(state),
        "expires_at": session.expires_at.to_string(),
    })
}

/// The id of a message as a webhook carries it.
pub(crate) fn message_name(id: &MessageId) -> String {
    format!("msg_{}", base64url::encode(id))
}
