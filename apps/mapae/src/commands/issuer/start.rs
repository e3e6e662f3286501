//! From an issuer's directory to an issuer that answers.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use mapae_document::Catalogue;
use mapae_hsm::SignerKind;
use mapae_http::{Clock, Dice, Metrics, Notices, Rates};
use mapae_issuer::{
    IssuerDeps, OfficeToken, ProviderLedger, Providers, ServerSecret, Serving,
    crash::Crash,
    serve,
    store::{ISSUER, IssuerStore, PostgresIssuerStore, SqliteIssuerStore},
};
use mapae_oid4vci::TrustedProviders;
use mapae_sql::{Address, Database};
use mapae_types::EntropyError;
use mapae_x509::{Certificate, TrustAnchor};

use super::{
    IssuerDir, publishing,
    registers::{self, RegisterFile},
    sign_in, signers,
};
use crate::{
    authority::Authority,
    failure::{Failure, OrUsage as _, Outcome},
    files,
    pinned::read_policy,
    service,
};

/// Clients whose rates are remembered: some 100 bytes each.
const ADDRESSES: usize = 100_000;

/// What is decided at the start, and not in the settings.
pub(crate) struct Start {
    /// Another store than the settings name.
    pub(crate) store: Option<Address>,
    /// Registers to take in first.
    pub(crate) registers: Vec<RegisterFile>,
    /// By which each commit takes longer, in measurements.
    pub(crate) commit_delay: Duration,
    pub(crate) clock: Clock,
    pub(crate) notices: Notices,
}

/// An issuer that answers.
pub(crate) struct Started {
    pub(crate) serving: Serving,
    /// Where its keys are.
    pub(crate) keys: SignerKind,
}

impl IssuerDir {
    /// Makes the store, empty. Where one was lost, an empty one would give status entries to new copies that old ones have.
    pub(crate) async fn make_store(&self) -> Outcome<()> {
        let address = self.store_address(None)?;
        let made = Database::create(&address, &ISSUER).await;
        made.with_context(|| format!("the store {address:?}"))?;
        Ok(())
    }

    fn store_address(&self, other: Option<Address>) -> Outcome<Address> {
        let named = || self.settings.store(self.dir()).or_usage(|| "`store`".to_owned());
        other.map_or_else(named, Ok)
    }

    /// Starts it.
    pub(crate) async fn start(&self, mut start: Start) -> Outcome<Started> {
        let address = self.store_address(start.store.take())?;
        let database = Database::open(&address, &ISSUER).await;
        let delay = start.commit_delay;
        let hint = "a new one is made by `mapae issuer init`; a lost one is restored, never begun anew";
        match database.with_context(|| format!("the store {address:?}; {hint}"))? {
            Database::Sqlite(database) => self.start_on(SqliteIssuerStore::new(database).delayed(delay), start).await,
            Database::Postgres(database) => {
                self.start_on(PostgresIssuerStore::new(database).delayed(delay), start).await
            }
        }
    }

    async fn start_on<S: IssuerStore>(&self, store: S, start: Start) -> Outcome<Started> {
        let (now, catalogue, metrics) = (start.clock.now()?, Catalogue::builtin()?, Metrics::new());
        for register in &start.registers {
            registers::take_in(&store, register, &catalogue, now).await?;
        }
        let (signers, keys) = signers::open(self, &catalogue, now).await?;
        let authority = Authority::open(&self.path(&self.settings.authority))?;
        let dice = Dice::from_fn(|bytes| getrandom::fill(bytes).map_err(|_| EntropyError));
        let publisher = publishing::publisher(self, &authority, &signers.status, &start, &dice)?;
        let deps = IssuerDeps {
            store,
            followers: registers::followers(self, &catalogue, &metrics)?,
            catalogue,
            signers,
            secret: ServerSecret::new(*self.secret()?),
            status_index_key: authority.status_index_key()?,
            office_token: OfficeToken::new(&self.office_token()?),
            providers: Arc::new(Providers::new(TrustedProviders::new(self.pinned_providers()?))),
            provider_ledger: self.provider_ledger()?,
            publisher: Some(publisher),
            replica: self.settings.publication.replica.clone(),
            sign_in: sign_in::open(self)?,
            rates: Some(Rates::new(self.settings.rate, ADDRESSES, self.settings.proxies.clone())),
            clock: start.clock,
            notices: start.notices,
            log: self.settings.log.requests(),
            metrics,
            dice,
            crash: Crash::from_environment().or_usage(|| "wrong crash point".to_owned())?,
        };
        Ok(Started { serving: serve(self.settings.to_config(self.dir()), deps).await?, keys })
    }

    /// The ledger says who else counts, if one is named.
    fn provider_ledger(&self) -> Outcome<Option<ProviderLedger>> {
        let ledger = &self.settings.ledger;
        let (Some(url), Some(policy)) = (&ledger.url, &ledger.policy) else { return Ok(None) };
        let (client, policy) = (service::ledger(url)?, read_policy(&self.path(policy))?);
        Ok(Some(ProviderLedger { client, policy, pinned: self.pinned_providers()? }))
    }

    fn pinned_providers(&self) -> Outcome<Vec<TrustAnchor>> {
        let mut anchors = Vec::new();
        for path in &self.settings.wallet_providers {
            let path = self.path(path);
            let unusable = || format!("{} is not the root of a wallet provider", path.display());
            let text = files::read_text(&path).map_err(Failure::Usage)?;
            for certificate in Certificate::many_from_pem(&text).or_usage(unusable)? {
                anchors.push(TrustAnchor::new(certificate).or_usage(unusable)?);
            }
        }
        Ok(anchors)
    }
}
