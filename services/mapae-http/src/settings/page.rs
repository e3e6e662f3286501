//! A commented file: the notes above the values, sections last (TOML v1.0 takes what follows a section's head for its own).

use super::Note;

/// Letters of a line.
const WIDTH: usize = 118;

/// What a table's declarations have said.
#[derive(Debug, Default)]
pub(super) struct Page {
    lines: String,
    sections: String,
}

/// One setting.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) key: &'static str,
    pub(super) note: Note,
    pub(super) bounds: Option<String>,
    pub(super) value: String,
    pub(super) shown: Shown,
}

/// Whether a value counts, or is an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Yes,
    Commented,
}

impl Page {
    pub(super) fn line(&mut self, line: Line) {
        if !self.lines.is_empty() {
            self.lines.push('\n');
        }
        comment(&mut self.lines, line.note);
        if let Some(bounds) = line.bounds {
            wrapped(&mut self.lines, &bounds);
        }
        let mark = if line.shown == Shown::Commented { "# " } else { "" };
        self.lines.extend([mark, line.key, " = ", &line.value, "\n"]);
    }

    pub(super) fn section(&mut self, head: &str, note: Note, page: Self) {
        self.sections.push('\n');
        comment(&mut self.sections, note);
        let mark = if page.is_commented() { "# " } else { "" };
        self.sections.extend([mark, head, "\n"]);
        self.sections.push_str(&page.text());
    }

    /// The same as an example.
    pub(super) fn commented(self) -> Self {
        let behind = |line: &str| match line {
            "" => "#\n".to_owned(),
            line if line.starts_with('#') => format!("{line}\n"),
            line => format!("# {line}\n"),
        };
        Self { lines: self.lines.lines().map(behind).collect(), sections: self.sections.lines().map(behind).collect() }
    }

    fn is_commented(&self) -> bool {
        !self.lines.is_empty() && self.lines.lines().all(|line| line.starts_with('#'))
    }

    pub(super) fn text(self) -> String {
        self.lines + &self.sections
    }
}

fn comment(to: &mut String, note: Note) {
    wrapped(to, note.meaning);
    for (what, said) in [("Cost", note.cost), ("Danger", note.danger)] {
        if let Some(said) = said {
            wrapped(to, &format!("{what}: {said}"));
        }
    }
}

fn wrapped(to: &mut String, text: &str) {
    let mut length = 0;
    for word in text.split_whitespace() {
        let letters = word.chars().count();
        if length == 0 || length + 1 + letters > WIDTH {
            to.push_str(if length == 0 { "#" } else { "\n#" });
            length = 1;
        }
        to.push(' ');
        to.push_str(word);
        length += 1 + letters;
    }
    to.push('\n');
}
