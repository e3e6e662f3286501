//! One attempt to sign in: what was said during it.

use mapae_types::{form, hex};
use serde_json::Value;

use super::sign_in::Plan;
use crate::dice::Dice;

/// A browser that came back: what it was told.
#[derive(Debug, Clone)]
pub(crate) struct Back {
    pub(super) status: u16,
    /// Where it was sent, if to the application.
    pub(super) home: Option<String>,
    /// It was not the one that began.
    pub(super) stranger: bool,
}

/// A code that was brought: what its application was told.
#[derive(Debug, Clone)]
pub(crate) struct Redeemed {
    /// The replica that was asked first.
    pub(super) first: usize,
    pub(super) status: u16,
    pub(super) body: Value,
}

/// An attempt, and what was said during it.
#[derive(Clone)]
pub(crate) struct Attempt {
    pub(super) plan: Plan,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    /// Answers of which nobody knows what they were, to what is good once.
    pub(super) lost: usize,
    pub(super) backs: Vec<Back>,
    pub(super) redeemed: Vec<Redeemed>,
    /// Claims that were told, and what was told of them once the code had been brought again.
    pub(super) told: Vec<(u16, Value)>,
    pub(super) told_late: Vec<u16>,
    pub(super) secrets: Vec<String>,
    pub(super) cookie: String,
    /// Its page, as a path.
    pub(super) page: String,
    pub(super) dice: Dice,
}

impl Attempt {
    pub(super) fn new(plan: Plan, mut dice: Dice) -> Self {
        let mut draw = || hex::encode(&[(); 3].map(|()| dice.roll(u64::MAX).to_be_bytes()).concat());
        let (state, nonce, verifier) = (draw(), draw(), draw());
        Self {
            plan,
            secrets: vec![state.clone(), nonce.clone()],
            state,
            nonce,
            verifier,
            lost: 0,
            backs: Vec::new(),
            redeemed: Vec::new(),
            told: Vec::new(),
            told_late: Vec::new(),
            cookie: String::new(),
            page: String::new(),
            dice,
        }
    }
}

impl Back {
    /// A parameter of where it was sent.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let (_, query) = self.home.as_ref()?.rsplit_once('?')?;
        let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        form::decode(value).map(std::borrow::Cow::into_owned)
    }
}

impl Redeemed {
    pub(super) fn token(&self, name: &str) -> Option<&str> {
        self.body[name].as_str().filter(|_| self.status == 200)
    }
}
