//! Which places may lie in which domains of a label, as bit columns; not which domain a pod needs.

use crate::compile::{
    algebra::{Algebra, SetId},
    bits::{self, Bits},
    names::{KeyId, ValueId},
    table::Id,
};

/// Columns for one kind of places.
#[derive(Clone, Debug)]
pub(super) struct Permits {
    keys: Vec<KeyPermits>,
}

#[derive(Clone, Debug)]
struct KeyPermits {
    key: KeyId,
    /// Whether a place that does not mention the key may still come to lie in any domain.
    absent_permits: bool,
    /// By value: places that may have it.
    domains: Vec<Bits>,
    /// Places that may lack the label: `NotIn` and `DoesNotExist`.
    soft: Bits,
}

impl Permits {
    /// Columns for `keys`; `absent_permits` where places are still to be bought.
    pub(super) fn new(keys: &[KeyId], algebra: &Algebra, to_be_bought: bool) -> Self {
        let of_key = |&key: &KeyId| {
            let known = algebra.names().of(key);
            KeyPermits {
                key,
                absent_permits: to_be_bought && known.well_known,
                domains: vec![Bits::default(); known.len()],
                soft: Bits::default(),
            }
        };
        Self { keys: keys.iter().map(of_key).collect() }
    }

    /// Forgets all places.
    pub(super) fn clear(&mut self) {
        for own in &mut self.keys {
            own.domains.iter_mut().for_each(Bits::clear);
            own.soft.clear();
        }
    }

    /// Adds a place.
    pub(super) fn add(&mut self, place: usize, set: SetId, algebra: &Algebra) {
        self.keys.iter_mut().for_each(|own| own.put(place, set, algebra, true));
    }

    /// Follows a change of a place's set.
    pub(super) fn change(&mut self, place: usize, from: SetId, to: SetId, algebra: &Algebra) {
        for own in &mut self.keys {
            if algebra.get(from, own.key) != algebra.get(to, own.key) {
                own.put(place, from, algebra, false);
                own.put(place, to, algebra, true);
            }
        }
    }

    /// Places that may have a value.
    pub(super) fn domain(&self, key: KeyId, value: ValueId) -> &[u64] {
        let own = self.keys.iter().find(|own| own.key == key);
        own.and_then(|own| own.domains.get(value.index())).map_or(&[], Bits::words)
    }

    /// Places that may lack the label.
    pub(super) fn soft(&self, key: KeyId) -> &[u64] {
        self.keys.iter().find(|own| own.key == key).map_or(&[], |own| own.soft.words())
    }
}

impl KeyPermits {
    fn put(&mut self, place: usize, set: SetId, algebra: &Algebra, present: bool) {
        let Some(id) = algebra.get(set, self.key) else {
            if self.absent_permits {
                self.domains.iter_mut().for_each(|column| column.put(place, present));
            }
            return;
        };
        let req = algebra.of(id);
        if req.is_soft() {
            self.soft.put(place, present);
        }
        if req.complement {
            for (value, column) in self.domains.iter_mut().enumerate() {
                if algebra.admits(id, ValueId::at(value)) {
                    column.put(place, present);
                }
            }
        } else {
            for value in bits::ones(&req.values) {
                if let Some(column) = self.domains.get_mut(value) {
                    column.put(place, present);
                }
            }
        }
    }
}
