//! Label keys and values as dense ids, in the order of their text; not what is demanded of them.
//!
//! Only keys that some pod, daemon, pool or offering demands are numbered: a key that nobody asks about can't refuse anybody.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::table::{Id, Table, id_types};
use crate::model::{Vocabulary, label};

id_types! {
    /// A label key.
    KeyId;
    /// A value of a label key; only unique together with its key.
    ValueId;
}

/// Numbered keys and values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    ids: FxHashMap<Arc<str>, KeyId>,
    keys: Table<KeyId, Key>,
}

/// A key and its values.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// The key's text.
    pub(crate) name: Arc<str>,
    /// Whether the provider knows the key, so that a claim that does not mention it may still get it.
    pub(crate) well_known: bool,
    ids: FxHashMap<Arc<str>, ValueId>,
    values: Table<ValueId, Value>,
}

/// A value.
#[derive(Clone, Debug)]
struct Value {
    name: Arc<str>,
    /// The value as a number, when it is one.
    number: Option<i64>,
}

impl Names {
    /// Starts to collect.
    pub(crate) fn collector() -> Collector {
        Collector::default()
    }

    /// The key of this name, if anybody demands it.
    pub(crate) fn key(&self, name: &str) -> Option<KeyId> {
        self.ids.get(name).copied()
    }

    /// What is known about a key.
    pub(crate) fn of(&self, key: KeyId) -> &Key {
        &self.keys[key]
    }

    /// All keys.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (KeyId, &Key)> {
        self.keys.iter()
    }

    /// The host name key, if anybody demands it.
    pub(crate) fn host(&self) -> Option<KeyId> {
        self.key(label::HOSTNAME)
    }
}

impl Key {
    /// The value of this name, if anybody mentions it.
    pub(crate) fn value(&self, name: &str) -> Option<ValueId> {
        self.ids.get(name).copied()
    }

    /// The text of a value.
    pub(crate) fn text(&self, value: ValueId) -> &Arc<str> {
        &self.values[value].name
    }

    /// The value as a number, when it is one.
    pub(crate) fn number(&self, value: ValueId) -> Option<i64> {
        self.values[value].number
    }

    /// How many values are known.
    pub(crate) const fn len(&self) -> usize {
        self.values.len()
    }
}

/// Reads a label value as a number.
pub(crate) fn number(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// Collects keys and values in any order.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    keys: FxHashMap<String, usize>,
    values: Vec<Collected>,
}

#[derive(Debug, Default)]
struct Collected {
    key: String,
    known: FxHashSet<Arc<str>>,
    values: Vec<Arc<str>>,
}

impl Collector {
    /// Notes that somebody demands a key.
    pub(crate) fn key(&mut self, key: &str) {
        self.slot(key);
    }

    /// Notes a value of a key that may not have been demanded before.
    pub(crate) fn value(&mut self, key: &str, value: &str) {
        let slot = self.slot(key);
        self.insert(slot, value);
    }

    /// Notes a value if somebody demands its key.
    pub(crate) fn value_of_known(&mut self, key: &str, value: &str) {
        if let Some(&slot) = self.keys.get(key) {
            self.insert(slot, value);
        }
    }

    /// Numbers everything in the order of its text.
    pub(crate) fn finish(mut self, vocabulary: &Vocabulary) -> Names {
        self.values.sort_by(|a, b| a.key.cmp(&b.key));
        let mut names = Names::default();
        for Collected { key, mut values, known: _ } in self.values {
            let name: Arc<str> = Arc::from(key);
            values.sort_unstable();
            let ids = values
                .iter()
                .enumerate()
                .map(|(index, value)| (Arc::clone(value), ValueId::at(index)))
                .collect();
            let values =
                values.into_iter().map(|name| Value { number: number(&name), name }).collect();
            let well_known = vocabulary.is_well_known(&name);
            let key =
                Key { name: Arc::clone(&name), well_known, ids, values: Table::from_rows(values) };
            let id = names.keys.push(key);
            names.ids.insert(name, id);
        }
        names
    }

    fn slot(&mut self, key: &str) -> usize {
        if let Some(&slot) = self.keys.get(key) {
            return slot;
        }
        let slot = self.values.len();
        self.keys.insert(key.to_owned(), slot);
        self.values.push(Collected { key: key.to_owned(), ..Collected::default() });
        slot
    }

    fn insert(&mut self, slot: usize, value: &str) {
        let Some(collected) = self.values.get_mut(slot) else { return };
        if !collected.known.contains(value) {
            let value: Arc<str> = Arc::from(value);
            collected.known.insert(Arc::clone(&value));
            collected.values.push(value);
        }
    }
}
