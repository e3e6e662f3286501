//! Members of a JSON object that are read one after the other, and judged at the end.
//!
//! A derived reader is a state machine of some kilobytes for each type, which the wallet page would carry over the network;
//! with this one a type costs a call for each member. What is not read is ignored, unless [`Fields::nothing_else`] asks.

use std::collections::BTreeMap;

use mapae_jose::{Object, Value};

use crate::members::into_text;

/// The members of an object, each taken once. A member that is missing or of another type is remembered.
#[derive(Debug)]
pub struct Fields {
    object: Object,
    is_whole: bool,
}

impl Fields {
    /// The members of a value, if it has any.
    pub fn of(value: Value) -> Option<Self> {
        match value {
            Value::Object(object) => Some(Self { object, is_whole: true }),
            _ => None,
        }
    }

    /// The value of a variant: `"name"` alone, or `{"name": …}`.
    pub fn variant(value: Value) -> Option<(String, Value)> {
        match value {
            Value::String(name) => Some((name, Value::Null)),
            Value::Object(members) if members.len() == 1 => members.into_iter().next(),
            _ => None,
        }
    }

    /// What was read, if all of it was there.
    pub fn whole<T>(self, read: T) -> Option<T> {
        self.is_whole.then_some(read)
    }

    /// The same where no other member may be there.
    pub fn nothing_else<T>(self, read: T) -> Option<T> {
        (self.is_whole && self.object.is_empty()).then_some(read)
    }

    /// What `read` makes of a member that must be there.
    pub fn one<T>(&mut self, name: &str, read: impl FnOnce(Value) -> Option<T>) -> Option<T> {
        let read = self.object.remove(name).and_then(read);
        self.is_whole &= read.is_some();
        read
    }

    /// What `read` makes of a member, unless it is missing or null.
    pub fn maybe<T>(&mut self, name: &str, read: impl FnOnce(Value) -> Option<T>) -> Option<T> {
        let value = self.object.remove(name).filter(|value| !value.is_null())?;
        let read = read(value);
        self.is_whole &= read.is_some();
        read
    }

    /// What `read` makes of each element of an array, which must be there.
    pub fn each<T>(&mut self, name: &str, read: impl FnMut(Value) -> Option<T>) -> Vec<T> {
        self.is_whole &= self.has(name);
        self.any(name, read)
    }

    /// The same; none if the array is missing.
    pub fn any<T>(&mut self, name: &str, mut read: impl FnMut(Value) -> Option<T>) -> Vec<T> {
        let mut all = Vec::new();
        for value in self.elements(name) {
            match read(value) {
                Some(one) => all.push(one),
                None => self.is_whole = false,
            }
        }
        all
    }

    /// What `read` makes of each member of an object; none if the object is missing.
    pub fn named<T>(&mut self, name: &str, mut read: impl FnMut(Value) -> Option<T>) -> BTreeMap<String, T> {
        let mut all = BTreeMap::new();
        for (name, value) in self.members(name) {
            match read(value) {
                Some(one) => drop(all.insert(name, one)),
                None => self.is_whole = false,
            }
        }
        all
    }

    fn members(&mut self, name: &str) -> Object {
        match self.object.remove(name) {
            Some(Value::Object(members)) => members,
            other => {
                self.is_whole &= other.is_none();
                Object::new()
            }
        }
    }

    fn elements(&mut self, name: &str) -> Vec<Value> {
        match self.object.remove(name) {
            Some(Value::Array(elements)) => elements,
            other => {
                self.is_whole &= other.is_none();
                Vec::new()
            }
        }
    }

    /// Whether a member is there.
    pub fn has(&self, name: &str) -> bool {
        self.object.contains_key(name)
    }

    /// A text.
    pub fn text(&mut self, name: &str) -> String {
        self.one(name, into_text).unwrap_or_default()
    }

    /// A text, unless it is missing or null.
    pub fn maybe_text(&mut self, name: &str) -> Option<String> {
        self.maybe(name, into_text)
    }

    /// Texts.
    pub fn texts(&mut self, name: &str) -> Vec<String> {
        self.each(name, into_text)
    }

    /// Texts; none if the array is missing.
    pub fn any_texts(&mut self, name: &str) -> Vec<String> {
        self.any(name, into_text)
    }

    /// A number of things.
    pub fn count(&mut self, name: &str) -> usize {
        self.one(name, |value| value.as_u64()?.try_into().ok()).unwrap_or_default()
    }

    /// Yes or no.
    pub fn flag(&mut self, name: &str) -> bool {
        self.one(name, |value| value.as_bool()).unwrap_or_default()
    }

    /// Yes or no; no if it is missing.
    pub fn flag_or_no(&mut self, name: &str) -> bool {
        self.has(name) && self.flag(name)
    }
}
