//! `cargo xtask bench`: measures, prints a table or JSON, and with `--check` fails if a target is missed.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::Parser;
use mapae_benches::{
    counting,
    harness::Effort,
    operations,
    report::{Machine, Report, Row, Table},
    scene::Scene,
};

/// Our time over the cryptographic limit's, in the same run.
#[derive(Parser)]
#[command(name = "mapae-benches")]
struct Arguments {
    /// One JSON document with all numbers in place of the table
    #[arg(long)]
    json: bool,
    /// Exit with 1 if a target is missed
    #[arg(long)]
    check: bool,
    /// Only operations whose name contains this
    #[arg(long, value_name = "NAME", default_value = "")]
    only: String,
    /// Batches of ours, and as many of the limit
    #[arg(long, value_name = "N", default_value_t = 80, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Milliseconds that a batch takes at least
    #[arg(long, value_name = "N", default_value_t = 10)]
    batch_ms: u16,
}

impl Arguments {
    const fn effort(&self) -> Effort {
        Effort { rounds: self.rounds, batch_ms: self.batch_ms }
    }
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let rows = measure(&arguments)?;
    let met = rows.iter().all(Row::met);
    if arguments.json {
        Report { machine: Machine::this(), effort: arguments.effort(), operations: rows }.print()?;
    }
    Ok(if arguments.check && !met { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn measure(arguments: &Arguments) -> Result<Vec<Row>> {
    let scene = Scene::new()?;
    let mut operations = operations::all(&scene)?;
    operations.retain(|operation| operation.name.contains(&arguments.only));
    ensure!(!operations.is_empty(), "no operation is called {}", arguments.only);
    let counts = counting::count()?;
    let table = (!arguments.json).then(|| Table::begin(&Machine::this(), arguments.effort())).transpose()?;
    let mut rows = Vec::with_capacity(operations.len());
    for operation in &mut operations {
        let measurement = operation.measure(arguments.effort())?;
        let row = Row::new(operation, measurement, counts.get(operation.name));
        table.as_ref().map_or(Ok(()), |table| table.add(&row))?;
        rows.push(row);
    }
    Ok(rows)
}
