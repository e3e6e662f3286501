//! A register as a view of a PostgreSQL database.

use mapae_issuer::{
    register::{EventKind, Follower, RegisterError, RegisterHost as _, RegisterMeasures, RegisterSource},
    store::IssuerStore as _,
};
use mapae_sample::Register;
use scratch_postgres::Server;

use super::world::{World, following};

/// A database with a table of these people, a view of it, and a role that may read the view alone.
fn database(server: &Server, world: &World) -> String {
    let database = server.database();
    let columns: Vec<&str> = world.document.columns().collect();
    let typed = |column: &&str| match *column {
        "birth_date" => "birth_date date".to_owned(),
        "alive" => "alive boolean".to_owned(),
        column => format!("{column} text"),
    };
    let typed: Vec<String> = columns.iter().map(typed).collect();
    server.sql_in(&database, &format!("CREATE TABLE people ({}, secret text)", typed.join(", ")));
    for rows in world.rows.chunks(100) {
        let quoted =
            |cell: &String| if cell.is_empty() { "NULL".to_owned() } else { format!("'{}'", cell.replace('\'', "''")) };
        let row = |row: &super::world::Row| {
            let cells: Vec<String> = columns.iter().map(|column| quoted(&row[*column])).collect();
            format!("({}, 'x')", cells.join(", "))
        };
        let rows: Vec<String> = rows.iter().map(row).collect();
        server.sql_in(&database, &format!("INSERT INTO people VALUES {}", rows.join(", ")));
    }
    let role = database.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned() + "_reader";
    // A boolean is `true` as text, as the catalogue expects.
    server.sql_in(
        &database,
        &format!(
            "CREATE SCHEMA mapae; CREATE VIEW mapae.resident AS SELECT {} FROM people; CREATE ROLE {role} LOGIN; \
             GRANT USAGE ON SCHEMA mapae TO {role}; GRANT SELECT ON mapae.resident TO {role}",
            columns.join(", ")
        ),
    );
    database.replace("postgres://mapae@", &format!("postgres://{role}@"))
}

fn follow(world: &mut World, url: &str, view: &str) {
    let source = RegisterSource::view(url, view).unwrap();
    let measures = RegisterMeasures::declare(&world.metrics);
    world.follower = Follower::new(world.document.clone(), source, following(), measures);
}

#[tokio::test]
async fn a_view_is_a_register_like_a_file() {
    let Some(server) = scratch_postgres::shared() else { return };
    let mut world = World::of(Register::Resident, 600).await;
    let url = database(server, &world);
    follow(&mut world, &url, "mapae.resident");
    let round = world.follower.round(&world.host).await.unwrap();
    assert_eq!((round.rows, round.added, round.faulty), (600, 600, 0), "{:?}", round.faults);
    // The file says the same.
    world.restart(following());
    let round = world.round().await;
    assert_eq!((round.added, round.changed), (0, 0));
    world.activate(1).await;
    world.activate(2).await;
    follow(&mut world, &url, "mapae.resident");
    let (dead, gone) = (world.person(1), world.person(2));
    server.sql_in(&url, &format!("UPDATE people SET alive = false WHERE person_id = '{dead}'"));
    server.sql_in(&url, &format!("DELETE FROM people WHERE person_id = '{gone}'"));
    let round = world.follower.round(&world.host).await.unwrap();
    assert_eq!(round.events, [EventKind::Death, EventKind::LeftRegister]);
    assert!(world.host.store().row(world.name(), &gone).await.unwrap().is_none());
}

#[tokio::test]
async fn faults_in_a_view_are_told_like_those_of_a_file() {
    let Some(server) = scratch_postgres::shared() else { return };
    let mut world = World::of(Register::Resident, 5).await;
    let url = database(server, &world);
    server.sql_in(&url, "UPDATE people SET person_id = NULL WHERE person_id = (SELECT min(person_id) FROM people)");
    follow(&mut world, &url, "mapae.resident");
    let round = world.follower.round(&world.host).await.unwrap();
    assert_eq!((round.rows, round.added, round.faulty, round.incomplete), (5, 4, 1, true));
    assert!(round.faults[0].to_string().ends_with("column person_id: not a person id"));
}

#[tokio::test]
async fn a_view_without_its_columns_is_refused() {
    let Some(server) = scratch_postgres::shared() else { return };
    let mut world = World::of(Register::Resident, 1).await;
    let url = database(server, &world);
    server.sql_in(&url, "CREATE VIEW mapae.half AS SELECT person_id FROM people");
    follow(&mut world, &url, "mapae.half");
    let refused = world.follower.round(&world.host).await.unwrap_err();
    assert!(
        matches!(&refused, RegisterError::ColumnsMissing { columns } if columns.len() == world.document.columns().count() - 1)
    );
    follow(&mut world, &url, "mapae.none");
    assert!(world.follower.round(&world.host).await.is_err());
}

/// Whoever reads a register cannot write there, whatever the role may do.
#[tokio::test]
async fn reading_a_view_writes_nothing() {
    let Some(server) = scratch_postgres::shared() else { return };
    let mut world = World::of(Register::Resident, 1).await;
    let url = database(server, &world);
    server.sql_in(&url, "CREATE FUNCTION note() RETURNS text LANGUAGE sql AS $$ INSERT INTO people (secret) VALUES ('y') RETURNING secret $$");
    let columns: Vec<&str> = world.document.columns().filter(|column| *column != "address").collect();
    server.sql_in(
        &url,
        &format!("CREATE VIEW mapae.sly AS SELECT {}, note() AS address FROM people", columns.join(", ")),
    );
    let owner = {
        let (_, rest) = url.split_once('@').unwrap();
        format!("postgres://mapae@{rest}")
    };
    follow(&mut world, &owner, "mapae.sly");
    let refused = world.follower.round(&world.host).await.unwrap_err();
    assert!(matches!(&refused, RegisterError::Database(_)), "{refused}");
    assert_eq!(server.sql_in(&url, "SELECT count(*) FROM people"), "1");
}
