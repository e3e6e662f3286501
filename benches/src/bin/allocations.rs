//! Counts the allocations of each operation and of its limit, for one call, and writes them as JSON.

use std::io::Write as _;

use anyhow::Result;
use mapae_benches::{
    counting::{Allocations, Counted, Counts},
    harness::Operation,
    operations,
    scene::Scene,
};

fn main() -> Result<()> {
    let scene = Scene::new()?;
    let mut counts = Counts::new();
    for mut operation in operations::all(&scene)? {
        // The first call fills what a process remembers.
        operation.ours()?;
        operation.limit()?;
        let ours = measure(&mut operation, Operation::ours)?;
        let limit = measure(&mut operation, Operation::limit)?;
        counts.insert(operation.name.to_owned(), Counted { ours, limit });
    }
    Ok(writeln!(std::io::stdout(), "{}", serde_json::to_string(&counts)?)?)
}

fn measure<'s>(
    operation: &mut Operation<'s>,
    call: impl FnOnce(&mut Operation<'s>) -> Result<()>,
) -> Result<Allocations> {
    let mut outcome = Ok(());
    let info = allocation_counter::measure(|| outcome = call(operation));
    outcome.map(|()| Allocations { count: info.count_total, bytes: info.bytes_total })
}
