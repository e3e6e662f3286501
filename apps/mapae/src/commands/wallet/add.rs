//! `mapae wallet add`: takes an offer.

use std::{
    io::{BufRead as _, IsTerminal as _, Write as _, stderr, stdin},
    path::PathBuf,
    thread,
    time::Duration as Pause,
};

use anyhow::Context as _;
use clap::Args;
use mapae_oid4vci::{
    CredentialOffer, PreAuthorizedGrant,
    wallet::{Grant, Issuer, IssuerFault, OfferFault, UserFault, WalletError, check_tx_code},
};
use mapae_types::{Duration, Timestamp};
use serde_json::json;

use super::{
    WalletArgs,
    card::Card,
    describe,
    obtain::{Errand, read_anchors},
    session::{Session, Stopped},
    sign_in,
    trust::TrustArgs,
    vault::Vault,
};
use crate::{
    failure::{Failure, Outcome},
    output::Output,
};

/// Longer than that nobody watches a terminal: the same command asks again another time.
const PATIENCE: Duration = Duration::seconds(60);

#[derive(Args)]
pub(crate) struct AddArgs {
    /// The offer: what the QR code says, or the link (`openid-credential-offer://…`)
    offer: String,
    /// The code that came by another way; asked for on a terminal if it is needed
    #[arg(long)]
    tx_code: Option<String>,
    /// A wallet provider, for issuers that want this wallet or its keys attested
    #[arg(long, value_name = "URL", env = "MAPAE_WALLET_PROVIDER")]
    wallet_provider: Option<String>,
    /// A root certificate (PEM) that must vouch for the issuer's metadata; without one its address does
    #[arg(long, value_name = "ROOT.pem")]
    issuer_root: Vec<PathBuf>,
    /// How many copies of each format to ask for, as far as the issuer gives that many
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..=99))]
    copies: u8,
    #[command(flatten)]
    trust: TrustArgs,
    #[command(flatten)]
    wallet: WalletArgs,
}

/// Takes it.
pub(super) fn run(args: &AddArgs, output: &Output) -> Outcome<()> {
    let (store, anchors) = (args.trust.read()?, read_anchors(&args.issuer_root)?);
    let vault = Vault::open_or_create(&args.wallet.dir)?;
    let session = Session::new(args.wallet.at)?;
    let id = vault.id_of(&args.offer);
    let now = session.now()?;
    let card = vault.read(&id)?.map_or_else(|| Card::begin(&args.offer, now), Ok)?;
    let (provider, copies) = (args.wallet_provider.clone(), usize::from(args.copies));
    let mut errand = Errand { vault: &vault, id, card, session, anchors, store, provider, copies };
    if errand.card.is_complete() {
        return answer(&errand, None, output);
    }
    errand.save()?;
    let taken = take(&mut errand, args);
    // An offer that is over before anything came of it leaves no trace.
    if matches!(&taken, Err(stopped) if stopped.is_final) && errand.card.grant.is_none() {
        vault.remove(&errand.id)?;
    }
    let later = taken.map_err(|refused| refused.failure)?;
    answer(&errand, later, output)
}

/// Why an offer was not taken, and whether it never will be.
struct Refused {
    failure: Failure,
    is_final: bool,
}

impl<F: Into<Failure>> From<F> for Refused {
    fn from(failure: F) -> Self {
        Self { failure: failure.into(), is_final: false }
    }
}

fn take(errand: &mut Errand<'_>, args: &AddArgs) -> Result<Option<Timestamp>, Refused> {
    let offer = errand.offer().map_err(finally)?;
    let issuer = errand.discover(&offer)?;
    issuer.offered(&offer).map_err(|error| finally(Stopped::from(error).into()))?;
    errand.attest_wallet()?;
    if errand.card.grant.is_none() {
        let grant = redeem(errand, &issuer, &offer, args)?;
        errand.set_grant(&grant)?;
    }
    if errand.card.batches.is_empty() {
        errand.plan_batches(&issuer, &offer.configurations)?;
    }
    Ok(fetch(errand, &issuer)?)
}

fn finally(failure: Failure) -> Refused {
    let is_final = matches!(failure, Failure::Usage(_));
    Refused { failure, is_final }
}

/// Waits for what is deferred, if that is not long.
pub(super) fn fetch(errand: &mut Errand<'_>, issuer: &Issuer) -> Outcome<Option<Timestamp>> {
    let until = errand.session.now()? + PATIENCE;
    loop {
        let Some(later) = errand.fetch_missing(issuer)? else { return Ok(None) };
        if later > until {
            return Ok(Some(later));
        }
        let wait = errand.session.now()?.age_at(later).as_seconds().max(1);
        thread::sleep(Pause::from_secs(u64::try_from(wait).unwrap_or(1)));
    }
}

fn redeem(errand: &mut Errand<'_>, issuer: &Issuer, offer: &CredentialOffer, args: &AddArgs) -> Result<Grant, Refused> {
    match (&offer.grants.pre_authorized, &offer.grants.authorization_code) {
        (Some(grant), _) => redeem_code(errand, issuer, grant, args.tx_code.as_deref()),
        (None, Some(state)) => Ok(sign_in::run(errand, issuer, &offer.configurations, state.as_deref())?),
        (None, None) => Err(finally(Stopped::from(WalletError::from(OfferFault::NoGrant)).into())),
    }
}

/// A wrong code is asked for again where somebody can answer, as long as the issuer lets it be tried.
fn redeem_code(
    errand: &mut Errand<'_>,
    issuer: &Issuer,
    grant: &PreAuthorizedGrant,
    given: Option<&str>,
) -> Result<Grant, Refused> {
    let mut code = given.map(str::to_owned);
    loop {
        let typed = tx_code(grant, code.take())?;
        match errand.run(|context| issuer.redeem(grant, typed.as_deref(), context)) {
            Err(Stopped::Protocol(WalletError::User(wrong @ UserFault::TxCodeWrong { tries_left })))
                if stdin().is_terminal() && tries_left != Some(0) =>
            {
                Output::note(&wrong.to_string());
            }
            Err(Stopped::Protocol(error)) => {
                return Err(Refused { is_final: is_final(&error), failure: Stopped::Protocol(error).into() });
            }
            other => return Ok(other?),
        }
    }
}

/// The offer is over, whoever asks. Other refusals may be our clock's or our provider's fault, and the next run may do.
fn is_final(error: &WalletError) -> bool {
    match error {
        WalletError::User(UserFault::TxCodeWrong { tries_left }) => *tries_left == Some(0),
        WalletError::Issuer(IssuerFault::Refused(refusal)) => refusal.is("invalid_grant"),
        _ => false,
    }
}

/// The code, of the form that the offer says.
fn tx_code(grant: &PreAuthorizedGrant, given: Option<String>) -> Outcome<Option<String>> {
    let Some(expected) = &grant.tx_code else { return Ok(None) };
    let typed = match given {
        Some(given) => given,
        None if stdin().is_terminal() => ask(expected.description.as_deref())?,
        None => return Err(Failure::usage("the offer needs the code that was sent to you: --tx-code")),
    };
    check_tx_code(grant, Some(&typed)).map_err(|fault| Failure::Usage(fault.into()))?;
    Ok(Some(typed))
}

fn ask(description: Option<&str>) -> Outcome<String> {
    let hint = description.map(|text| format!(" ({})", describe::printable(text))).unwrap_or_default();
    write!(stderr(), "The code that was sent to you{hint}: ").context("cannot ask for the code")?;
    let mut line = String::new();
    stdin().lock().read_line(&mut line).context("cannot read the code")?;
    Ok(line.trim().to_owned())
}

/// Says what is in the wallet now.
pub(super) fn answer(errand: &Errand<'_>, later: Option<Timestamp>, output: &Output) -> Outcome<()> {
    let mut document = describe::card(&errand.id, &errand.card);
    document["not_before"] = json!(later.map(|later| later.to_string()));
    output.answer(&document, || describe::card_text(&errand.card));
    if errand.store.is_none() {
        Output::note("note: the copies were not judged; --bundle judges them by a trust bundle");
    }
    if let Some(later) = later {
        Output::note(&format!("note: the issuer needs longer; run the same command again after {later}"));
    }
    describe::refused(&errand.card)
}
