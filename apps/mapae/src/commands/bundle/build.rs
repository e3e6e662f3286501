//! `mapae bundle build`.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::Context as _;
use mapae_crypto::Algorithm;
use mapae_status_list::{LIST_LEN, NewStatusToken, RevocationList, TokenTimes};
use mapae_trust::{
    Bundle, BundleContents, Classes, Distrust, Freshness, IssuerEntry, SignerRule, StatusEntry, StatusRule,
};
use mapae_types::Timestamp;
use mapae_x509::{Certificate, TrustAnchor};
use serde_json::json;

use super::{
    describe, describe_text,
    lists::{AGGREGATION, once_each, published},
    write,
};
use crate::{
    authority::{Authority, DistrustLine, RevocationLine, Root, Signer, SignerName},
    cli::BuildArgs,
    environment::now,
    failure::{Failure, OrUsage as _, Outcome},
    files::{self, Access},
    issued::stream_journal,
    output::Output,
};

/// Signs what is known now into one file.
pub(crate) fn build(args: &BuildArgs, output: &Output) -> Outcome<()> {
    let authority = Authority::open(&args.authority)?;
    let as_of = now(args.at)?;
    let of_services = published(&args.lists)?;
    let status_lists = once_each([status_lists(&authority, &args.issued, as_of)?, of_services].concat())?;
    let contents = BundleContents {
        issuers: issuers(&authority, args)?,
        distrusted: distrusted(&authority)?,
        status_lists,
        ..BundleContents::new(as_of, classes(args)?)
    };
    let key = authority.key("bundle")?;
    let unsigned = contents.prepare(key.public());
    let signature = key.sign(unsigned.to_be_signed())?;
    let bytes = unsigned.attach(&signature);
    let store = Bundle::parse(bytes)?.verify(key.public())?;
    if !args.lists.is_empty() {
        store.check_lists(as_of).or_usage(|| "a status list of --lists does not hold".to_owned())?;
    }
    write(&args.out, &store)?;
    output.answer(&describe(&args.out, &store), || describe_text(&args.out, &store));
    Ok(())
}

/// The policy to start from, or other ages where they are given.
fn classes(args: &BuildArgs) -> Outcome<Classes> {
    let mut classes = Classes::standard()?;
    for class in &args.class {
        classes = classes.with(class.name.clone(), class.freshness).or_usage(|| "--class".to_owned())?;
    }
    let Some((first, ages)) = classes.iter().next().map(|(name, ages)| (name.clone(), *ages)) else {
        return Ok(classes);
    };
    let ages = Freshness::new(args.fresh_for.unwrap_or(ages.fresh_for()), args.usable_for.unwrap_or(ages.usable_for()))
        .or_usage(|| "--usable-for must not be shorter than --fresh-for".to_owned())?;
    Ok(classes.with(first, ages)?)
}

fn issuers(authority: &Authority, args: &BuildArgs) -> Outcome<Vec<IssuerEntry>> {
    // Old roots and new ones: what each certified stays good.
    let own = |root: Root| IssuerEntry {
        root: root.anchor().clone(),
        status: StatusRule::Required,
        signers: SignerRule::Any,
    };
    let mut issuers: Vec<IssuerEntry> = authority.roots()?.into_iter().map(own).collect();
    for path in &args.trust {
        let unusable = || format!("{} is not a root that can be trusted", path.display());
        let text = files::read_text(path).map_err(Failure::Usage)?;
        let certificates = Certificate::many_from_pem(&text).or_usage(unusable)?;
        if certificates.is_empty() {
            return Err(Failure::usage(unusable()));
        }
        for certificate in certificates {
            let root = TrustAnchor::new(certificate).or_usage(unusable)?;
            if !issuers.iter().any(|issuer| issuer.root == root) {
                issuers.push(IssuerEntry { root, status: StatusRule::NotPublished, signers: SignerRule::Any });
            }
        }
    }
    Ok(issuers)
}

fn distrusted(authority: &Authority) -> anyhow::Result<Vec<([u8; 32], Distrust)>> {
    authority.distrusted()?.iter().map(DistrustLine::to_entry).collect()
}

/// A token for each list in which a copy of the given directories stands; it is published beside the keys, too.
pub(super) fn status_lists(authority: &Authority, issued: &[PathBuf], as_of: Timestamp) -> Outcome<Vec<StatusEntry>> {
    let lists: Vec<_> = lists_in_use(authority, issued, as_of)?.into_iter().collect();
    let signer = authority.signer(SignerName::Status, as_of)?;
    files::create_dir(&authority.path("status"))?;
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let publish = |share: &[(String, RevocationList)]| -> anyhow::Result<Vec<StatusEntry>> {
        share.iter().map(|(uri, list)| status_list(authority, &signer, uri, list, as_of)).collect()
    };
    let shares = lists.chunks(lists.len().div_ceil(workers).max(1));
    let entries: anyhow::Result<Vec<Vec<StatusEntry>>> = std::thread::scope(|scope| {
        let threads: Vec<_> = shares.map(|share| scope.spawn(|| publish(share))).collect();
        let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined.map(|entries| entries.unwrap_or_else(|_| Err(anyhow::anyhow!("a thread ended early")))).collect()
    });
    let entries: Vec<StatusEntry> = entries?.into_iter().flatten().collect();
    if !entries.is_empty() {
        let uris: Vec<&String> = entries.iter().map(|entry| &entry.uri).collect();
        let aggregation = serde_json::to_vec(&json!({ "status_lists": uris }))?;
        files::write(&authority.path(&format!("status/{AGGREGATION}")), &aggregation, Access::Public)?;
    }
    Ok(entries)
}

/// The lists in which copies stand, with what is revoked of them. A journal is read line by line, the lists of a
/// nation take 125 MB.
fn lists_in_use(
    authority: &Authority,
    issued: &[PathBuf],
    as_of: Timestamp,
) -> Outcome<BTreeMap<String, RevocationList>> {
    let mut lists = BTreeMap::new();
    for issued in issued {
        if !issued.is_dir() {
            return Err(Failure::usage(format!("{} is not a directory of issued documents", issued.display())));
        }
        for line in stream_journal(issued)? {
            lists.entry(line?.uri).or_insert_with(|| RevocationList::new(LIST_LEN));
        }
    }
    for line in authority.stream_revocations()? {
        let line = line?;
        if let Some(list) = lists.get_mut(&line.uri).filter(|_| is_past(&line, as_of)) {
            list.revoke(u32::try_from(line.idx)?)?;
        }
    }
    Ok(lists)
}

fn status_list(
    authority: &Authority,
    signer: &Signer,
    uri: &str,
    list: &RevocationList,
    as_of: Timestamp,
) -> anyhow::Result<StatusEntry> {
    let number = authority.status_list_number(uri).with_context(|| format!("{uri} is not a list of this authority"))?;
    let token = NewStatusToken::new(uri, list, TokenTimes::published(as_of))?;
    let chain = signer.chain();
    let cwt = token.unsigned_cwt(Algorithm::Es256, &chain)?;
    let signature = signer.key.sign(cwt.to_be_signed())?;
    let cwt = cwt.attach(&signature);
    let jwt = token.unsigned_jwt(Algorithm::Es256, &chain)?;
    let signature = signer.key.sign(jwt.to_be_signed())?;
    files::write(&authority.path(&format!("status/{number}.jwt")), jwt.attach(&signature).as_bytes(), Access::Public)?;
    files::write(&authority.path(&format!("status/{number}.cwt")), &cwt, Access::Public)?;
    Ok(StatusEntry { uri: uri.to_owned(), token: cwt })
}

/// A bundle of an earlier time does not know a later revocation. A time that cannot be read counts as past.
fn is_past(line: &RevocationLine, as_of: Timestamp) -> bool {
    line.revoked_at.parse::<Timestamp>().map_or(true, |at| at <= as_of)
}
