//! An agency that submits what it has to say, as often as it takes, and notes what the log promises.

use std::{
    net::SocketAddr,
    thread::sleep,
    time::{Duration, Instant},
};

use mapae_ledger::{Entry, TlogProof};
use serde_json::Value;

use crate::{
    dice::Dice,
    http,
    party::PATIENCE,
    watch::{Acknowledged, Board},
};

/// What was answered to one submission.
enum Told {
    /// Its place.
    Place(u64),
    /// A refusal for good, by its code.
    Refused(String),
    /// Nothing, or nothing for good: ask again.
    Nothing,
}

/// Submits one after the other, at its own pace.
pub(crate) fn submit(board: &Board, entries: &[Entry], logs: &[SocketAddr], dice: &mut Dice) {
    for entry in entries {
        sleep(Duration::from_millis(dice.roll(80)));
        let Some(index) = submit_one(board, entry, logs, dice) else { continue };
        board.acknowledged.lock().unwrap().push(Acknowledged { bytes: entry.as_bytes().to_vec(), index });
        // Whoever lost the answer asks once more, perhaps elsewhere, and is told the same.
        if dice.once_in(4) && submit_one(board, entry, logs, dice).is_some_and(|again| again != index) {
            board.find(format!("entry {index} was promised another place when it came again"));
        }
    }
}

/// Until it has a place or is refused.
pub(crate) fn submit_one(board: &Board, entry: &Entry, logs: &[SocketAddr], dice: &mut Dice) -> Option<u64> {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        match try_to(board, entry, *dice.pick(logs), dice.roll(2)) {
            Told::Place(index) => return Some(index),
            Told::Refused(code) => {
                board.refused.lock().unwrap().push(code);
                return None;
            }
            Told::Nothing => sleep(Duration::from_millis(20)),
        }
    }
    board.find("an entry finds no place although the log is up");
    None
}

fn try_to(board: &Board, entry: &Entry, log: SocketAddr, wait: u64) -> Told {
    let Ok(answer) = http::post(log, &format!("add-entry?wait={wait}"), entry.as_bytes()) else { return Told::Nothing };
    let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match (answer.status, said["index"].as_u64()) {
        (200, Some(index)) => {
            check_proof(board, entry, index, said["proof"].as_str());
            Told::Place(index)
        }
        // It had no time, or none for so many (RFC 9110 §15.5.9, RFC 6585 §4).
        (408 | 429, _) => Told::Nothing,
        (400..=499, _) => Told::Refused(said["type"].as_str().unwrap_or_default().to_owned()),
        _ => Told::Nothing,
    }
}

/// What comes with a promise must hold.
fn check_proof(board: &Board, entry: &Entry, index: u64, proof: Option<&str>) {
    let Some(proof) = proof else { return };
    let verified = TlogProof::parse(proof.as_bytes()).map_err(|error| error.to_string()).and_then(|proof| {
        board.publish(proof.checkpoint().to_string().as_bytes(), "a receipt");
        proof.verify(&board.country.policy, entry.leaf()).map_err(|error| error.to_string())
    });
    match verified {
        Ok(proven) if proven.index() == index => {}
        Ok(proven) => board.find(format!("the proof of entry {index} is of {}", proven.index())),
        Err(error) => board.find(format!("the receipt of entry {index} proves nothing: {error}")),
    }
}
