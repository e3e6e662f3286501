//! A map as a sorted list: for each kind of value, a `BTreeMap` would bring ten kilobytes of code into the wallet page.

use core::borrow::Borrow;

/// Values by key, in the order of the keys.
#[derive(Debug, Clone)]
pub(crate) struct Sorted<K, V>(Vec<(K, V)>);

impl<K, V> Default for Sorted<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Borrow<str>, V> Sorted<K, V> {
    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&V> {
        let (found, value) = self.0.get(self.place(key))?;
        (found.borrow() == key).then_some(value)
    }

    /// The same, to change it.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        let place = self.place(key);
        let (found, value) = self.0.get_mut(place)?;
        ((*found).borrow() == key).then_some(value)
    }

    /// Puts a value in, in the place of the one before.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        let place = self.place(key.borrow());
        match self.0.get_mut(place) {
            Some((found, before)) if (*found).borrow() == key.borrow() => *before = value,
            _ => self.0.insert(place, (key, value)),
        }
    }

    /// Takes a value out.
    pub(crate) fn remove(&mut self, key: &str) -> Option<V> {
        self.get(key)?;
        Some(self.0.remove(self.place(key)).1)
    }

    /// Keeps what is wanted.
    pub(crate) fn retain(&mut self, wanted: impl Fn(&K, &V) -> bool) {
        self.0.retain(|(key, value)| wanted(key, value));
    }

    /// All keys and values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// All values.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    /// Where a key is, or would be.
    fn place(&self, key: &str) -> usize {
        self.0.partition_point(|(other, _)| other.borrow() < key)
    }
}
