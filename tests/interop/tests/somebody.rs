//! One country for the tests of its verifiers, and somebody there with a resident card in a wallet of others, in both formats.

use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow};
use mapae_interop::document::Document;
use mapae_interop::mapae::country::Country;
use mapae_interop::presenter::Presenter;
use mapae_interop::wallet::{Format, Proof, Wallet};

/// Copies that are fetched of each format, of which one is shown: it is not for these tests that nobody is known again.
const COPIES: usize = 10;

/// Who holds the card.
pub(crate) struct Holder {
    pub(crate) country: Country,
    /// The wallet, once with each format.
    pub(crate) presenters: Vec<Presenter>,
}

/// The one that all tests share: they leave it as it is.
pub(crate) fn holder() -> Result<&'static Holder> {
    static STARTED: OnceLock<Result<Holder, String>> = OnceLock::new();
    let started = STARTED.get_or_init(|| Holder::start().map_err(|error| format!("{error:#}")));
    started.as_ref().map_err(|error| anyhow!("{error}"))
}

impl Holder {
    fn start() -> Result<Self> {
        let (country, person) = Country::start_with_somebody()?;
        let wallet = Wallet::at(&country.issuer(), country.provider()?);
        let offered = country.offer(&person)?;
        let session = wallet.redeem(&offered.uri, &offered.tx_code)?.session()?;
        let roots = vec![country.registrar()?];
        let mut presenters = Vec::new();
        for format in Format::ALL {
            let configuration = format.configuration(Document::Resident);
            let answer = wallet.request(&session, &configuration, Proof::Attestation, COPIES)?;
            let (copy, key) = answer.copies()?.each()?.into_iter().next().context("no copy")?;
            presenters.push(Presenter { roots: roots.clone(), format, copy, key });
        }
        Ok(Self { country, presenters })
    }
}
