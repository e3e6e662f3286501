//! Presentations at several relying parties, and nothing central knows of them (docs/no-central-record.md).

use std::env;

use scratch_postgres::shared;

use crate::{
    lists,
    observation::{Changes, Observation},
    process::strace,
    scene::{NOTHING, Scene},
};

#[test]
fn a_thousand_presentations_leave_no_central_record() {
    leave_no_record(Scene::set(8, None), presentations(1000));
}

#[test]
fn presentations_leave_no_central_record_on_postgresql() {
    let Some(server) = shared() else { return };
    leave_no_record(Scene::set(4, Some(server)), presentations(200));
}

/// What `MAPAE_PRESENTATIONS` says, if it is there.
fn presentations(usual: usize) -> usize {
    env::var("MAPAE_PRESENTATIONS").map_or(usual, |text| text.parse().unwrap())
}

fn leave_no_record(mut scene: Scene, presentations: usize) {
    let quiet = scene.quiet();
    let busy = scene.busy(presentations, NOTHING);
    let at_terminal = scene.busy_at_terminal();
    tell(&scene, presentations, (&quiet, &busy));
    for period in [&busy, &at_terminal] {
        let findings = scene.judge(&quiet, period);
        assert!(findings.is_empty(), "{findings:#?}");
    }
    // What was watched did something.
    assert!(!quiet.fetches.is_empty() && !busy.fetches.is_empty() && !busy.asked.is_empty());
    let [lists, next] = lists::before_and_next(&mut scene.country);
    assert!(!lists.is_empty() && lists == next, "what is published next tells of presentations");
    assert!(strace().is_none() || !(busy.calls.is_empty() || at_terminal.asked.is_empty()));
}

#[expect(clippy::print_stdout, reason = "what was watched is for people to read")]
fn tell(scene: &Scene, presentations: usize, (quiet, busy): (&Changes, &Changes)) {
    println!("{presentations} presentations in {:.0?}, after {:.0?} without any", busy.lasted, quiet.lasted);
    println!("  compared: {}", Observation::of(&scene.country).size());
    println!("  searched for {} texts", scene.needles.lock().unwrap().count());
    println!("  changed: {}", told(busy));
    println!("  without presentations: {}", told(quiet));
    if strace().is_none() {
        println!("SKIPPED: whom verifiers and services call; strace not found, or tracing is not allowed here");
    }
}

fn told(changes: &Changes) -> String {
    let bytes: usize = changes.traffic.iter().map(|(_, traffic)| traffic.bytes).sum();
    format!(
        "{} rows, {} files, {} lines of logs, {bytes} bytes to or from services, {} requests for the bundle",
        changes.rows.iter().filter(|row| row.is_new).count(),
        changes.files.len(),
        changes.lines.len(),
        changes.fetches.len()
    )
}
