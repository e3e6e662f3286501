//! The passphrase: from the surroundings, or asked for on a terminal without showing it.

use std::{
    env,
    io::{IsTerminal as _, stdin},
};

use anyhow::Context as _;
use zeroize::Zeroizing;

use crate::failure::{Failure, Outcome};

const VARIABLE: &str = "MAPAE_WALLET_PASSPHRASE";

/// What opens a wallet.
pub(super) struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// That of a wallet that is there.
    pub(super) fn of_wallet() -> Outcome<Self> {
        match given() {
            Some(given) => Ok(given),
            None => ask("Passphrase of the wallet: "),
        }
    }

    /// That of a wallet that is about to be made. Who mistypes it would lose the wallet, so it is asked for twice.
    pub(super) fn for_new_wallet() -> Outcome<Self> {
        let chosen = match given() {
            Some(given) => given,
            None => ask_twice()?,
        };
        if chosen.0.is_empty() {
            return Err(Failure::usage("an empty passphrase protects nothing"));
        }
        Ok(chosen)
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

fn given() -> Option<Passphrase> {
    env::var(VARIABLE).ok().map(|text| Passphrase(Zeroizing::new(text)))
}

fn ask_twice() -> Outcome<Passphrase> {
    let first = ask("Choose a passphrase for the new wallet: ")?;
    let second = ask("Once more: ")?;
    if *first.0 == *second.0 { Ok(first) } else { Err(Failure::usage("the two passphrases differ; nothing was made")) }
}

fn ask(prompt: &str) -> Outcome<Passphrase> {
    if !stdin().is_terminal() {
        return Err(Failure::usage(format!("no terminal to ask for the passphrase; set {VARIABLE}")));
    }
    let text = rpassword::prompt_password(prompt).context("cannot read the passphrase")?;
    Ok(Passphrase(Zeroizing::new(text)))
}
