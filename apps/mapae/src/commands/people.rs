//! `mapae people sample`.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
};

use anyhow::Context as _;
use mapae_sample::{SamplePeople, licence_csv_header, licence_csv_row, resident_csv_header, resident_csv_row};
use serde_json::json;

use crate::{cli::SampleArgs, failure::Outcome, files, output::Output};

/// Writes `resident.csv` and `licence.csv`.
pub(crate) fn sample(args: &SampleArgs, output: &Output) -> Outcome<()> {
    files::create_dir(&args.out)?;
    let create = |name: &str| {
        let path = args.out.join(name);
        File::create(&path).map(BufWriter::new).with_context(|| format!("cannot create {}", path.display()))
    };
    let (mut residents, mut licences) = (create("resident.csv")?, create("licence.csv")?);
    residents.write_all(resident_csv_header().as_bytes())?;
    licences.write_all(licence_csv_header().as_bytes())?;
    let people = SamplePeople::new(args.seed);
    let progress = output.progress(args.count, "people");
    let mut drivers = 0_u64;
    for number in progress.wrap_iter(0..args.count) {
        let person = people.person(number);
        residents.write_all(resident_csv_row(&person).as_bytes())?;
        if let Some(row) = licence_csv_row(&person) {
            licences.write_all(row.as_bytes())?;
            drivers += 1;
        }
    }
    residents.flush()?;
    licences.flush()?;
    let out = args.out.display().to_string();
    let document =
        json!({ "out": out, "residents": args.count, "licences": drivers, "seed": args.seed, "sample": true });
    output.answer(&document, || {
        format!("견본 SAMPLE  {} people in {out}/resident.csv, {drivers} licences in {out}/licence.csv", args.count)
    });
    Ok(())
}
