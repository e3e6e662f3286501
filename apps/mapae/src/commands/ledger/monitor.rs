//! `mapae ledger monitor`: reads along at several places, and says aloud what is wrong.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Context as _;
use clap::Args;
use mapae_http::{Bounds, Clock, stop_signal};
use mapae_ledger_server::monitor::{Finding, Monitor, MonitorConfig, Report};
use serde_json::{Value, json};

use crate::{
    failure::{Failure, OrUsage as _, Outcome},
    files,
    output::Output,
    pinned::read_policy,
    service,
};

/// The log forked, or has what it must not have.
const WRONG: u8 = 1;
/// Some place could not be judged.
const UNDECIDED: u8 = 2;

#[derive(Args)]
pub(crate) struct MonitorArgs {
    /// Where the ledger is served: its own URL, mirrors, other networks
    #[arg(required = true)]
    urls: Vec<String>,
    /// The ledger's policy
    #[arg(long, env = "MAPAE_POLICY")]
    policy: PathBuf,
    /// Remember in this directory what was seen, and put evidence there
    #[arg(long)]
    state: Option<PathBuf>,
    /// Ask once and end: exit 0 nothing is wrong, 1 a fork or a broken rule, 2 a place could not be judged
    #[arg(long)]
    once: bool,
    /// How long to wait between rounds
    #[arg(long, default_value = "1m", conflicts_with = "once")]
    every: mapae_types::Duration,
}

/// Watches until something is wrong with the ledger, or it is told to stop.
pub(crate) fn monitor(args: &MonitorArgs, output: &Output) -> Outcome<ExitCode> {
    read_policy(&args.policy)?;
    for url in &args.urls {
        service::ledger(url)?;
    }
    if let Some(dir) = &args.state {
        files::create_dir(dir)?;
    }
    let config = MonitorConfig {
        urls: args.urls.clone(),
        policy: files::read(&args.policy).map_err(Failure::Usage)?,
        dir: args.state.clone(),
        bounds: Bounds { total: Duration::from_mins(1), ..Bounds::default() },
    };
    let monitor = Monitor::open(config, Clock::system()).context("the monitor cannot begin")?;
    service::block_on(watch(monitor, args, output))
}

async fn watch(mut monitor: Monitor, args: &MonitorArgs, output: &Output) -> Outcome<ExitCode> {
    let every = u64::try_from(args.every.as_seconds()).or_usage(|| "--every".to_owned())?;
    let mut stop = Box::pin(stop_signal()?);
    loop {
        let report = monitor.round().await.context("the monitor cannot go on")?;
        let code = code(&report);
        output.answer(&describe(&report), || text(&report));
        if args.once || code == WRONG {
            return Ok(ExitCode::from(code));
        }
        tokio::select! {
            () = &mut stop => return Ok(ExitCode::SUCCESS),
            () = tokio::time::sleep(Duration::from_secs(every)) => {}
        }
    }
}

fn code(report: &Report) -> u8 {
    let is_place = |finding: &Finding| matches!(finding, Finding::Place { .. });
    match report.findings.as_slice() {
        [] => 0,
        findings if findings.iter().all(is_place) => UNDECIDED,
        _ => WRONG,
    }
}

fn describe(report: &Report) -> Value {
    json!({
        "size": report.head.size(),
        "root": report.head.root().to_string(),
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn finding(finding: &Finding) -> Value {
    match finding {
        Finding::Place { url, error } => json!({ "code": "place", "url": url, "detail": error.to_string() }),
        Finding::Fork { url, evidence, file } => json!({
            "code": "fork",
            "url": url,
            "evidence": evidence.to_string(),
            "file": file.as_ref().map(|file| file.display().to_string()),
        }),
        Finding::RuleBroken { index, broken } => {
            json!({ "code": "rule_broken", "index": index, "rule": broken.code(), "detail": broken.to_string() })
        }
        _ => json!({ "code": "other" }),
    }
}

fn text(report: &Report) -> String {
    let mut lines = vec![format!("{} entries, root {}", report.head.size(), report.head.root())];
    lines.extend(report.findings.iter().map(|finding| match finding {
        Finding::Place { url, error } => format!("  {url}: {error}"),
        Finding::Fork { url, file, .. } => {
            let file = file.as_ref().map(|file| format!(", evidence in {}", file.display())).unwrap_or_default();
            let place = url.as_deref().unwrap_or("the log that was seen before");
            format!("  FORK: {place} shows another history{file}")
        }
        Finding::RuleBroken { index, broken } => format!("  RULE BROKEN by entry {index}: {broken}"),
        other => format!("  {other:?}"),
    }));
    lines.join("\n")
}
