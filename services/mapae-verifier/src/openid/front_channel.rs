//! What a browser visits: it begins, is shown the wallet's links, and comes back for its answer.

use std::sync::Arc;

use mapae_oidc::{
    AgainFault, Arrival, AuthorizationAnswer, AuthorizationRefusal, AuthorizationRequest, Begun, IssueFault,
    IssuedCode, Login, LoginRefusal, LogoutFault, Once, PageFault, Provider, PushedArrival,
};
use mapae_sql::Swap;
use mapae_types::Timestamp;

use super::{
    OpenId,
    not_held::{NoLogin, SIGN_INS},
    outcome::Concluded,
    sign_ins::{Open, Shut, Stand},
};
use crate::{
    fault::Refusal,
    store::{Named, OpenIdStore, SessionStore, Thing},
    vault::Kind,
};

/// What became of a browser that arrived.
pub(super) enum Arrived {
    /// It is shown where the wallet is.
    Began(Beginning),
    /// It carries an answer to the client.
    Back(AuthorizationAnswer),
    /// It is shown a page, and goes nowhere.
    Page(PageFault),
}

/// A page, and the cookie that makes this browser the one that began.
pub(super) struct Beginning {
    pub(super) page: String,
    pub(super) cookie: String,
    pub(super) id: String,
    pub(super) seconds: i64,
}

/// What a browser comes with that comes back.
pub(super) struct Return<'a> {
    pub(super) cookie: Option<&'a str>,
    pub(super) code: Option<&'a str>,
    /// The person gave up.
    pub(super) cancels: bool,
}

/// What became of a browser that came back.
pub(super) enum Returned {
    /// It carries an answer to the client.
    Back(AuthorizationAnswer),
    /// The wallet has not answered: the page goes on waiting.
    Waits(String),
    /// The document did not hold: the person chooses how to go on.
    NotHeld(Box<Open>, NoLogin),
}

/// What became of a browser that wants to try again.
pub(super) enum Again {
    /// It does.
    Began(Beginning),
    /// There is nothing to try again: the page says where things stand.
    Stays(String),
}

impl<S: SessionStore + OpenIdStore> OpenId<S> {
    /// A request, directly or by the name of one that was pushed.
    pub(super) async fn authorize(&self, parameters: &[u8]) -> Result<Arrived, Refusal> {
        let today = self.today().await?;
        let provider = &today.provider;
        let request = match provider.authorize(parameters) {
            Ok(Arrival::Direct(request)) => Ok(*request),
            Ok(Arrival::Pushed(pushed)) => self.pushed(provider, pushed).await?,
            Err(refusal) => Err(refusal),
        };
        match request {
            Ok(request) => self.begin(provider, request).await,
            Err(AuthorizationRefusal::Page(fault)) => Ok(Arrived::Page(fault)),
            Err(AuthorizationRefusal::Back { answer, .. }) => Ok(Arrived::Back(answer)),
        }
    }

    /// Opened once (RFC 9126 §4, peers' hole 10).
    async fn pushed(
        &self,
        provider: &Provider,
        pushed: PushedArrival,
    ) -> Result<Result<AuthorizationRequest, AuthorizationRefusal>, Refusal> {
        let (store, name, now) = (&self.service.store, pushed.hash(), self.now()?);
        let kept = store.kept(Thing::Pushed, &name).await?;
        let sealed = kept.and_then(|kept| kept.record);
        let record = sealed.map(|sealed| self.service.vault.open(Kind::OpenId(Thing::Pushed), &name, &sealed));
        let record = record.transpose()?;
        let once = match store.spend(Thing::Pushed, &name).await? {
            Swap::Done => Once::First,
            Swap::Lost => Once::Again,
        };
        Ok(pushed.open(provider, record.as_ref().map(|record| &record[..]), once, now))
    }

    async fn begin(&self, provider: &Provider, request: AuthorizationRequest) -> Result<Arrived, Refusal> {
        let now = self.now()?;
        let begun = request.begin(provider, &mut &self.service.dice, now)?;
        let asked = async { self.keep(&self.ask(&begun.pending, provider, 0).await?).await };
        let refusal = match asked.await {
            Ok(()) => return Ok(Arrived::Began(Beginning::of(&begun, provider, now))),
            Err(refusal) => refusal,
        };
        let Begun { pending, cookie } = begun;
        let why = match refusal {
            Refusal::BundleMissing | Refusal::Store(_) => LoginRefusal::Unavailable,
            _ => LoginRefusal::Internal,
        };
        self.service.notices.say(format_args!("a sign-in could not begin: {refusal}"));
        pending.refuse(cookie.expose(), why).map(Arrived::Back).map_err(|_| refusal)
    }

    /// The browser comes for its answer: a code, or why there is none.
    pub(super) async fn come_back(&self, id: &str, with: &Return<'_>) -> Result<Returned, Shut> {
        let open = self.open(id, with.cookie).await?;
        match self.stand(&open, with.code).await? {
            Stand::Ready(Concluded::Refused(no)) if with.cancels || !no.is_shown() => {
                self.refuse(open, with, no.why).await
            }
            _ if with.cancels => self.refuse(open, with, LoginRefusal::Declined).await,
            Stand::Ready(Concluded::Login(login)) => self.give(open, with, *login).await,
            Stand::Ready(Concluded::Refused(no)) => Ok(Returned::NotHeld(Box::new(open), no)),
            Stand::Late => self.refuse(open, with, LoginRefusal::TimedOut).await,
            Stand::Waiting | Stand::Returning => {
                Ok(Returned::Waits(open.today.provider.issuer().endpoint(&format!("login/{}", open.pending.id()))))
            }
        }
    }

    /// The same request once more, if its answer was refused: one sign-in ends as the other begins, a bounded number of times.
    pub(super) async fn again(&self, id: &str, cookie: Option<&str>) -> Result<Again, Shut> {
        let open = self.open(id, cookie).await?;
        let (now, today) = (self.now()?, Arc::clone(&open.today));
        let provider = &today.provider;
        let refused = matches!(self.stand(&open, None).await?, Stand::Ready(Concluded::Refused(no)) if no.is_shown());
        if !refused || !open.may_again() {
            // If another page of the same browser has begun anew since, nothing is left of this sign-in.
            let open = self.open(id, cookie).await?;
            return Ok(Again::Stays(provider.issuer().endpoint(&format!("login/{}/return", open.pending.id()))));
        }
        let Open { pending, record, .. } = open;
        let id = pending.id();
        let begun = pending.again(provider, cookie.unwrap_or_default(), &mut &self.service.dice, now);
        let begun = begun.map_err(|fault| match fault {
            AgainFault::Entropy(failed) => Shut::Broken(failed.into()),
            _ => Shut::Browser,
        })?;
        let new = self.ask(&begun.pending, provider, record.before + 1).await?;
        self.end(id, &record, Some(&new)).await?;
        Ok(Again::Began(Beginning::of(&begun, provider, now)))
    }

    /// The code, once: what is kept of the sign-in becomes what is kept of it.
    async fn give(&self, open: Open, with: &Return<'_>, login: Login) -> Result<Returned, Shut> {
        let (now, provider) = (self.now()?, &open.today.provider);
        let IssuedCode { answer, hash, code, .. } =
            match login.issue(provider, with.cookie.unwrap_or_default(), &mut &self.service.dice, now) {
                Ok(issued) => issued,
                Err(IssueFault::Browser(_)) => return Err(Shut::Browser),
                Err(_) => return self.refuse(open, with, LoginRefusal::TimedOut).await,
            };
        let record = self.service.vault.seal(Kind::OpenId(Thing::Code), &hash, &code.to_record());
        let kept = Named {
            thing: Thing::Code,
            name: hash.to_vec(),
            login: Some(open.pending.id().to_bytes()),
            record: Some(record.map_err(Refusal::from)?),
            // As long as what it gives, so that a second use withdraws that.
            keep_until: code.expires() + provider.lifetimes().tokens,
        };
        self.end(open.pending.id(), &open.record, Some(&kept)).await?;
        Ok(Returned::Back(answer))
    }

    async fn refuse(&self, open: Open, with: &Return<'_>, why: LoginRefusal) -> Result<Returned, Shut> {
        let Open { pending, record, .. } = open;
        let id = pending.id();
        let answer = pending.refuse(with.cookie.unwrap_or_default(), why).map_err(|_| Shut::Browser)?;
        self.end(id, &record, None).await?;
        Ok(Returned::Back(answer))
    }

    /// Signs out: where the browser goes then, if anywhere.
    pub(super) async fn logout(&self, parameters: &[u8]) -> Result<Result<Option<String>, LogoutFault>, Refusal> {
        let today = self.today().await?;
        let asked = match today.provider.logout(parameters) {
            Ok(asked) => asked,
            Err(fault) => return Ok(Err(fault)),
        };
        if let Some(login) = asked.login() {
            self.service.store.withdraw(login.to_bytes()).await?;
        }
        Ok(Ok(asked.location().map(str::to_owned)))
    }
}

impl Open {
    /// Whether the request may have another sign-in.
    pub(super) const fn may_again(&self) -> bool {
        self.record.before + 1 < SIGN_INS
    }
}

impl Beginning {
    fn of(begun: &Begun, provider: &Provider, now: Timestamp) -> Self {
        let id = begun.pending.id().to_string();
        Self {
            page: provider.issuer().endpoint(&format!("login/{id}")),
            cookie: begun.cookie.expose().to_owned(),
            seconds: now.age_at(begun.pending.expires()).as_seconds(),
            id,
        }
    }
}
