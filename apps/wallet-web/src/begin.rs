//! Errands by their kind, with their arguments as JSON.

use mapae_document::{Catalogue, DocumentType, WalletLock};
use mapae_wallet::{AddOptions, Added, CardId, Consent, OfferView, Start, Wallet, Which};
use serde_json::{Value, json};

use crate::{errand::Errand, problem::Problem, proposals::Proposals};

/// An errand's arguments.
pub(crate) struct Arguments(pub(crate) Value);

/// What errands work on.
pub(crate) struct Desk<'a> {
    pub(crate) wallet: &'a Wallet,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) proposals: &'a Proposals,
}

/// Begins an errand. Nothing is done before it is stepped.
pub(crate) fn errand(desk: &Desk<'_>, kind: &str, arguments: &Arguments, start: &Start) -> Result<Errand, Problem> {
    let Desk { wallet, .. } = desk;
    Ok(match kind {
        "read_offer" => read_offer(desk, arguments.text("link")?, start),
        "add" => Errand::of(wallet.add(arguments.text("link")?, options(arguments)?, start), added),
        "sign_in" => sign_in(wallet, arguments, start)?,
        "signed_in" => Errand::of(wallet.signed_in(arguments.text("url")?, start), added),
        "go_on" => Errand::of(wallet.go_on(&arguments.card()?, start), added),
        "refill" => Errand::of(wallet.refill(&arguments.card()?, arguments.copies()?, start), added),
        "delete_card" => Errand::of(wallet.delete_card(&arguments.card()?, start), |()| Value::Null),
        "delete_history" => Errand::of(wallet.delete_history(arguments.lines()?, start), |()| Value::Null),
        "send_prepared" => Errand::of(wallet.send_prepared(arguments.text("id")?, start), told),
        kind => asking(desk, kind, arguments, start)?,
    })
}

fn asking(desk: &Desk<'_>, kind: &str, arguments: &Arguments, start: &Start) -> Result<Errand, Problem> {
    let Desk { wallet, proposals, .. } = desk;
    let proposals = (*proposals).clone();
    if kind == "ask" {
        return Ok(Errand::of(wallet.ask(arguments.text("link")?, start), move |asked| proposals.told(asked)));
    }
    if kind == "keep_refusal" {
        return Ok(Errand::of(wallet.keep_refusal(&proposals.take_refusal()?, start), told));
    }
    let id = arguments.text("id")?.to_owned();
    let proposal = proposals.find(&id)?;
    let forget = move || proposals.forget(&id);
    Ok(match kind {
        "answer" => {
            Errand::of(wallet.answer(proposal, arguments.consent()?, start), move |shared| (forget(), told(shared)).1)
        }
        "prepare" => Errand::of(wallet.prepare(proposal, arguments.consent()?, start), move |prepared| {
            (forget(), told(prepared)).1
        }),
        "decline" => Errand::of(wallet.decline(proposal, start), move |shared| (forget(), told(shared)).1),
        _ => return Err(Problem::new("errand_unknown", kind)),
    })
}

/// The offer, and the lock that the documents in it need.
fn read_offer(desk: &Desk<'_>, link: &str, start: &Start) -> Errand {
    let catalogue = desk.catalogue.clone();
    Errand::of(desk.wallet.read_offer(link, start), move |offer: OfferView| {
        let names = offer.documents.iter().filter_map(|document| document.name.as_deref());
        let mut view = json!(offer);
        view["wallet_lock"] = lock_name(needed_lock(&catalogue, names)).into();
        view
    })
}

/// The lock that documents need, by their names in the catalogue.
pub(crate) fn needed_lock<'n>(catalogue: &Catalogue, names: impl IntoIterator<Item = &'n str>) -> WalletLock {
    let known = names.into_iter().filter_map(|name| catalogue.get(&name.parse().ok()?));
    known.map(DocumentType::wallet_lock).max().unwrap_or_default()
}

pub(crate) const fn lock_name(lock: WalletLock) -> &'static str {
    match lock {
        WalletLock::Any => "any",
        // A lock that this page does not know is none that a PIN is.
        _ => "passkey",
    }
}

fn sign_in(wallet: &Wallet, arguments: &Arguments, start: &Start) -> Result<Errand, Problem> {
    let (link, redirect_uri) = (arguments.text("link")?, arguments.text("redirect_uri")?);
    Ok(Errand::of(wallet.sign_in(link, redirect_uri, arguments.copies()?, start), |at| json!({ "url": at.url })))
}

fn options(arguments: &Arguments) -> Result<AddOptions, Problem> {
    let tx_code = arguments.0.get("tx_code").and_then(Value::as_str).map(str::to_owned);
    Ok(AddOptions { tx_code, copies: arguments.copies()? })
}

#[expect(clippy::needless_pass_by_value, reason = "an errand gives its result away")]
fn added(added: Added) -> Value {
    json!({ "card": added.card.as_str(), "later": added.later.map(|at| at.to_string()) })
}

fn told(result: impl serde::Serialize) -> Value {
    json!(result)
}

impl Arguments {
    fn text(&self, name: &'static str) -> Result<&str, Problem> {
        self.0.get(name).and_then(Value::as_str).ok_or_else(|| lacking(name))
    }

    fn card(&self) -> Result<CardId, Problem> {
        Ok(CardId::new(self.text("id")?))
    }

    fn copies(&self) -> Result<usize, Problem> {
        let copies = self.0.get("copies").and_then(Value::as_u64).and_then(|copies| copies.try_into().ok());
        copies.ok_or_else(|| lacking("copies"))
    }

    /// Lines of the history, or all of it.
    fn lines(&self) -> Result<Which, Problem> {
        let id = |id: &Value| id.as_str().map(str::to_owned);
        match self.0.get("ids") {
            Some(Value::Null) => Ok(Which::All),
            Some(Value::Array(ids)) => {
                ids.iter().map(id).collect::<Option<_>>().map(Which::Lines).ok_or_else(|| lacking("ids"))
            }
            _ => Err(lacking("ids")),
        }
    }

    fn consent(&self) -> Result<Consent, Problem> {
        let place = |place: &Value| match place {
            Value::Null => Some(None),
            place => place.as_u64().and_then(|place| place.try_into().ok()).map(Some),
        };
        let chosen = self.0.get("chosen").and_then(Value::as_array).ok_or_else(|| lacking("chosen"))?;
        let chosen = chosen.iter().map(place).collect::<Option<_>>().ok_or_else(|| lacking("chosen"))?;
        Ok(Consent { chosen, express: self.0.get("express").and_then(Value::as_bool).unwrap_or_default() })
    }
}

fn lacking(name: &'static str) -> Problem {
    Problem::with("argument_missing", name, json!({ "name": name }))
}
