//! Processes that die or are too many or too few.

use crate::{auditor::wait_for, http, stage::Stage};

/// Everybody is killed, by points and at any moment.
pub(crate) fn killed(stage: &mut Stage) {
    stage.arm();
    stage.start();
    let statements = stage.statements();
    let kills = stage.dice.roll(4);
    stage.work(&statements, kills);
    stage.audit();
}

/// The same with a second sequencer on the store, which somebody notices at last.
pub(crate) fn two_sequencers(stage: &mut Stage) {
    stage.arm();
    stage.start();
    let statements = stage.statements();
    let kills = stage.dice.roll(3);
    stage.work(&statements, kills);
    stage.stop(1);
    stage.parties[0].kill();
    stage.start();
    stage.audit();
}

/// One witness of the two that it takes: everything is kept, nothing is published, and all of it later.
pub(crate) fn too_few(stage: &mut Stage) {
    let alone = usize::try_from(stage.dice.roll(3)).unwrap();
    for witness in (0..3).filter(|witness| *witness != alone) {
        let at = stage.witness(witness);
        stage.down[at] = true;
    }
    stage.arm();
    stage.start();
    let statements = stage.statements();
    let kills = stage.dice.roll(2);
    stage.work(&statements, kills);
    // It has cosigned everything there is, and that is not enough.
    let promised = u64::try_from(stage.board.acknowledged.lock().unwrap().len()).unwrap();
    wait_for(&stage.board, "for the one witness", || stage.high_water(alone) > promised);
    let shown = http::get(stage.log_at(), "checkpoint").map(|answer| answer.status).unwrap_or_default();
    if shown != 404 || !stage.board.published.lock().unwrap().is_empty() {
        stage.board.find(format!("k − 1 witnesses, and something is published (status {shown})"));
    }
    for witness in 0..3 {
        let at = stage.witness(witness);
        stage.down[at] = false;
    }
    stage.start();
    stage.audit();
}
