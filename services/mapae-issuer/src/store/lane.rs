//! Calls that come at the same time are done together: while one group is at work, the next one gathers.

use core::future::Future;

use tokio::sync::{mpsc, oneshot};

use super::StoreError;

/// Calls of one group.
const GROUP: usize = 128;
/// Calls that wait before more of them have to.
const WAITING: usize = 1024;

/// Who does groups of calls.
pub(super) trait Worker<A, R>: Send + Sync + 'static {
    /// An answer for each, in their order.
    fn work(&self, asks: Vec<A>) -> impl Future<Output = Vec<Result<R, StoreError>>> + Send;
}

/// Where calls wait for their group.
#[derive(Debug)]
pub(super) struct Lane<A, R>(mpsc::Sender<Call<A, R>>);

#[derive(Debug)]
struct Call<A, R> {
    ask: A,
    reply: oneshot::Sender<Result<R, StoreError>>,
}

impl<A, R> Clone for Lane<A, R> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<A: Send + 'static, R: Send + 'static> Lane<A, R> {
    /// One that works until nobody can call any more.
    pub(super) fn open(worker: impl Worker<A, R>) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(run(worker, receiver));
        Self(sender)
    }

    /// Waits for the answer. A caller that goes away does not take its call back.
    pub(super) async fn call(&self, ask: A) -> Result<R, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.0.send(Call { ask, reply }).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}

async fn run<A: Send + 'static, R: Send + 'static>(
    worker: impl Worker<A, R>,
    mut receiver: mpsc::Receiver<Call<A, R>>,
) {
    let mut calls = Vec::with_capacity(GROUP);
    while receiver.recv_many(&mut calls, GROUP).await > 0 {
        let (asks, replies): (Vec<A>, Vec<_>) = calls.drain(..).map(|call| (call.ask, call.reply)).unzip();
        for (reply, answer) in replies.into_iter().zip(worker.work(asks).await) {
            // Who no longer waits misses nothing: the call can be repeated.
            let _gone = reply.send(answer);
        }
    }
}
