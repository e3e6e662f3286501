//! The README is true: its commands are run as they stand there.

use std::fs;

use crate::sandbox::Sandbox;

/// The lines that start with `mapae` in the README's shell blocks, as argument lists.
fn commands() -> Vec<Vec<String>> {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).unwrap();
    let blocks = readme.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let lines = blocks.flat_map(str::lines).filter_map(|line| line.strip_prefix("mapae "));
    lines.map(words).collect()
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
    let commands = commands();
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
