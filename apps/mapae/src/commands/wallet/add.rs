//! `mapae wallet add`: takes an offer.

use std::{
    io::{BufRead as _, IsTerminal as _, Write as _, stderr, stdin},
    path::PathBuf,
    thread,
    time::Duration as Pause,
};

use anyhow::Context as _;
use clap::Args;
use mapae_oid4vci::wallet::{UserFault, WalletError};
use mapae_types::Duration;
use mapae_wallet::{AddOptions, Added, Stopped};
use serde_json::json;

use super::{
    WalletArgs, describe, drive::Driver, failure, sign_in, trust::TrustArgs, trust::read_anchors, vault::Vault,
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
    let mut driver = Driver::open(Vault::open_or_create(&args.wallet.dir)?, args.wallet.at)?;
    let judged = store.is_some();
    driver.wallet.rely_on(store);
    driver.wallet.rely_on_issuers(anchors);
    driver.wallet.attested_by(args.wallet_provider.clone());
    let added = take(&mut driver, args)?;
    let added = wait(&mut driver, added)?;
    answer(&driver, &added, judged, output)
}

/// A code that is missing or wrong is asked for where somebody can answer, as long as the issuer lets it be tried.
fn take(driver: &mut Driver, args: &AddArgs) -> Outcome<Added> {
    let mut tx_code = args.tx_code.clone();
    loop {
        let options = AddOptions { tx_code: tx_code.take(), copies: usize::from(args.copies) };
        let task = driver.wallet.add(&args.offer, options, &driver.start()?);
        match driver.run(task)? {
            Ok(added) => return Ok(added),
            Err(Stopped::SignInNeeded) => return sign_in::run(driver, &args.offer, usize::from(args.copies)),
            Err(Stopped::Issuance(WalletError::User(fault))) if stdin().is_terminal() && can_be_mended(&fault) => {
                tx_code = Some(ask(&fault)?);
            }
            Err(Stopped::Issuance(WalletError::User(UserFault::TxCodeMissing { .. }))) => {
                return Err(Failure::usage("the offer needs the code that was sent to you: --tx-code"));
            }
            Err(stopped) => return Err(failure(stopped)),
        }
    }
}

const fn can_be_mended(fault: &UserFault) -> bool {
    match fault {
        UserFault::TxCodeMissing { .. } | UserFault::TxCodeForm { .. } => true,
        UserFault::TxCodeWrong { tries_left } => !matches!(tries_left, Some(0)),
        _ => false,
    }
}

fn ask(fault: &UserFault) -> Outcome<String> {
    write!(stderr(), "{}\nThe code: ", describe::printable(&fault.to_string())).context("cannot ask for the code")?;
    let mut line = String::new();
    stdin().lock().read_line(&mut line).context("cannot read the code")?;
    Ok(line.trim().to_owned())
}

/// Waits for what is deferred, if that is not long.
pub(super) fn wait(driver: &mut Driver, mut added: Added) -> Outcome<Added> {
    let until = driver.now()? + PATIENCE;
    while let Some(later) = added.later.filter(|later| *later <= until) {
        let left = driver.now()?.age_at(later).as_seconds().max(1);
        thread::sleep(Pause::from_secs(u64::try_from(left).unwrap_or(1)));
        let task = driver.wallet.go_on(&added.card, &driver.start()?);
        added = driver.run(task)?.map_err(failure)?;
    }
    Ok(added)
}

/// Says what is in the wallet now.
pub(super) fn answer(driver: &Driver, added: &Added, judged: bool, output: &Output) -> Outcome<()> {
    let cards = driver.wallet.held_cards();
    let (id, card) = cards.iter().find(|(id, _)| *id == added.card).context("the card is gone")?;
    let mut document = describe::card(id, card);
    document["not_before"] = json!(added.later.map(|later| later.to_string()));
    output.answer(&document, || describe::card_text(card));
    if !judged {
        Output::note("note: the copies were not judged; --bundle judges them by a trust bundle");
    }
    if let Some(later) = added.later {
        Output::note(&format!("note: the issuer needs longer; run the same command again after {later}"));
    }
    describe::refused(card)
}
