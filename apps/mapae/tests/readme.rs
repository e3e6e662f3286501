//! The README is true: its commands are run as they stand there.

use std::fs;

use crate::sandbox::Sandbox;

/// The shell blocks of a section of the README.
fn blocks(section: &str) -> Vec<String> {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).unwrap();
    let section = readme.split("\n## ").find(|text| text.starts_with(section)).unwrap();
    section.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// The lines in them that start with `mapae`, as argument lists.
fn commands(section: &str) -> Vec<Vec<String>> {
    let blocks = blocks(section);
    blocks.iter().flat_map(|block| block.lines()).filter_map(|line| line.strip_prefix("mapae ")).map(words).collect()
}

/// Splits at spaces outside double quotes.
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words
}

#[test]
fn the_first_page_of_the_readme_works() {
    let sandbox = Sandbox::empty();
    let commands = commands("A register goes in");
    let names: Vec<&str> = commands.iter().map(|words| words[0].as_str()).collect();
    assert_eq!(names, ["authority", "people", "issue", "bundle", "request", "present", "verify"]);
    for words in &commands {
        let output = sandbox.command_of(words).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "mapae {}\n{said}", words.join(" "));
        if words[0] == "verify" {
            let shown = String::from_utf8(output.stdout).unwrap();
            for line in ["HELD  org.iso.23220.photoid.1", "    age_over_19: true", "    family_name: SHIN"] {
                assert!(shown.lines().any(|shown| shown == line), "{shown}");
            }
        }
    }
}

#[cfg(feature = "services")]
#[test]
fn a_phone_gets_its_card_as_the_readme_says() {
    let up = crate::up::Up::start();
    let commands = commands("A phone gets its card");
    let names: Vec<String> = commands.iter().map(|words| words[..2].join(" ")).collect();
    assert_eq!(names, ["office offer", "office outbox", "wallet add", "wallet list"]);
    let (mut link, mut code) = (String::new(), String::new());
    for words in commands {
        let said = |word: String| if word == "LINK" { link.clone() } else { word.replace("CODE", &code) };
        let words: Vec<String> = words.into_iter().map(said).collect();
        let ran = up.run(&words);
        assert_eq!(ran.code, 0, "mapae {}\n{}{}", words.join(" "), ran.stdout, ran.stderr);
        let after = |begin: &str| ran.stdout.lines().find(|said| said.starts_with(begin)).map(str::to_owned);
        link = after("openid-credential-offer://").unwrap_or(link);
        code = after("code ").map_or(code, |said| said["code ".len()..].to_owned());
    }
}

#[cfg(feature = "services")]
#[test]
fn people_sign_in_as_the_readme_says() {
    const ADDRESS: &str = "127.0.0.1:8700";
    let [serve, rest, openid] = blocks("People sign in").try_into().unwrap();
    let sandbox = Sandbox::empty();
    let free = serve.trim().strip_prefix("mapae ").unwrap().replace(ADDRESS, "127.0.0.1:0");
    let served = crate::served::Served::start(&sandbox, "box", &free);
    let dialogue = format!("{rest}{openid}").replace(ADDRESS, served.url().strip_prefix("http://").unwrap());
    let output = sandbox.shell(&dialogue).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let said: Vec<serde_json::Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [answered, polled, person] = &said[..] else { panic!("{said:?}") };
    assert_eq!(answered["sent"][0]["status"], 200, "{answered}");
    assert_eq!(polled["result"]["credentials"][0]["claims"]["age_over_19"], true, "{polled}");
    assert!(person["sub"].is_string() && person["name"].is_string(), "{person}");
}
