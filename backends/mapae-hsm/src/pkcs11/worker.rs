//! Threads that sign: one for each session, since a session does one thing at a time (PKCS #11 v2.40 §2.6), and all
//! fed by one queue.
//!
//! A thread that meets an error opens a new session and tries once more: a token that was gone and is back costs its
//! user nothing but the time. A signature made twice does no harm, since only one is handed out.

use std::collections::HashMap;
use std::fmt;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use cryptoki::object::ObjectHandle;
use mapae_crypto::{PublicKey, Signature};
use tokio::sync::oneshot;

use super::keys;
use super::token::{Connection, Token};
use crate::{HsmError, Pkcs11Config};

type Reply<T> = oneshot::Sender<Result<T, HsmError>>;

/// The threads of one token. They end when the last handle is dropped.
#[derive(Clone)]
pub(crate) struct Workers {
    jobs: Sender<Job>,
}

enum Job {
    Open(Reply<()>),
    Find(Arc<str>, Reply<PublicKey>),
    Sign(Arc<KeyPair>, Vec<Vec<u8>>, Reply<Vec<Signature>>),
}

/// A key by its label, and what its signatures are held against.
pub(crate) struct KeyPair {
    pub(crate) label: Arc<str>,
    pub(crate) public: PublicKey,
}

impl Workers {
    /// Starts the threads and opens the token on one of them.
    pub(crate) async fn start(config: Pkcs11Config) -> Result<Self, HsmError> {
        let threads = config.sessions.get();
        let token = Arc::new(Token::new(config)?);
        let (jobs, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..threads {
            let (token, queue) = (token.clone(), queue.clone());
            let started = thread::Builder::new().name(format!("hsm-{number}")).spawn(move || work(token, &queue));
            drop(started.map_err(|_| HsmError::Stopped)?);
        }
        let workers = Self { jobs };
        workers.ask(Job::Open).await?;
        Ok(workers)
    }

    /// The public half of a key.
    pub(crate) async fn find(&self, label: Arc<str>) -> Result<PublicKey, HsmError> {
        self.ask(|reply| Job::Find(label, reply)).await
    }

    /// Signs messages, in their order.
    pub(crate) async fn sign(&self, key: Arc<KeyPair>, messages: Vec<Vec<u8>>) -> Result<Vec<Signature>, HsmError> {
        self.ask(|reply| Job::Sign(key, messages, reply)).await
    }

    async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, HsmError> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(job(reply)).map_err(|_| HsmError::Stopped)?;
        answer.await.map_err(|_| HsmError::Stopped)?
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Workers")
    }
}

fn work(token: Arc<Token>, queue: &Mutex<Receiver<Job>>) {
    let mut worker = Worker { token, connection: None, keys: HashMap::new() };
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        worker.serve(job);
    }
}

struct Worker {
    token: Arc<Token>,
    connection: Option<Connection>,
    /// Found in this connection.
    keys: HashMap<Arc<str>, ObjectHandle>,
}

impl Worker {
    /// Who asked may have gone meanwhile; then nobody is told.
    fn serve(&mut self, job: Job) {
        match job {
            Job::Open(reply) => drop(reply.send(self.twice(|_, _, _| Ok(())))),
            Job::Find(label, reply) => {
                let find = |token: &Token, c: &Connection, _: &mut _| keys::public(token, &c.session, &label);
                drop(reply.send(self.twice(find)));
            }
            // Who no longer waits for a signature needs none.
            Job::Sign(_, _, reply) if reply.is_closed() => {}
            Job::Sign(key, messages, reply) => {
                drop(reply.send(self.twice(|token, c, keys| sign(token, c, keys, &key, &messages))));
            }
        }
    }

    /// Runs something in a session; after an error, once more in a new one.
    fn twice<T>(&mut self, run: impl Fn(&Token, &Connection, &mut Keys) -> Result<T, HsmError>) -> Result<T, HsmError> {
        self.once(&run).or_else(|_| {
            self.connection = None;
            self.keys.clear();
            self.once(&run)
        })
    }

    fn once<T>(&mut self, run: impl Fn(&Token, &Connection, &mut Keys) -> Result<T, HsmError>) -> Result<T, HsmError> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.token.connect(false)?,
        };
        let state = self.token.module().enter();
        // Another thread has initialised the module anew meanwhile.
        if state.generation != connection.generation {
            return Err(HsmError::TokenAbsent { token: self.token.label().to_owned() });
        }
        let result = run(&self.token, &connection, &mut self.keys);
        drop(state);
        self.connection = Some(connection);
        result
    }
}

type Keys = HashMap<Arc<str>, ObjectHandle>;

fn sign(
    token: &Token,
    connection: &Connection,
    keys: &mut Keys,
    key: &KeyPair,
    messages: &[Vec<u8>],
) -> Result<Vec<Signature>, HsmError> {
    let session = &connection.session;
    let private = match keys.get(&key.label) {
        Some(private) => *private,
        None => *keys.entry(key.label.clone()).or_insert(keys::private(token, session, &key.label)?),
    };
    messages.iter().map(|message| keys::sign(token, session, private, key, message)).collect()
}
