//! Reads requirements and labels of the model as numbers; not what they mean.

use super::{
    algebra::{Algebra, Entry, Req, ReqId, SetId},
    bits::Bits,
    names::{Collector, KeyId},
    table::Id,
};
use crate::model::{Labels, Requirement, RequirementEntry, Requirements, Vocabulary};

/// Reads under the names that a provider gives keys and values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'s> {
    vocabulary: &'s Vocabulary,
}

impl<'s> Reader<'s> {
    /// Reads with this vocabulary.
    pub(crate) const fn new(vocabulary: &'s Vocabulary) -> Self {
        Self { vocabulary }
    }

    /// The vocabulary.
    pub(super) const fn vocabulary(self) -> &'s Vocabulary {
        self.vocabulary
    }

    /// Notes what demands mention.
    pub(super) fn note_entries<'e>(
        self,
        collector: &mut Collector,
        entries: impl IntoIterator<Item = &'e RequirementEntry>,
    ) {
        for entry in entries {
            let key = self.vocabulary.canonical_key(&entry.key);
            collector.key(key);
            for value in &entry.values {
                collector.value(key, self.vocabulary.canonical_value(key, value));
            }
        }
    }

    /// Notes what demanded labels mention.
    pub(super) fn note_labels(self, collector: &mut Collector, labels: &Labels) {
        for (key, value) in labels {
            let key = self.vocabulary.canonical_key(key);
            collector.value(key, self.vocabulary.canonical_value(key, value));
        }
    }

    /// Notes a demand.
    pub(super) fn note(self, collector: &mut Collector, requirement: &Requirement) {
        let key = self.vocabulary.canonical_key(requirement.key());
        collector.key(key);
        for value in requirement.values() {
            collector.value(key, self.vocabulary.canonical_value(key, value));
        }
    }

    /// Notes the values of an offer, if its key is demanded.
    pub(super) fn note_offer(self, collector: &mut Collector, requirement: &Requirement) {
        let key = self.vocabulary.canonical_key(requirement.key());
        for value in requirement.values() {
            collector.value_of_known(key, self.vocabulary.canonical_value(key, value));
        }
    }

    /// Notes the values of offered labels, if their keys are demanded.
    pub(super) fn note_offered_labels(self, collector: &mut Collector, labels: &Labels) {
        for (key, value) in labels {
            let key = self.vocabulary.canonical_key(key);
            collector.value_of_known(key, self.vocabulary.canonical_value(key, value));
        }
    }

    /// The number of a requirement; none when nobody demands its key.
    pub(crate) fn requirement(
        self,
        algebra: &mut Algebra,
        requirement: &Requirement,
    ) -> Option<ReqId> {
        let name = self.vocabulary.canonical_key(requirement.key());
        let key = algebra.names().key(name)?;
        let known = algebra.names().of(key);
        let mut values = requirement
            .values()
            .filter_map(|value| known.value(self.vocabulary.canonical_value(name, value)));
        let is_single = requirement.values().len() == 1
            && !requirement.is_complement()
            && requirement.min_values().is_none();
        if is_single && let Some(value) = values.next() {
            return Some(algebra.exactly(key, value));
        }
        let values = Bits::of(values.map(Id::index)).words().into();
        let hides_demand = requirement.operator().admits_absence();
        Some(algebra.req(Req {
            key,
            complement: requirement.is_complement(),
            gte: requirement.gte(),
            lte: requirement.lte(),
            must_exist: hides_demand && !requirement.admits_absence(),
            min_values: requirement.min_values(),
            values,
        }))
    }

    /// The set of requirements on different keys.
    pub(crate) fn set(self, algebra: &mut Algebra, requirements: &Requirements) -> SetId {
        let mut set = Algebra::nothing();
        for requirement in requirements.iter() {
            if let Some(req) = self.requirement(algebra, requirement) {
                set = algebra.with(set, req);
            }
        }
        set
    }

    /// The set of a list; requirements on one key are intersected.
    pub(super) fn entries<'e>(
        self,
        algebra: &mut Algebra,
        entries: impl IntoIterator<Item = &'e RequirementEntry>,
    ) -> SetId {
        let mut set = Algebra::nothing();
        for entry in entries {
            if let Some(req) = self.requirement(algebra, &Requirement::from(entry)) {
                set = algebra.with(set, req);
            }
        }
        set
    }

    /// The set that exactly these labels meet, keys that nobody demands and `except` left out.
    pub(super) fn labels(
        self,
        algebra: &mut Algebra,
        labels: &Labels,
        except: Option<KeyId>,
    ) -> SetId {
        let mut entries: Vec<Entry> = Vec::new();
        for (key, value) in labels {
            let name = self.vocabulary.canonical_key(key);
            let Some(key) = algebra.names().key(name).filter(|key| Some(*key) != except) else {
                continue;
            };
            let value = self.vocabulary.canonical_value(name, value);
            let Some(value) = algebra.names().of(key).value(value) else { continue };
            let req = algebra.exactly(key, value);
            match entries.binary_search_by_key(&key, |&(key, _)| key) {
                // Two spellings of one key: both must hold.
                Ok(place) => {
                    if let Some(entry) = entries.get_mut(place) {
                        entry.1 = algebra.meet(entry.1, req);
                    }
                }
                Err(place) => entries.insert(place, (key, req)),
            }
        }
        algebra.intern_set(&entries)
    }
}
