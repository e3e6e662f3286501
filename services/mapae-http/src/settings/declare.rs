//! Asking for settings, which declares them.

use core::{fmt::Display, ops::RangeInclusive, str::FromStr};

use serde::{Serialize, de::DeserializeOwned};
use toml::{Table, Value};

use super::{
    Note, Settings, SettingsError,
    page::{Line, Page, Shown},
};

/// Unlike as half of its letters is no near key.
const NEAR: f64 = 0.5;

/// One table of a file: what is asked of it is declared.
#[derive(Debug)]
pub struct Declare {
    given: Table,
    path: String,
    mode: Mode,
    page: Page,
    known: Vec<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Reading,
    Writing,
}

impl Declare {
    pub(super) fn reading(given: Table) -> Self {
        Self::at(String::new(), given, Mode::Reading)
    }

    pub(super) fn writing(given: Table) -> Self {
        Self::at(String::new(), given, Mode::Writing)
    }

    fn at(path: String, given: Table, mode: Mode) -> Self {
        Self { given, path, mode, page: Page::default(), known: Vec::new() }
    }

    /// A setting with a default.
    pub fn value<T>(&mut self, key: &'static str, default: T, note: Note) -> Result<T, SettingsError>
    where
        T: Serialize + DeserializeOwned,
    {
        let given = self.take(key, shown(&default), Shown::Yes, note, None);
        given.map_or(Ok(default), |value| self.fit(key, value))
    }

    /// A setting without a default: a file without it is refused. `example` is what a template shows.
    pub fn required<T>(&mut self, key: &'static str, example: T, note: Note) -> Result<T, SettingsError>
    where
        T: Serialize + DeserializeOwned,
    {
        match self.take(key, shown(&example), Shown::Yes, note, None) {
            Some(value) => self.fit(key, value),
            None if self.mode == Mode::Writing => Ok(example),
            None => Err(SettingsError::Missing { key: self.full(key) }),
        }
    }

    /// A setting that may be left out. A template shows `example` behind a `#`.
    #[expect(clippy::needless_pass_by_value, reason = "asked like the others")]
    pub fn optional<T>(&mut self, key: &'static str, example: T, note: Note) -> Result<Option<T>, SettingsError>
    where
        T: Serialize + DeserializeOwned,
    {
        let given = self.take(key, shown(&example), Shown::Commented, note, None);
        given.map(|value| self.fit(key, value)).transpose()
    }

    /// A number with a default, within a range, both ends included.
    pub fn number<T>(
        &mut self,
        key: &'static str,
        default: T,
        range: RangeInclusive<T>,
        note: Note,
    ) -> Result<T, SettingsError>
    where
        T: Serialize + DeserializeOwned + PartialOrd + Display,
    {
        let expected = format!("from {} to {}", range.start(), range.end());
        let given = self.take(key, shown(&default), Shown::Yes, note, Some(format!("F{}.", &expected[1..])));
        let number = given.map_or(Ok(default), |value| self.fit(key, value))?;
        if range.contains(&number) { Ok(number) } else { Err(self.unfit(key, expected)) }
    }

    /// A text with a default that stands for something else, such as an address.
    pub fn parsed<T: FromStr>(&mut self, key: &'static str, default: &str, note: Note) -> Result<T, SettingsError> {
        let text: String = self.value(key, default.to_owned(), note)?;
        text.parse().map_err(|_| self.unfit(key, format!("like \"{default}\"")))
    }

    /// A table below this one.
    pub fn section<S: Settings>(&mut self, key: &'static str, note: Note) -> Result<S, SettingsError> {
        self.known.push(key);
        let given = match self.given.remove(key) {
            None => Table::new(),
            Some(Value::Table(table)) => table,
            Some(_) => return Err(self.unfit(key, "a section".to_owned())),
        };
        let (settings, page) = self.below(key, given)?;
        self.page.section(&format!("[{}]", self.full(key)), note, page);
        Ok(settings)
    }

    /// Any number of tables of one kind. A template that is given none shows one behind `#`.
    pub fn list<S: Settings>(&mut self, key: &'static str, note: Note) -> Result<Vec<S>, SettingsError> {
        self.known.push(key);
        let given = self.tables(key)?;
        let head = format!("[[{}]]", self.full(key));
        if given.is_empty() && self.mode == Mode::Writing {
            let (_, page) = self.below::<S>(key, Table::new())?;
            self.page.section(&head, note, page.commented());
            return Ok(Vec::new());
        }
        let mut all = Vec::new();
        for table in given {
            let (settings, page) = self.below(key, table)?;
            self.page.section(&head, note, page);
            all.push(settings);
        }
        Ok(all)
    }

    /// Whether a file is written and not read: settings that are demanded only in some cases are not missed then.
    pub fn is_template(&self) -> bool {
        self.mode == Mode::Writing
    }

    /// What is left is unknown.
    pub(super) fn finish(self) -> Result<Page, SettingsError> {
        let Some(key) = self.given.keys().next() else { return Ok(self.page) };
        let near = |known: &&'static str| strsim::normalized_damerau_levenshtein(key, known);
        let nearest = self.known.iter().copied().max_by(|one, other| near(one).total_cmp(&near(other)));
        let nearest = nearest.filter(|known| near(known) >= NEAR).map(|known| self.full(known));
        Err(SettingsError::Unknown { key: self.full(key), nearest })
    }

    /// A value cannot be used, for a reason that only whoever asked for it can see.
    pub fn unfit(&self, key: &str, expected: impl Into<String>) -> SettingsError {
        SettingsError::Unfit { key: self.full(key), expected: expected.into() }
    }

    fn below<S: Settings>(&self, key: &str, given: Table) -> Result<(S, Page), SettingsError> {
        let mut below = Self::at(self.full(key), given, self.mode);
        let settings = S::declare(&mut below)?;
        Ok((settings, below.finish()?))
    }

    fn tables(&mut self, key: &str) -> Result<Vec<Table>, SettingsError> {
        let Some(given) = self.given.remove(key) else { return Ok(Vec::new()) };
        given.try_into().map_err(|_| self.unfit(key, format!("a list of [[{}]]", self.full(key))))
    }

    fn take(
        &mut self,
        key: &'static str,
        default: String,
        unset: Shown,
        note: Note,
        bounds: Option<String>,
    ) -> Option<Value> {
        self.known.push(key);
        let given = self.given.remove(key);
        let (value, shown) = given.as_ref().map_or((default, unset), |value| (value.to_string(), Shown::Yes));
        self.page.line(Line { key, note, bounds, value, shown });
        given
    }

    fn fit<T: DeserializeOwned>(&self, key: &str, value: Value) -> Result<T, SettingsError> {
        // The parser's sentence may repeat the value.
        value.try_into().map_err(|_| self.unfit(key, kind::<T>()))
    }

    fn full(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

/// What serde asks for, in its words: of one of several words they are told, if it is asked with none of them.
fn kind<T: DeserializeOwned>() -> String {
    use serde::de::value::{Error, StrDeserializer, UnitDeserializer};
    let of_unit = T::deserialize(UnitDeserializer::<Error>::new()).err();
    let of_text = T::deserialize(StrDeserializer::<Error>::new("")).err();
    let expected = |error: Error| error.to_string().split_once("expected ").map(|(_, kind)| kind.replace('`', ""));
    let words = of_text.and_then(expected).filter(|kind| kind.starts_with("one of"));
    words.or_else(|| of_unit.and_then(expected)).unwrap_or_else(|| "of another kind".to_owned())
}

fn shown<T: Serialize>(value: &T) -> String {
    Value::try_from(value).map_or(String::new(), |value| value.to_string())
}
