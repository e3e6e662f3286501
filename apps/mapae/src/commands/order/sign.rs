//! `mapae order sign`.

use std::{path::PathBuf, str::FromStr};

use clap::Args;
use mapae_crypto::Signature;
use mapae_ledger::Origin;
use mapae_trust::{Distrust, Names, NewOrder, Order, TrustStore, UnsignedOrder};
use mapae_types::{AgencyId, Duration, IdError, OrderId, Timestamp, UseClass};

use super::{Newest, describe, describe_text, read_order, signers};
use crate::{
    agency::{Agency, AgencyKey, open_all},
    authority::read_certificate,
    environment::now,
    failure::{Failure, OrUsage as _, Outcome},
    files::{self, Access},
    output::Output,
    pinned::read_policy,
};

#[derive(Args)]
pub(crate) struct SignArgs {
    /// The directory of an agency that signs; several may
    #[arg(long, required = true)]
    agency: Vec<PathBuf>,
    /// Sign what another agency's order says, and state nothing new
    #[arg(long, value_name = "ORDER", conflicts_with_all = ["id", "class", "from", "until", "reason_ko", "reason_en", "compromised", "at"])]
    same_as: Option<PathBuf>,
    /// By which verdicts name it, such as 2026-01
    #[arg(long, required_unless_present = "same_as")]
    id: Option<OrderId>,
    /// A class of use, and how old evidence may be for it, 70 days at most
    #[arg(long, value_name = "NAME=AGE", required_unless_present = "same_as")]
    class: Vec<ClassAge>,
    /// From when on (RFC 3339); now if not given
    #[arg(long)]
    from: Option<Timestamp>,
    /// Until when, 35 days later at most
    #[arg(long, required_unless_present = "same_as")]
    until: Option<Timestamp>,
    /// Why, in Korean
    #[arg(long, required_unless_present = "same_as")]
    reason_ko: Option<String>,
    /// Why, in English
    #[arg(long, required_unless_present = "same_as")]
    reason_en: Option<String>,
    /// The certificate (PEM) of a signer that is known as compromised, besides those that the bundle names
    #[arg(long, value_name = "CERTIFICATE")]
    compromised: Vec<PathBuf>,
    #[command(flatten)]
    newest: Newest,
    /// The order to write
    #[arg(long)]
    out: PathBuf,
    /// Act as if it were this time (RFC 3339)
    #[arg(long)]
    at: Option<Timestamp>,
}

/// A class and an age, as the command line has them.
#[derive(Clone)]
struct ClassAge(UseClass, Duration);

impl FromStr for ClassAge {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, age) = text.split_once('=').ok_or("expected NAME=AGE, such as low=70d")?;
        let name = name.parse().map_err(|error: IdError| error.to_string())?;
        Ok(Self(name, age.parse().map_err(|error: mapae_types::TimeError| error.to_string())?))
    }
}

/// Signs an order.
pub(crate) fn sign(args: &SignArgs, output: &Output) -> Outcome<()> {
    let agencies = open_all(&args.agency)?;
    let store = args.newest.read()?;
    for agency in &agencies {
        check_named(agency, store.as_ref())?;
    }
    let file = if let Some(path) = &args.same_as {
        add_signatures(&read_order(path)?, &agencies)?
    } else {
        let terms = terms(args, store.as_ref())?;
        let unsigned = terms.prepare().or_usage(|| "no such order can be signed".to_owned())?;
        unsigned.attach(signatures(&unsigned, &agencies)?)
    };
    let order = Order::parse(file)?;
    files::write(&args.out, order.as_bytes(), Access::Public)?;
    let document = describe(&args.out, &order, store.as_ref())?;
    output.answer(&document, || describe_text(&args.out, &document, order.unverified()));
    Ok(())
}

/// A signature of somebody else's key would be in vain, and be noticed in the disaster.
fn check_named(agency: &Agency, store: Option<&TrustStore>) -> Outcome<()> {
    let Some(store) = store else { return Ok(()) };
    let key = agency.public_key(AgencyKey::Orders)?;
    if signers(store)?.key(agency.id()) == Some(&key) {
        return Ok(());
    }
    Err(Failure::usage(format!("the bundle does not name the order key of agency {}", agency.id().as_str())))
}

/// The other agency's signatures stay.
fn add_signatures(order: &Order, agencies: &[Agency]) -> Outcome<Vec<u8>> {
    let unsigned = order.unsigned();
    let ours = Order::parse(unsigned.attach(signatures(&unsigned, agencies)?))?;
    Ok(Order::merge(&[order.clone(), ours])?.as_bytes().to_vec())
}

fn signatures(unsigned: &UnsignedOrder, agencies: &[Agency]) -> Outcome<Vec<(AgencyId, Signature)>> {
    let sign = |agency: &Agency| {
        let key = agency.key(AgencyKey::Orders)?;
        Ok((agency.id().clone(), key.sign(&unsigned.to_be_signed(agency.id()))?))
    };
    agencies.iter().map(sign).collect()
}

fn terms(args: &SignArgs, store: Option<&TrustStore>) -> Outcome<NewOrder> {
    let missing = || Failure::usage("--id, --class, --until, --reason-ko and --reason-en say what the order is");
    let issued_at = now(args.at)?;
    let (Some(id), Some(until)) = (args.id.clone(), args.until) else { return Err(missing()) };
    let (Some(ko), Some(en)) = (&args.reason_ko, &args.reason_en) else { return Err(missing()) };
    Ok(NewOrder {
        id,
        reason: Names::new(&**ko, &**en).or_usage(|| "--reason-ko and --reason-en".to_owned())?,
        origin: origin(args)?,
        issued_at,
        from: args.from.unwrap_or(issued_at),
        until,
        classes: args.class.iter().cloned().map(|ClassAge(name, age)| (name, age)).collect(),
        compromised: compromised(args, store)?,
    })
}

fn origin(args: &SignArgs) -> Outcome<Origin> {
    let policy = args.newest.policy.as_deref();
    let policy = policy.ok_or_else(|| Failure::usage("--policy says which ledger the order is about"))?;
    Ok(read_policy(policy)?.log().key().name().as_str().parse()?)
}

/// All that are known: a compromise always wins (design D14), also over a bundle that is older than it.
fn compromised(args: &SignArgs, store: Option<&TrustStore>) -> Outcome<Vec<[u8; 32]>> {
    if store.is_none() {
        Output::note("note: without --bundle the order names only the compromised signers that --compromised gives");
    }
    let known = store.into_iter().flat_map(TrustStore::distrusted);
    let known = known.filter(|(_, distrust)| matches!(distrust, Distrust::Compromised)).map(|(signer, _)| Ok(*signer));
    let given = args
        .compromised
        .iter()
        .map(|path| read_certificate(path).map(|certificate| certificate.fingerprint()).map_err(Failure::Usage));
    known.chain(given).collect()
}
