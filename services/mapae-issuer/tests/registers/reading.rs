//! Reading a register: what is taken, and what is told of what cannot be.

use std::fs;

use mapae_http::settings;
use mapae_issuer::{
    register::{Following, RegisterError, RegisterHost as _, RegisterSettings, RegisterSource},
    store::IssuerStore as _,
};
use mapae_sample::Register;

use super::world::World;

#[tokio::test]
async fn the_sample_register_is_taken_in() {
    let mut world = World::of(Register::Resident, 600).await;
    let round = world.round().await;
    assert_eq!((round.rows, round.added, round.changed, round.faulty), (600, 600, 0, 0));
    let row = world.host.store().row(world.name(), &world.person(7)).await.unwrap().unwrap();
    for column in world.document.columns() {
        let cell = Some(&world.rows[7][column]).filter(|cell| !cell.is_empty());
        assert_eq!(row.cells.get(column), cell, "{column}");
    }
    let again = world.round().await;
    assert_eq!((again.rows, again.added, again.changed), (600, 0, 0));
}

#[tokio::test]
async fn what_the_document_does_not_need_is_not_kept() {
    let world = World::of(Register::Resident, 1).await;
    world.write();
    let text = fs::read_to_string(world.path()).unwrap();
    let lines: Vec<String> =
        text.lines().zip(["religion", "none of your business"]).map(|(a, b)| format!("{a},{b}\n")).collect();
    fs::write(world.path(), lines.concat()).unwrap();
    let mut world = world;
    let round = world.follower.round(&world.host).await.unwrap();
    assert_eq!((round.added, round.faulty), (1, 0));
    let row = world.host.store().row(world.name(), &world.person(0)).await.unwrap().unwrap();
    assert!(!row.cells.contains_key("religion"));
}

#[tokio::test]
async fn a_changed_row_is_a_new_revision() {
    let mut world = World::residents(3).await;
    world.set(1, "address", "서울특별시 종로구 세종대로 1");
    let round = world.round().await;
    assert_eq!((round.added, round.changed), (0, 1));
    let row = world.host.store().row(world.name(), &world.person(1)).await.unwrap().unwrap();
    assert_eq!((row.revision, row.cells["address"].as_str()), (2, "서울특별시 종로구 세종대로 1"));
}

/// Line and column are told, and never what stands there.
async fn fault_of(column: &str, cell: &str) -> (u64, String) {
    let mut world = World::residents(3).await;
    world.set(1, column, cell);
    world.set(2, "postal_code", "99999");
    let round = world.round().await;
    assert_eq!((round.faulty, round.changed, round.faults.len()), (1, 1, 1), "the other row goes on");
    let told = round.faults[0].to_string();
    assert!(cell.is_empty() || !told.contains(cell), "{told}");
    assert!(!told.contains(&world.rows[1]["given_name"]), "{told}");
    let person = super::world::person(&world.rows[0]);
    assert!(world.host.store().row(world.name(), &person).await.unwrap().is_some());
    (round.removed, told)
}

#[tokio::test]
async fn a_faulty_row_is_told_by_line_and_column() {
    let birth = fault_of("birth_date", "19900230").await;
    assert_eq!(birth, (0, "line 3: column birth_date: not a date of the form YYYY-MM-DD".to_owned()));
    assert_eq!(fault_of("alive", "perhaps").await.1, "line 3: column alive: not true or false");
    assert_eq!(fault_of("family_name_latin", "김씨").await.1, "line 3: column family_name_latin: not Latin-1");
    assert_eq!(fault_of("portrait", "aGVsbG8=").await.1, "line 3: column portrait: not a JPEG picture");
    assert_eq!(fault_of("family_name", "").await.1, "line 3: column family_name: missing or empty");
    assert_eq!(fault_of("person_id", "a person id!").await.1, "line 3: column person_id: not a person id");
}

/// The store keeps what it had of somebody whose row cannot be read.
#[tokio::test]
async fn a_faulty_row_changes_nothing() {
    let mut world = World::residents(3).await;
    world.activate(1).await;
    world.set(1, "alive", "perhaps");
    let round = world.round().await;
    assert_eq!((round.faulty, round.events.len(), round.removed), (1, 0, 0));
    let row = world.host.store().row(world.name(), &world.person(1)).await.unwrap().unwrap();
    assert_eq!((row.revision, row.cells["alive"].as_str()), (1, "true"));
}

async fn broken(change: impl FnOnce(Vec<Vec<u8>>) -> Vec<Vec<u8>>) -> String {
    let mut world = World::residents(3).await;
    let lines: Vec<Vec<u8>> =
        fs::read(world.path()).unwrap().split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    fs::write(world.path(), change(lines).concat()).unwrap();
    let round = world.follower.round(&world.host).await.unwrap();
    assert_eq!((round.faulty, round.removed), (1, 0));
    round.faults[0].to_string()
}

#[tokio::test]
async fn a_row_of_another_shape_is_told_by_its_line() {
    let cut = |mut lines: Vec<Vec<u8>>| {
        lines[2] = b"only,three,cells\n".to_vec();
        lines
    };
    assert_eq!(broken(cut).await, "line 3: 3 cells in place of 24");
    let latin = |mut lines: Vec<Vec<u8>>| {
        let at = lines[1].iter().position(|byte| *byte >= 0x80).unwrap();
        lines[1][at] = 0xff;
        lines
    };
    assert_eq!(broken(latin).await, "line 2: not UTF-8");
    let twice = |mut lines: Vec<Vec<u8>>| {
        lines.push(lines[1].clone());
        lines
    };
    assert_eq!(broken(twice).await, "line 5: a person who stands in the register before");
}

async fn header(change: impl FnOnce(String) -> String) -> RegisterError {
    let mut world = World::residents(2).await;
    let text = fs::read_to_string(world.path()).unwrap();
    let (head, rest) = text.split_once('\n').unwrap();
    fs::write(world.path(), format!("{}\n{rest}", change(head.to_owned()))).unwrap();
    world.follower.round(&world.host).await.unwrap_err()
}

#[tokio::test]
async fn a_register_without_its_columns_is_refused() {
    let missing = header(|head| head.replace("alive", "living").replace("address_latin", "adres")).await;
    assert_eq!(missing.to_string(), "the register lacks the columns address_latin, alive");
    let twice = header(|head| head.replace("registered", "alive")).await;
    assert!(matches!(twice, RegisterError::ColumnTwice { column } if column == "alive"));
}

#[tokio::test]
async fn a_file_that_is_none_is_refused() {
    let mut world = World::residents(2).await;
    fs::write(world.path(), "").unwrap();
    assert!(matches!(world.follower.round(&world.host).await, Err(RegisterError::NoHeader)));
    fs::remove_file(world.path()).unwrap();
    assert!(matches!(world.follower.round(&world.host).await, Err(RegisterError::File(_))));
    assert!(world.metrics.text().contains("mapae_register_readings_failed_total{cause=\"file\"} 1"));
}

#[test]
fn an_operator_names_a_file_or_a_view() {
    let read = |text: &str| settings::parse::<RegisterSettings>(text);
    assert_eq!(format!("{:?}", read("file = \"r.csv\"").unwrap().source), "r.csv");
    let view =
        read("document = \"licence\"\ndatabase = \"postgres://a:s3cret@db/x\"\nview = \"mapae.licence\"").unwrap();
    assert_eq!(
        (view.document.as_str(), format!("{:?}", view.source).as_str()),
        ("licence", "mapae.licence at db:5432")
    );
    for wrong in [
        "",
        "database = \"postgres://db/x\"",
        "view = \"v\"",
        "file = \"r.csv\"\ndatabase = \"postgres://db/x\"\nview = \"v\"",
        "database = \"mysql://s3cret@db/x\"\nview = \"v\"",
        "database = \"postgres://db/x\"\nview = \"v; DROP TABLE s3cret\"",
    ] {
        let error = read(wrong).unwrap_err().to_string();
        assert!(!error.contains("s3cret"), "{error}");
    }
    assert!(settings::template::<RegisterSettings>("").unwrap().contains("# file = "));
    for view in ["v\"; --", "V", "a.b.c", "", "1a", "a b", &"a".repeat(64)] {
        assert!(RegisterSource::view("postgres://db/x", view).is_err(), "{view}");
    }
}

#[test]
fn a_target_shorter_than_the_interval_is_refused() {
    assert!(settings::parse::<Following>("").is_ok());
    let error = settings::parse::<Following>("every = \"15m\"").unwrap_err();
    assert_eq!(error.to_string(), "`every` must be shorter than targets.death");
    let error = settings::parse::<Following>("every = \"5m\"\n[targets]\nrenewal = \"5m\"").unwrap_err();
    assert_eq!(error.to_string(), "`every` must be shorter than targets.renewal");
    assert!(settings::template::<Following>("").unwrap().contains("# Danger: A register that is cut off"));
}
