//! Calls that come at the same time are done together: while one group is at work, the next one gathers.

use core::future::Future;
use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, oneshot};

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
    /// One that works until nobody can call any more, on so many groups at the same time.
    pub(super) fn open(worker: impl Worker<A, R>, groups: usize) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        let (worker, receiver) = (Arc::new(worker), Arc::new(Mutex::new(receiver)));
        for _ in 0..groups {
            tokio::spawn(run(Arc::clone(&worker), Arc::clone(&receiver)));
        }
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
    worker: Arc<impl Worker<A, R>>,
    receiver: Arc<Mutex<mpsc::Receiver<Call<A, R>>>>,
) {
    let mut calls = Vec::with_capacity(GROUP);
    while gather(&receiver, &mut calls).await > 0 {
        let (asks, replies): (Vec<A>, Vec<_>) = calls.drain(..).map(|call| (call.ask, call.reply)).unzip();
        for (reply, answer) in replies.into_iter().zip(worker.work(asks).await) {
            // Who no longer waits misses nothing: the call can be repeated.
            let _gone = reply.send(answer);
        }
    }
}

/// Who waits here is the next to work; the others wait for their turn to gather.
async fn gather<A, R>(receiver: &Mutex<mpsc::Receiver<Call<A, R>>>, calls: &mut Vec<Call<A, R>>) -> usize {
    receiver.lock().await.recv_many(calls, GROUP).await
}
