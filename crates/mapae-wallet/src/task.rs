//! Errands that need the world, without touching it (design D5): a [`Task`] says what it wants done and waits for the reply.
//!
//! ```text
//! loop {
//!     match task.step(now) {
//!         Step::Want(want) => task.reply(whoever does such things),   // sends, signs, writes; microseconds or a minute
//!         Step::Done(result) => break result,
//!     }
//! }
//! ```
//!
//! An errand is written as an `async` function over [`Outside`], and needs no runtime: whoever drives the task is the
//! runtime. So the same errand runs on a command line that blocks, and in a browser where a key signs in its own time.
//!
//! Dropping a task is giving up. What has to survive that is written before the step that another party acts on.

use core::{
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    task::{Context, Poll, Waker},
};
use std::sync::{Arc, Mutex, PoisonError};

use mapae_crypto::{PublicKey, SeededEntropy, Signature};
use mapae_types::{
    Timestamp,
    http::{HttpRequest, HttpResponse},
};

use crate::{HeldKey, KeyHandle, Stopped, error::Halt, store::Change};

/// What a task wants done next.
#[derive(Debug)]
pub enum Step<T> {
    /// Do this, give [`Task::reply`] what came of it, and step again.
    Want(Want),
    /// The end.
    Done(T),
}

/// One thing to be done outside.
#[derive(Debug, Clone)]
pub enum Want {
    /// Send a request, follow no redirect, and reply with [`Reply::Response`] or [`Reply::Silent`].
    Send(HttpRequest),
    /// Make so many P-256 keys that are there when the program starts again; reply with [`Reply::Keys`].
    MakeKeys(usize),
    /// Sign each message by ES256; reply with [`Reply::Signatures`] in the same order.
    Sign(Vec<ToSign>),
    /// Write all of these changes or none, so that they survive a crash; reply with [`Reply::Written`].
    Write(Vec<Change>),
}

/// A message, and the key to sign it with.
#[derive(Clone)]
pub struct ToSign {
    /// Which key.
    pub key: KeyHandle,
    /// The message, not its digest.
    pub message: Vec<u8>,
}

/// A key that was made.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Under which it is found again.
    pub handle: KeyHandle,
    /// Its public half.
    pub public: PublicKey,
}

/// What came of a want.
#[derive(Debug)]
pub enum Reply {
    /// The answer to a request.
    Response(HttpResponse),
    /// No answer came; whether the request arrived is not known.
    Silent,
    /// The keys.
    Keys(Vec<NewKey>),
    /// The signatures.
    Signatures(Vec<Signature>),
    /// The changes are written.
    Written,
    /// The device did not do it: it is locked, full, or the person did not agree.
    Refused,
}

/// An errand on its way.
pub struct Task<T> {
    errand: Pin<Box<dyn Future<Output = T> + Send>>,
    desk: Arc<Mutex<Desk>>,
}

/// With what an errand begins.
#[derive(Clone)]
pub struct Start {
    /// The time.
    pub now: Timestamp,
    /// Fresh randomness of the operating system; everything that the errand draws comes of it.
    pub seed: [u8; 32],
}

/// Where an errand leaves its wants and finds the replies.
struct Desk {
    now: Timestamp,
    want: Option<Want>,
    reply: Option<Reply>,
}

/// The errand's side of the desk.
#[derive(Clone)]
pub(crate) struct Outside {
    desk: Arc<Mutex<Desk>>,
    pub(crate) entropy: SeededEntropy,
}

impl<T> Task<Result<T, Stopped>> {
    /// Begins an errand.
    pub(crate) fn begin<F>(start: &Start, errand: impl FnOnce(Outside) -> F) -> Self
    where
        F: Future<Output = Result<T, Halt>> + Send + 'static,
    {
        let desk = Arc::new(Mutex::new(Desk { now: start.now, want: None, reply: None }));
        let outside = Outside { desk: Arc::clone(&desk), entropy: SeededEntropy::new(&start.seed) };
        let errand = errand(outside);
        Self { errand: Box::pin(async move { errand.await.map_err(|halt| *halt.0) }), desk }
    }
}

impl<T> Task<T> {
    /// The same errand, of whose result `told` makes another.
    pub fn map<U>(self, told: impl FnOnce(T) -> U + Send + 'static) -> Task<U>
    where
        T: 'static,
    {
        let Self { errand, desk } = self;
        Task { errand: Box::pin(async move { told(errand.await) }), desk }
    }

    /// Goes on until something is wanted from outside, or to the end. Not to be called after [`Step::Done`].
    pub fn step(&mut self, now: Timestamp) -> Step<T> {
        lock(&self.desk).now = now;
        if let Some(want) = self.unanswered() {
            return Step::Want(want);
        }
        match self.errand.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => Step::Done(result),
            Poll::Pending => match lock(&self.desk).want.clone() {
                Some(want) => Step::Want(want),
                None => unreachable!("an errand waits for nothing but the desk"),
            },
        }
    }

    /// The want that no reply came for yet.
    fn unanswered(&self) -> Option<Want> {
        let desk = lock(&self.desk);
        desk.want.clone().filter(|_| desk.reply.is_none())
    }

    /// What came of the last want.
    pub fn reply(&mut self, reply: Reply) {
        lock(&self.desk).reply = Some(reply);
    }
}

impl Outside {
    /// The time of this step.
    pub(crate) fn now(&self) -> Timestamp {
        lock(&self.desk).now
    }

    /// Sends a request.
    pub(crate) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Halt> {
        let to = request.url.clone();
        match self.want(Want::Send(request)).await {
            Reply::Response(response) => Ok(response),
            Reply::Silent | Reply::Refused => Err(Stopped::silent(&to).into()),
            _ => Err(Stopped::ReplyForeign.into()),
        }
    }

    /// Makes keys.
    pub(crate) async fn make_keys(&self, count: usize) -> Result<Vec<NewKey>, Halt> {
        match self.want(Want::MakeKeys(count)).await {
            Reply::Keys(keys) if keys.len() == count => Ok(keys),
            Reply::Refused => Err(Stopped::DeviceRefused.into()),
            _ => Err(Stopped::ReplyForeign.into()),
        }
    }

    /// Makes keys for a record to refer to.
    pub(crate) async fn make_held_keys(&self, count: usize) -> Result<Vec<HeldKey>, Halt> {
        let made = self.make_keys(count).await?;
        Ok(made.into_iter().map(|key| HeldKey { handle: key.handle, public: key.public }).collect())
    }

    /// Makes one key.
    pub(crate) async fn make_key(&self) -> Result<HeldKey, Halt> {
        Ok(self.make_held_keys(1).await?.pop().ok_or(Stopped::ReplyForeign)?)
    }

    /// Signs messages.
    pub(crate) async fn sign(&self, messages: Vec<ToSign>) -> Result<Vec<Signature>, Halt> {
        let count = messages.len();
        match self.want(Want::Sign(messages)).await {
            Reply::Signatures(signatures) if signatures.len() == count => Ok(signatures),
            Reply::Refused => Err(Stopped::DeviceRefused.into()),
            _ => Err(Stopped::ReplyForeign.into()),
        }
    }

    /// Writes changes, all or none.
    pub(crate) async fn write(&self, changes: Vec<Change>) -> Result<(), Halt> {
        if changes.is_empty() {
            return Ok(());
        }
        match self.want(Want::Write(changes)).await {
            Reply::Written => Ok(()),
            Reply::Refused => Err(Stopped::NotWritten.into()),
            _ => Err(Stopped::ReplyForeign.into()),
        }
    }

    async fn want(&self, want: Want) -> Reply {
        lock(&self.desk).want = Some(want);
        let reply = poll_fn(|_| match lock(&self.desk).reply.take() {
            Some(reply) => Poll::Ready(reply),
            None => Poll::Pending,
        })
        .await;
        lock(&self.desk).want = None;
        reply
    }
}

impl<T> fmt::Debug for Task<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Task")
    }
}

impl fmt::Debug for Start {
    /// The seed is a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Start").field("now", &self.now).finish_non_exhaustive()
    }
}

impl fmt::Debug for ToSign {
    /// Messages hold what is disclosed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToSign").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Nothing that holds the lock can panic.
fn lock(desk: &Mutex<Desk>) -> std::sync::MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}
