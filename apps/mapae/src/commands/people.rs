//! `mapae people sample`.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::Path,
};

use anyhow::Context as _;
use mapae_sample::{Register, SamplePeople, SamplePerson};
use serde_json::{Map, Value, json};

use crate::{cli::SampleArgs, failure::Outcome, files, output::Output};

/// Writes a register for each document: `resident.csv`, `licence.csv` and so on.
pub(crate) fn sample(args: &SampleArgs, output: &Output) -> Outcome<()> {
    files::create_dir(&args.out)?;
    let mut files = Vec::with_capacity(Register::ALL.len());
    for register in Register::ALL {
        files.push(RegisterFile::create(&args.out, register)?);
    }
    let people = SamplePeople::new(args.seed);
    let progress = output.progress(args.count, "people");
    for number in progress.wrap_iter(0..args.count) {
        let person = people.person(number);
        files.iter_mut().try_for_each(|file| file.add(&person))?;
    }
    files.iter_mut().try_for_each(|file| file.writer.flush())?;
    answer(args, &files, output);
    Ok(())
}

fn answer(args: &SampleArgs, files: &[RegisterFile], output: &Output) {
    let out = args.out.display().to_string();
    let rows: Map<String, Value> =
        files.iter().map(|file| (file.register.name().to_owned(), file.rows.into())).collect();
    let document = json!({ "out": out, "people": args.count, "registers": rows, "seed": args.seed, "sample": true });
    output.answer(&document, || {
        let lines = files.iter().map(|file| format!("\n  {:>8}  {out}/{}.csv", file.rows, file.register.name()));
        format!("견본 SAMPLE  {} people{}", args.count, lines.collect::<String>())
    });
}

/// A register while it is written.
struct RegisterFile {
    register: Register,
    writer: BufWriter<File>,
    rows: u64,
}

impl RegisterFile {
    fn create(dir: &Path, register: Register) -> Outcome<Self> {
        let path = dir.join(format!("{}.csv", register.name()));
        let file = File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
        let mut writer = BufWriter::new(file);
        writer.write_all(register.csv_header().as_bytes())?;
        Ok(Self { register, writer, rows: 0 })
    }

    fn add(&mut self, person: &SamplePerson) -> std::io::Result<()> {
        let Some(row) = self.register.csv_row(person) else { return Ok(()) };
        self.rows += 1;
        self.writer.write_all(row.as_bytes())
    }
}
