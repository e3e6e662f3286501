//! What a client's server asks: pushed requests, tokens and claims.

use mapae_oidc::{
    AccessGrant, BearerToken, Code, LoginId, Once, Refusal as Refused, Replay, TokenAlgorithm, TokenFault,
    TokenSignature, Tokens, UnsignedTokens, UserinfoFault,
};
use mapae_sql::Swap;
use zeroize::Zeroizing;

use super::{OpenId, providers::Today, sign_ins::broken};
use crate::{
    Point,
    fault::Refusal,
    store::{Named, OpenIdStore, SessionStore, Thing},
    vault::Kind,
};

/// What a client is told, or why not: by the protocol, or by us.
pub(super) enum Denied {
    /// The client.
    Protocol(Refused),
    /// Ours.
    Broken(Refusal),
}

/// The header of a request, and its body.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) authorization: Option<&'a str>,
    pub(super) body: &'a [u8],
}

impl<S: SessionStore + OpenIdStore> OpenId<S> {
    /// Keeps a request until its browser comes (RFC 9126 §2).
    pub(super) async fn push(&self, asked: Asked<'_>) -> Result<Vec<u8>, Denied> {
        let (today, now) = (self.today().await?, self.now()?);
        let pushed = today.provider.push(asked.authorization, asked.body, now)?;
        let once = self.once(pushed.replay()).await?;
        let pushed = pushed.confirm(once).map_err(Refused::from)?;
        let kept = pushed.keep(&today.provider, &mut &self.service.dice, now).map_err(Refusal::from)?;
        let record = self.service.vault.seal(Kind::OpenId(Thing::Pushed), &kept.hash, &kept.record);
        let new = Named {
            thing: Thing::Pushed,
            name: kept.hash.to_vec(),
            login: None,
            record: Some(record.map_err(Refusal::from)?),
            keep_until: kept.expires,
        };
        match self.service.store.keep(&new).await.map_err(Refusal::from)? {
            Swap::Done => Ok(kept.json),
            Swap::Lost => Err(broken("a name that was drawn twice").into()),
        }
    }

    /// Tokens for a code, once.
    pub(super) async fn token(&self, asked: Asked<'_>) -> Result<Zeroizing<String>, Denied> {
        let (today, now) = (self.today().await?, self.now()?);
        let request = today.provider.token(asked.authorization, asked.body, now)?;
        let once = self.once(request.replay()).await?;
        let request = request.confirm(once).map_err(TokenFault::from)?;
        let hash = request.code_hash();
        let redemption = request.redeem(self.code(&hash).await?)?;
        let login = redemption.login();
        let once = self.spent(&hash, login).await?;
        let tokens = signed(redemption.consume(&today.provider, once, &mut &self.service.dice, now)?, &today)?;
        match self.granted(&hash, login, &tokens).await? {
            Swap::Done => Ok(Zeroizing::new(tokens.json.expose().to_owned())),
            // Somebody brought the code again while this was signed.
            Swap::Lost => Err(TokenFault::CodeUsed { login }.into()),
        }
    }

    /// Marks a code as used; where it was used before, what it gave is withdrawn (RFC 6749 §4.1.2).
    async fn spent(&self, code: &[u8; 32], login: LoginId) -> Result<Once, Refusal> {
        let store = &self.service.store;
        if store.spend(Thing::Code, code).await? == Swap::Done {
            self.service.crash.reach(Point::AfterSpend);
            return Ok(Once::First);
        }
        store.withdraw(login.to_bytes()).await?;
        Ok(Once::Again)
    }

    async fn granted(&self, code: &[u8; 32], login: LoginId, tokens: &Tokens) -> Result<Swap, Refusal> {
        let (name, record) = (&tokens.access_hash, tokens.access.to_record());
        let access = Named {
            thing: Thing::Access,
            name: name.to_vec(),
            login: Some(login.to_bytes()),
            record: Some(self.service.vault.seal(Kind::OpenId(Thing::Access), name, &record)?),
            keep_until: tokens.access.expires(),
        };
        let granted = self.service.store.grant(code, &access).await?;
        self.service.crash.reach(Point::AfterGrant);
        Ok(granted)
    }

    async fn code(&self, hash: &[u8; 32]) -> Result<Option<Code>, Denied> {
        let kept = self.service.store.kept(Thing::Code, hash).await.map_err(Refusal::from)?;
        let Some(sealed) = kept.and_then(|kept| kept.record) else { return Ok(None) };
        let record = self.service.vault.open(Kind::OpenId(Thing::Code), hash, &sealed).map_err(Refusal::from)?;
        Code::from_record(&record).map(Some).map_err(|_| broken("a code").into())
    }

    /// Notes that an assertion was shown (RFC 7523 §3 rule 7).
    async fn once(&self, replay: Option<&Replay>) -> Result<Once, Refusal> {
        let Some(replay) = replay else { return Ok(Once::First) };
        let name = replay.key().to_vec();
        let new = Named { thing: Thing::Assertion, name, login: None, record: None, keep_until: replay.until() };
        Ok(match self.service.store.keep(&new).await? {
            Swap::Done => Once::First,
            Swap::Lost => Once::Again,
        })
    }

    /// The claims that a token opens; `form` is the body of a POST.
    pub(super) async fn userinfo(
        &self,
        authorization: Option<&str>,
        form: Option<&[u8]>,
    ) -> Result<Zeroizing<Vec<u8>>, Denied> {
        let token = BearerToken::read(authorization, form)?;
        let hash = token.hash();
        let kept = self.service.store.kept(Thing::Access, &hash).await.map_err(Refusal::from)?;
        let sealed = kept.and_then(|kept| kept.record).ok_or(UserinfoFault::TokenUnknown)?;
        let record = self.service.vault.open(Kind::OpenId(Thing::Access), &hash, &sealed).map_err(Refusal::from)?;
        let grant = AccessGrant::from_record(&record).map_err(|_| broken("an access token"))?;
        Ok(grant.userinfo(self.now()?)?)
    }
}

fn signed(unsigned: UnsignedTokens, today: &Today) -> Result<Tokens, Refusal> {
    match unsigned.algorithm() {
        TokenAlgorithm::Rs256 => {
            let made = today.signs.rs256.sign(unsigned.to_be_signed());
            let made = made.map_err(|_| Refusal::Machine("the key that signs tokens failed".to_owned()))?;
            Ok(unsigned.attach(TokenSignature::Rs256(&made)))
        }
        TokenAlgorithm::Es256 => {
            let made = today.signs.es256.sign(unsigned.to_be_signed())?;
            Ok(unsigned.attach(&made))
        }
    }
}

impl From<Refused> for Denied {
    fn from(refused: Refused) -> Self {
        Self::Protocol(refused)
    }
}

impl From<TokenFault> for Denied {
    fn from(fault: TokenFault) -> Self {
        Self::Protocol(fault.into())
    }
}

impl From<UserinfoFault> for Denied {
    fn from(fault: UserinfoFault) -> Self {
        Self::Protocol(fault.into())
    }
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        Self::Broken(refusal)
    }
}
