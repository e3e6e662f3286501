//! A file of settings: read, refused, written.

use std::net::SocketAddr;

use mapae_http::{
    Log, ProbeTimes, Rate,
    settings::{Declare, Note, Settings, SettingsError, parse, template},
};

#[derive(Debug, PartialEq)]
struct Station {
    name: String,
    listen: SocketAddr,
    batch: u32,
    proxies: Vec<String>,
    nickname: Option<String>,
    tea: Tea,
    rooms: Vec<Room>,
}

#[derive(Debug, PartialEq)]
struct Tea {
    kind: String,
    sugar: bool,
}

#[derive(Debug, PartialEq)]
struct Room {
    number: u16,
}

impl Settings for Station {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        let batch = Note::new("Copies of a document.").cost("A signature each.").danger("Too few tell on people.");
        Ok(Self {
            name: declare.required("name", "Riverside".to_owned(), Note::new("What it is called."))?,
            listen: declare.parsed("listen", "127.0.0.1:80", Note::new("Where it listens."))?,
            batch: declare.number("batch", 10, 1..=100, batch)?,
            proxies: declare.value("proxies", Vec::new(), Note::new("Who stands before it."))?,
            nickname: declare.optional("nickname", "River".to_owned(), Note::new("What friends say."))?,
            tea: declare.section("tea", Note::new("What is drunk."))?,
            rooms: declare.list("rooms", Note::new("Where people sit."))?,
        })
    }
}

impl Settings for Tea {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        Ok(Self {
            kind: declare.value("kind", "green".to_owned(), Note::new("Which."))?,
            sugar: declare.value("sugar", false, Note::new("Whether sweet."))?,
        })
    }
}

impl Settings for Room {
    fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
        Ok(Self { number: declare.required("number", 7, Note::new("At its door."))? })
    }
}

fn refusal(text: &str) -> String {
    parse::<Station>(text).unwrap_err().to_string()
}

#[test]
fn what_is_not_said_is_as_declared() {
    let station: Station = parse("name = \"Hill\"").unwrap();
    let tea = Tea { kind: "green".into(), sugar: false };
    let listen = "127.0.0.1:80".parse().unwrap();
    let expected =
        Station { name: "Hill".into(), listen, batch: 10, proxies: vec![], nickname: None, tea, rooms: vec![] };
    assert_eq!(station, expected);
}

#[test]
fn what_is_said_counts() {
    let text = "name = \"Hill\"\nbatch = 100\nproxies = [\"a\"]\nnickname = \"H\"\n[tea]\nsugar = true\n[[rooms]]\nnumber = 1\n[[rooms]]\nnumber = 2";
    let station: Station = parse(text).unwrap();
    assert_eq!((station.batch, station.nickname.as_deref()), (100, Some("H")));
    assert_eq!((station.tea.sugar, station.proxies.len()), (true, 1));
    assert_eq!(station.rooms, [Room { number: 1 }, Room { number: 2 }]);
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest_known_one() {
    assert_eq!(refusal("name = \"Hill\"\nbacth = 3"), "`bacth` is unknown; is `batch` meant?");
    assert_eq!(refusal("name = \"Hill\"\n[tea]\nsuger = true"), "`tea.suger` is unknown; is `tea.sugar` meant?");
    assert_eq!(
        refusal("name = \"Hill\"\n[[rooms]]\nnumber = 1\nnumbr = 1"),
        "`rooms.numbr` is unknown; is `rooms.number` meant?"
    );
    assert_eq!(refusal("name = \"Hill\"\n[te]"), "`te` is unknown; is `tea` meant?");
    assert_eq!(refusal("name = \"Hill\"\nzzzzzz = 1"), "`zzzzzz` is unknown");
}

#[test]
fn a_value_of_another_kind_is_refused_and_not_repeated() {
    assert_eq!(refusal("name = 7"), "`name` must be a string");
    assert_eq!(refusal("name = \"Hill\"\nbatch = \"s3cret\""), "`batch` must be u32");
    assert_eq!(refusal("name = \"Hill\"\nbatch = 101"), "`batch` must be from 1 to 100");
    assert_eq!(refusal("name = \"Hill\"\nbatch = 0"), "`batch` must be from 1 to 100");
    assert_eq!(refusal("name = \"Hill\"\nlisten = \"s3cret\""), "`listen` must be like \"127.0.0.1:80\"");
    assert_eq!(refusal("name = \"Hill\"\ntea = 1"), "`tea` must be a section");
    assert_eq!(refusal("name = \"Hill\"\nrooms = 1"), "`rooms` must be a list of [[rooms]]");
    assert_eq!(refusal("name = \"Hill\"\n[tea]\nsugar = 1"), "`tea.sugar` must be a boolean");
}

#[test]
fn what_has_no_default_must_be_said() {
    assert_eq!(refusal(""), "`name` is missing");
    assert_eq!(refusal("name = \"Hill\"\n[[rooms]]"), "`rooms.number` is missing");
}

#[test]
fn what_is_no_toml_is_told_by_its_line() {
    let error = parse::<Station>("name = \"Hill\"\nbatch = = s3cret").unwrap_err();
    assert!(matches!(&error, SettingsError::Syntax { line: 2, .. }), "{error}");
    assert!(!error.to_string().contains("s3cret"));
}

#[test]
fn a_template_says_all_of_it() {
    let expected = "\
# What it is called.
name = \"Hill\"

# Where it listens.
listen = \"127.0.0.1:80\"

# Copies of a document.
# Cost: A signature each.
# Danger: Too few tell on people.
# From 1 to 100.
batch = 10

# Who stands before it.
proxies = []

# What friends say.
# nickname = \"River\"

# What is drunk.
[tea]
# Which.
kind = \"black\"

# Whether sweet.
sugar = false

# Where people sit.
# [[rooms]]
# At its door.
# number = 7
";
    assert_eq!(template::<Station>("name = \"Hill\"\ntea.kind = \"black\"").unwrap(), expected);
}

#[test]
fn a_template_is_read_again() {
    let given = "name = \"Hill\"\nnickname = \"a \\\"quoted\\\" one\"\n[[rooms]]\nnumber = 1\n[[rooms]]\nnumber = 2\n[tea]\nsugar = true";
    let written = template::<Station>(given).unwrap();
    assert_eq!(parse::<Station>(&written).unwrap(), parse::<Station>(given).unwrap());
    assert!(template::<Station>("bacth = 1").is_err());
}

#[test]
fn long_notes_are_wrapped() {
    struct Long;
    impl Settings for Long {
        fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
            let note = Note::new(
                "A note that goes on and on, since there is much to say about this setting, and whoever reads it has time enough.",
            );
            declare.value("long", 1, note).map(|_: u8| Self)
        }
    }
    let written = template::<Long>("").unwrap();
    assert!(written.lines().count() == 3 || written.lines().all(|line| line.len() <= 120), "{written}");
}

#[test]
fn a_rate_is_written_as_it_is_read() {
    for text in ["20/s burst 40", "1/min burst 1", "5/h burst 3"] {
        assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
    }
    for text in ["20/s", "0/s burst 1", "1/s burst 0", "1/day burst 1", "s burst 1", "-1/s burst 1", ""] {
        assert!(text.parse::<Rate>().is_err(), "{text}");
    }
}

#[test]
fn the_shells_own_settings_have_defaults() {
    struct All;
    impl Settings for All {
        fn declare(declare: &mut Declare) -> Result<Self, SettingsError> {
            declare.section::<Log>("log", Note::new("The log."))?;
            declare.section::<ProbeTimes>("health", Note::new("Health."))?;
            Ok(Self)
        }
    }
    assert!(parse::<All>("").is_ok());
    assert!(parse::<All>("[log]\nlevel = \"trace\"\nformat = \"json\"\nrequests = \"all\"").is_ok());
    let error = parse::<All>("[log]\nlevel = \"s3cret\"").err().unwrap().to_string();
    assert_eq!(error, "`log.level` must be one of error, warn, info, debug, trace");
    assert!(parse::<All>(&template::<All>("").unwrap()).is_ok());
}
