//! What failed tests said, kept for a stage's last words: the lines themselves scroll away, and a log may be cut in the middle.

/// Of one test.
const MOST_LINES: usize = 24;
/// Of a suite: if everything fails, the first tell enough.
const MOST_TESTS: usize = 20;

/// Of one line, in characters.
const MOST_CHARACTERS: usize = 400;

/// What `cargo test` prints below `---- a::test stdout ----`, and the scripts of `tests/browser` below `FAILED  scenario`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Failures {
    tests: Vec<Vec<String>>,
    is_open: bool,
}

impl Failures {
    pub(crate) fn read(&mut self, line: &str) {
        let line = line.trim_end();
        if begins(line) {
            self.tests.push(vec![line.to_owned()]);
            self.is_open = true;
        } else if ends(line) {
            self.is_open = false;
        } else if self.is_open && !line.is_empty() {
            self.tests.last_mut().into_iter().for_each(|said| said.push(line.chars().take(MOST_CHARACTERS).collect()));
        }
    }

    pub(crate) fn extend(&mut self, others: Self) {
        self.tests.extend(others.tests);
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        let shown = self.tests.iter().take(MOST_TESTS).flat_map(|said| said.iter().take(MOST_LINES).cloned());
        let untold = self.tests.len().saturating_sub(MOST_TESTS);
        shown.chain((untold > 0).then(|| format!("and {untold} more")))
    }
}

fn begins(line: &str) -> bool {
    (line.starts_with("---- ") && line.ends_with(" ----")) || line.starts_with("FAILED  ")
}

fn ends(line: &str) -> bool {
    line == "failures:" || line.starts_with("test result: ") || line.starts_with("ok  ")
}

#[cfg(test)]
mod tests {
    use super::{Failures, MOST_LINES, MOST_TESTS};

    fn told(text: &str) -> Vec<String> {
        let mut failures = Failures::default();
        text.lines().for_each(|line| failures.read(line));
        failures.lines().collect()
    }

    #[test]
    fn what_a_failed_test_said_is_kept_and_nothing_of_those_that_passed() {
        let text = "running 2 tests\ntest one ... ok\ntest two ... FAILED\n\nfailures:\n\n---- two stdout ----\n\n\
                    thread 'two' panicked at two.rs:3:5:\nleft: 1\n\n\nfailures:\n    two\n\ntest result: FAILED. 1 passed; 1 failed";
        assert_eq!(told(text), ["---- two stdout ----", "thread 'two' panicked at two.rs:3:5:", "left: 1"]);
        assert!(told("test one ... ok\ntest result: ok. 1 passed; 0 failed").is_empty());
    }

    #[test]
    fn a_scenario_of_the_browser_ends_where_the_next_begins() {
        let text = "ok      before\nFAILED  scenario\n        Error: no\n            at stage.mjs\nok      after\nmore";
        assert_eq!(told(text), ["FAILED  scenario", "        Error: no", "            at stage.mjs"]);
    }

    #[test]
    fn many_failures_are_cut_short_and_counted() {
        let one = "FAILED  scenario\n".to_owned() + &"line\n".repeat(2 * MOST_LINES);
        let lines = told(&one.repeat(MOST_TESTS + 3));
        assert_eq!(lines.len(), MOST_TESTS * MOST_LINES + 1);
        assert_eq!(lines.last().map(String::as_str), Some("and 3 more"));
    }
}
