//! Runs exchanges of OpenID4VCI, whose states sign at once, with keys that sign in their own time.
//!
//! A step of an exchange depends on nothing but its arguments. So it is taken with keys that know some signatures; a key
//! that is asked for another notes the message and answers with a blank, what came of the step is thrown away, the
//! messages are signed outside, and the step is taken again. A blank leaves this module never.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mapae_crypto::{Curve, PublicKey, Signature};
use mapae_oid4vci::wallet::{
    Answer, Context, Exchange, HttpRequest, HttpResponse, KeyUnusable, ServerNonces, WalletAttestation, WalletError,
    WalletKey,
};

use crate::{HeldKey, ToSign, error::Halt, task::Outside};

/// One wallet's line to issuers during an errand.
pub(super) struct Line {
    pub(super) outside: Outside,
    nonces: ServerNonces,
    pad: Arc<Mutex<Pad>>,
}

/// As whom the wallet speaks.
#[derive(Clone)]
pub(super) struct Identity {
    /// The key to which tokens are bound.
    pub(super) device: Arc<dyn WalletKey>,
    /// What its provider says of the wallet, and the key that it means.
    pub(super) client: Option<(WalletAttestation, Arc<dyn WalletKey>)>,
}

/// Signatures that are known, and messages that want one.
#[derive(Default)]
struct Pad {
    known: Vec<(ToSign, Signature)>,
    wanted: Vec<ToSign>,
}

/// A key that is outside.
pub(super) struct OutsideKey {
    held: HeldKey,
    pad: Arc<Mutex<Pad>>,
}

impl Line {
    pub(super) fn new(outside: Outside) -> Self {
        Self { outside, nonces: ServerNonces::default(), pad: Arc::default() }
    }

    /// A key for this line.
    pub(super) fn key(&self, held: &HeldKey) -> OutsideKey {
        OutsideKey { held: held.clone(), pad: Arc::clone(&self.pad) }
    }

    /// Runs an exchange to its end.
    pub(super) async fn run<E: Exchange<Done: Send> + Clone + Send>(
        &mut self,
        identity: &Identity,
        begin: impl Fn(&mut Context<'_>) -> Result<E, WalletError> + Send,
    ) -> Result<E::Done, Halt> {
        let mut course = Course::new(begin);
        self.drive(identity, &mut course).await?;
        Ok(course.end())
    }

    /// The same for exchanges of every kind: the wallet page travels over the network, and holds this once.
    pub(super) async fn drive(&mut self, identity: &Identity, course: &mut (dyn Steps + Send)) -> Result<(), Halt> {
        self.step(identity, course, None).await?;
        while let Some(request) = course.request() {
            let response = self.outside.send(request).await?;
            self.step(identity, course, Some(&response)).await?;
        }
        Ok(())
    }

    /// Takes a step as often as there is something to be signed for it.
    async fn step(
        &mut self,
        identity: &Identity,
        course: &mut (dyn Steps + Send),
        response: Option<&HttpResponse>,
    ) -> Result<(), Halt> {
        // The time stands still, or each try would sign another message.
        let now = self.outside.now();
        loop {
            let (mut nonces, mut entropy) = (self.nonces.clone(), self.outside.entropy.clone());
            let wallet = identity.client.as_ref().map(|(attestation, key)| attestation.with_key(&**key));
            let device = &*identity.device;
            let came = course
                .attempt(response, &mut Context { now, entropy: &mut entropy, device, wallet, nonces: &mut nonces });
            let wanted = std::mem::take(&mut lock(&self.pad).wanted);
            if wanted.is_empty() {
                (self.nonces, self.outside.entropy) = (nonces, entropy);
                lock(&self.pad).known.clear();
                return Ok(came?);
            }
            drop(came);
            let signatures = self.outside.sign(wanted.clone()).await?;
            lock(&self.pad).known.extend(wanted.into_iter().zip(signatures));
        }
    }
}

/// An exchange on its course, of whichever kind.
pub(super) trait Steps {
    /// Tries the next step, the first without a response. The last try of a step counts.
    fn attempt(&mut self, response: Option<&HttpResponse>, context: &mut Context<'_>) -> Result<(), WalletError>;

    /// What to send next, if the step did not lead to the end.
    fn request(&mut self) -> Option<HttpRequest>;
}

/// An exchange of one kind on its course.
pub(super) struct Course<B, E: Exchange> {
    begin: B,
    waiting: Option<E>,
    came: Option<Answer<E, E::Done>>,
}

impl<B, E: Exchange> Course<B, E> {
    pub(super) const fn new(begin: B) -> Self {
        Self { begin, waiting: None, came: None }
    }

    /// To what it led, once it was driven to its end.
    pub(super) fn end(self) -> E::Done {
        match self.came {
            Some(Answer::Done(done)) => done,
            _ => unreachable!("a course without a request is over"),
        }
    }
}

impl<B, E> Steps for Course<B, E>
where
    B: Fn(&mut Context<'_>) -> Result<E, WalletError>,
    E: Exchange + Clone,
{
    fn attempt(&mut self, response: Option<&HttpResponse>, context: &mut Context<'_>) -> Result<(), WalletError> {
        self.came = Some(match (&self.waiting, response) {
            (Some(waiting), Some(response)) => waiting.clone().receive(response, context)?,
            _ => Answer::Again((self.begin)(context)?),
        });
        Ok(())
    }

    fn request(&mut self) -> Option<HttpRequest> {
        match self.came.take() {
            Some(Answer::Again(next)) => Some(self.waiting.insert(next).request().clone()),
            came => {
                self.came = came;
                None
            }
        }
    }
}

impl WalletKey for OutsideKey {
    fn public(&self) -> &PublicKey {
        &self.held.public
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, KeyUnusable> {
        let mut pad = lock(&self.pad);
        let is_known = |one: &&(ToSign, Signature)| one.0.key == self.held.handle && one.0.message == message;
        if let Some((_, signature)) = pad.known.iter().find(is_known) {
            return Ok(signature.clone());
        }
        pad.wanted.push(ToSign { key: self.held.handle.clone(), message: message.to_vec() });
        Signature::from_bytes(Curve::P256, &[0; 64]).map_err(|_| KeyUnusable)
    }
}

/// Nothing that holds the lock can panic.
fn lock(pad: &Mutex<Pad>) -> MutexGuard<'_, Pad> {
    pad.lock().unwrap_or_else(PoisonError::into_inner)
}
