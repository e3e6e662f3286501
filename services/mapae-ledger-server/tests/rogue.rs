//! A log that keeps no rules: whoever has its key shows any history to anybody.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{Router, extract::State, http::StatusCode, response::IntoResponse};
use mapae_crypto::Ed25519SigningKey;
use mapae_http::{Answer, Bounds, Client};
use mapae_ledger::{
    AddCheckpoint, Checkpoint, Entry, Origin, Sequencer, SignedCheckpoint, TreeHash, TreeHead, TreeQuery, Witness,
    WitnessRecord,
};
use mapae_ledger_server::NamedKey;
use testkit::now;

use crate::scene::{ORIGIN, Scene, log_key};

type Files = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// Such a log, with an address of its own.
pub(crate) struct Rogue {
    files: Files,
    sequencer: Option<Sequencer>,
    pub(crate) checkpoint: SignedCheckpoint,
    pub(crate) url: String,
}

impl Rogue {
    /// Begins with these entries, whatever they are.
    pub(crate) async fn new(entries: &[Entry]) -> Self {
        let files = Files::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().fallback(serve).with_state(Arc::clone(&files));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let sequencer = Sequencer::new(log_key().verifier().clone()).unwrap();
        let checkpoint = signed(TreeHead::EMPTY);
        let mut rogue = Self { files, sequencer: Some(sequencer), checkpoint, url };
        rogue.add(entries);
        rogue
    }

    /// Adds entries, and serves a checkpoint that it alone has signed.
    pub(crate) fn add(&mut self, entries: &[Entry]) {
        let (sequencer, committed) = self.sequencer.take().unwrap().integrate(entries).unwrap().committed();
        self.checkpoint = signed(sequencer.head());
        self.sequencer = Some(sequencer);
        let mut files = self.files.lock().unwrap();
        files.extend(committed.files().iter().map(|file| (format!("/{}", file.path), file.bytes.clone())));
        files.insert("/checkpoint".to_owned(), self.checkpoint.to_string().into_bytes());
    }

    /// Serves a checkpoint that these witnesses, who help it, cosign.
    pub(crate) fn collude(&mut self, scene: &Scene, witnesses: &[usize]) {
        for at in witnesses {
            let place = &scene.witnesses[*at];
            let pem = std::fs::read_to_string(place.dir.join("witness.key")).unwrap();
            let key = Ed25519SigningKey::from_pkcs8_pem(&pem).unwrap();
            let witness = Witness::new(place.verifier.clone(), vec![log_key().verifier().clone()]).unwrap();
            let request = AddCheckpoint::new(0, Vec::new(), self.checkpoint.clone());
            let record = WitnessRecord::new(ORIGIN.parse().unwrap());
            let unsigned = witness.check(request, &record).unwrap().persisted(now()).unwrap();
            let signature = key.sign(unsigned.to_be_signed()).unwrap();
            self.checkpoint = self.checkpoint.clone().with(unsigned.attach(&signature).unwrap()).unwrap();
        }
        let checkpoint = self.checkpoint.to_string().into_bytes();
        self.files.lock().unwrap().insert("/checkpoint".to_owned(), checkpoint);
    }

    /// Serves something else in a file's place, or nothing.
    pub(crate) fn tamper(&self, path: &str, content: Option<Vec<u8>>) {
        let mut files = self.files.lock().unwrap();
        match content {
            Some(content) => drop(files.insert(path.to_owned(), content)),
            None => drop(files.remove(path)),
        }
    }

    /// Asks a witness for a cosignature, with a proof from `old`.
    pub(crate) async fn ask(&self, witness: &str, old: u64) -> Answer {
        let proof = self.proof(old);
        ask(witness, &AddCheckpoint::new(old, proof, self.checkpoint.clone()).to_string()).await
    }

    fn proof(&self, old: u64) -> Vec<TreeHash> {
        let files = self.files.lock().unwrap();
        let query = TreeQuery::consistency(old, self.checkpoint.unverified().size()).unwrap();
        query.answer(|path| files.get(&format!("/{path}")).map(Vec::as_slice)).unwrap()
    }
}

/// Posts a request to a witness.
pub(crate) async fn ask(witness: &str, request: &str) -> Answer {
    let client = Client::new(Bounds::default()).unwrap();
    client.post(&format!("{witness}/add-checkpoint"), "text/plain", request.into(), 1 << 16).await.unwrap()
}

/// The code of a problem document.
pub(crate) fn code(answer: &Answer) -> String {
    mapae_http::Problem::parse(&answer.body).unwrap().code().to_owned()
}

pub(crate) fn signed(head: TreeHead) -> SignedCheckpoint {
    signed_by(&log_key(), head)
}

pub(crate) fn signed_by(key: &NamedKey, head: TreeHead) -> SignedCheckpoint {
    let checkpoint = Checkpoint::new(Origin::from(key.verifier().name()), head);
    let unsigned = checkpoint.sign_with(key.verifier()).unwrap();
    let secret = Ed25519SigningKey::from_seed(&[1; 32]).unwrap();
    let signature = secret.sign(unsigned.to_be_signed()).unwrap();
    unsigned.attach(&signature).unwrap()
}

async fn serve(State(files): State<Files>, uri: axum::http::Uri) -> axum::response::Response {
    match files.lock().unwrap().get(uri.path()) {
        Some(file) => file.clone().into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
