//! What an operator may write.

use std::path::Path;

use mapae_sql::{Address, Party, SqlError};

#[test]
fn a_file_or_a_server() {
    assert_eq!("sqlite:/var/lib/log.db".parse::<Address>().unwrap().file(), Some(Path::new("/var/lib/log.db")));
    assert_eq!("sqlite:log.db".parse::<Address>().unwrap().file(), Some(Path::new("log.db")));
    assert_eq!("postgres://mapae@db.example/ledger".parse::<Address>().unwrap().file(), None);
    assert_eq!("postgresql://mapae@db.example/ledger".parse::<Address>().unwrap().file(), None);
}

#[test]
fn what_forgets_or_is_unknown_is_refused() {
    for text in
        ["", "sqlite:", "sqlite::memory:", "log.db", "mysql://db.example/ledger", "postgres://db.example:port/x"]
    {
        let error = text.parse::<Address>().unwrap_err();
        assert!(matches!(error, SqlError::AddressMalformed), "{text}: {error}");
        assert_eq!(error.party(), Party::Caller);
    }
}

#[test]
fn a_password_is_not_shown() {
    let address: Address = "postgres://mapae:hunter2@db.example/ledger".parse().unwrap();
    assert_eq!(format!("{address:?}"), "postgres://db.example:5432/ledger");
    let error = "postgres://mapae:hunter2@db.example:port/ledger".parse::<Address>().unwrap_err();
    assert!(!format!("{error:?} {error}").contains("hunter2"));
}
