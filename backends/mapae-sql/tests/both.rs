//! What holds for SQLite and PostgreSQL alike.

use mapae_sql::{Component, Database, Party, SqlError, Swap};

use crate::places::{COUNTER, advance, begin, number, places, run, value};

#[tokio::test]
async fn opening_makes_no_store() {
    for place in places() {
        for _ in 0..2 {
            let error = Database::open(&place.address, &COUNTER).await.unwrap_err();
            assert!(matches!(error, SqlError::Absent { component: "counter" }), "{error}");
            assert_eq!(error.party(), Party::Store);
        }
    }
}

#[tokio::test]
async fn a_store_is_made_once_and_opened_with_what_it_has() {
    for place in places() {
        let database = Database::create(&place.address, &COUNTER).await.unwrap();
        assert_eq!(advance(&database, 0).await.unwrap(), Swap::Done);
        drop(database);
        assert_eq!(value(&Database::create(&place.address, &COUNTER).await.unwrap()).await, 1);
        assert_eq!(value(&Database::open(&place.address, &COUNTER).await.unwrap()).await, 1);
    }
}

#[tokio::test]
async fn components_share_a_store_and_do_not_stand_for_each_other() {
    let other = Component { name: "other", sqlite: &["SELECT 1"], postgres: &["SELECT 1"] };
    for place in places() {
        Database::create(&place.address, &other).await.unwrap();
        let error = Database::open(&place.address, &COUNTER).await.unwrap_err();
        assert!(matches!(error, SqlError::Absent { component: "counter" }), "{error}");
        Database::create(&place.address, &COUNTER).await.unwrap();
    }
}

#[tokio::test]
async fn older_tables_take_the_steps_that_they_lack_once() {
    const STEP: &str = "INSERT INTO counter VALUES (2, 20)";
    const UPGRADED: Component =
        Component { sqlite: &[COUNTER.sqlite[0], STEP], postgres: &[COUNTER.postgres[0], STEP], ..COUNTER };
    for place in places() {
        Database::create(&place.address, &COUNTER).await.unwrap();
        for _ in 0..2 {
            let database = Database::open(&place.address, &UPGRADED).await.unwrap();
            assert_eq!(number(&database, "SELECT count(*) FROM counter WHERE id = 2").await, 1);
        }
        let error = Database::open(&place.address, &COUNTER).await.unwrap_err();
        assert!(matches!(error, SqlError::Newer { found: 2, known: 1, .. }), "{error}");
    }
}

#[tokio::test]
async fn a_step_that_fails_leaves_the_store_as_it_was() {
    const BAD: &str = "INSERT INTO counter VALUES (2, 20); INSERT INTO nowhere VALUES (1)";
    const BROKEN: Component =
        Component { sqlite: &[COUNTER.sqlite[0], BAD], postgres: &[COUNTER.postgres[0], BAD], ..COUNTER };
    for place in places() {
        Database::create(&place.address, &COUNTER).await.unwrap();
        assert!(matches!(Database::open(&place.address, &BROKEN).await, Err(SqlError::Failed(_))));
        let database = Database::open(&place.address, &COUNTER).await.unwrap();
        assert_eq!(number(&database, "SELECT count(*) FROM counter").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_may_make_a_store_at_once() {
    for place in places() {
        let makers = (0..6).map(|_| {
            let address = place.address.clone();
            tokio::spawn(async move { Database::create(&address, &COUNTER).await.map(drop) })
        });
        for maker in makers.collect::<Vec<_>>() {
            maker.await.unwrap().unwrap();
        }
        let database = Database::open(&place.address, &COUNTER).await.unwrap();
        assert_eq!(number(&database, "SELECT count(*) FROM counter").await, 1);
    }
}

#[tokio::test]
async fn broken_rules_have_the_same_names_in_both() {
    for place in places() {
        let database = Database::create(&place.address, &COUNTER).await.unwrap();
        let broken = [
            ("INSERT INTO counter VALUES (1, 5)", "counter_id_key"),
            ("INSERT INTO counter VALUES (2, 1000)", "counter_stays_small"),
        ];
        for (sql, rule) in broken {
            let error = run(&database, sql).await.unwrap_err();
            assert_eq!((error.rule(), error.party()), (Some(rule), Party::Caller), "{error}");
        }
        assert_eq!(number(&database, "SELECT count(*) FROM counter").await, 1);
    }
}

#[tokio::test]
async fn a_dropped_transaction_never_happened() {
    for place in places() {
        let database = Database::create(&place.address, &COUNTER).await.unwrap();
        let mut transaction = begin(&database).await.unwrap();
        assert_eq!(transaction.run("UPDATE counter SET value = 7").await.unwrap(), 1);
        drop(transaction);
        assert_eq!(advance(&database, 0).await.unwrap(), Swap::Done);
    }
}

#[tokio::test]
async fn a_swap_from_an_old_value_is_lost() {
    for place in places() {
        let database = Database::create(&place.address, &COUNTER).await.unwrap();
        assert_eq!(advance(&database, 0).await.unwrap(), Swap::Done);
        assert_eq!(advance(&database, 0).await.unwrap(), Swap::Lost);
        assert_eq!(value(&database).await, 1);
    }
    assert_eq!(Swap::of(2).unwrap_err().party(), Party::Store);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_those_who_race_each_round_has_one_winner() {
    const ROUNDS: i64 = 20;
    for place in places() {
        Database::create(&place.address, &COUNTER).await.unwrap();
        let racers = (0..2).map(|_| {
            let address = place.address.clone();
            tokio::spawn(async move {
                let database = Database::open(&address, &COUNTER).await.unwrap();
                let mut won = 0;
                for from in 0..ROUNDS {
                    won += i64::from(advance(&database, from).await.unwrap() == Swap::Done);
                    while value(&database).await == from {}
                }
                won
            })
        });
        let mut won = 0;
        for racer in racers.collect::<Vec<_>>() {
            won += racer.await.unwrap();
        }
        assert_eq!((won, value(&Database::open(&place.address, &COUNTER).await.unwrap()).await), (ROUNDS, ROUNDS));
    }
}
