//! One person's sign-in at an application: attempts, until one has come to an end.

use std::time::Duration;

use testkit::Format;

use super::super::{people::PEOPLE, visit::Around, wallet::Trouble, work::Next};
use super::{
    application::{APP, Application, WEB},
    attempt::Attempt,
};
use crate::dice::Dice;

/// What is done beside what a good browser and a good application do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Nothing.
    Plain,
    /// The browser comes back to both replicas at once.
    Returns,
    /// Somebody else comes back first.
    Followed,
    /// The application brings the code to both replicas at once.
    Races,
    /// The person shows nothing.
    Declines,
    /// The browser is not heard of again, once a wallet has its request.
    Leaves,
}

/// A sign-in as it is meant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) application: &'static Application,
    pub(crate) manner: Manner,
    /// By another device.
    pub(crate) crosses: bool,
    /// The request is pushed first (RFC 9126).
    pub(crate) pushes: bool,
    pub(crate) person: usize,
    pub(crate) format: Format,
}

/// A sign-in, and what was said during it.
#[derive(Clone)]
pub(crate) struct SignIn {
    pub(crate) number: usize,
    pub(crate) plan: Plan,
    pub(crate) attempts: Vec<Attempt>,
    /// An attempt has come to its end.
    pub(crate) has_ended: bool,
    pub(crate) troubles: Vec<Trouble>,
    dice: Dice,
}

/// Attempts while replicas die; what is left begins anew when nobody dies any more.
pub(crate) const STORM: usize = 10;
/// Attempts at all.
pub(crate) const CALM: usize = 13;

impl SignIn {
    pub(crate) fn new(number: usize, mut dice: Dice) -> Self {
        let manner = match dice.roll(16) {
            0..=4 => Manner::Plain,
            5..=7 => Manner::Returns,
            8..=9 => Manner::Followed,
            10..=12 => Manner::Races,
            13..=14 => Manner::Declines,
            _ => Manner::Leaves,
        };
        Self::of(number, manner, dice)
    }

    pub(crate) fn of(number: usize, manner: Manner, mut dice: Dice) -> Self {
        let plan = Plan {
            application: if dice.once_in(2) { &WEB } else { &APP },
            manner,
            crosses: dice.once_in(2),
            pushes: dice.once_in(3),
            person: usize::try_from(dice.roll(PEOPLE as u64)).unwrap(),
            format: if dice.once_in(2) { Format::Mdoc } else { Format::SdJwt },
        };
        Self { number, plan, attempts: Vec::new(), has_ended: false, troubles: Vec::new(), dice }
    }

    /// Another attempt, unless one has ended, or there were so many.
    pub(crate) fn go(&mut self, around: &Around<'_>, most: usize) -> Next {
        if self.has_ended || !self.troubles.is_empty() || self.attempts.len() >= most {
            return Next::Done;
        }
        let mut attempt = Attempt::new(self.plan, self.dice.fork());
        match attempt.walk(around) {
            Ok(ended) => self.has_ended = ended,
            Err(trouble) => self.troubles.push(trouble),
        }
        self.attempts.push(attempt);
        Next::After(Duration::from_millis(self.dice.between(10, 200)))
    }

    /// Attempts of which something may be left until its time is over.
    pub(crate) fn without_end(&self) -> usize {
        self.attempts.len() - usize::from(self.has_ended)
    }

    /// What nobody else should read.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = String> {
        self.attempts.iter().flat_map(|attempt| attempt.secrets.clone())
    }
}
