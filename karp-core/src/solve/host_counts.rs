//! Pods of one group by machine, with the bit columns of machines that have some or enough; not the rule that asks.

use crate::compile::bits::Bits;

/// Pods of one group on one kind of places.
#[derive(Clone, Debug, Default)]
pub(super) struct HostCounts {
    pods: Vec<u32>,
    used: Column,
    /// Places that may not even take a pod that is not counted.
    over: Column,
    /// Places that may take no further pod.
    full: Column,
}

/// Places, and how many they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    places: Bits,
    len: usize,
}

impl Column {
    /// The places.
    pub(super) fn words(&self) -> &[u64] {
        self.places.words()
    }

    /// How many they are.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    fn remove(&mut self, place: usize) {
        if self.places.has(place) {
            self.places.remove(place);
            self.len -= 1;
        }
    }

    fn insert(&mut self, place: usize) {
        if !self.places.has(place) {
            self.places.insert(place);
            self.len += 1;
        }
    }
}

impl HostCounts {
    /// Pods on a place.
    #[inline]
    pub(super) fn of(&self, place: usize) -> u32 {
        self.pods.get(place).copied().unwrap_or(0)
    }

    /// Places with pods.
    pub(super) const fn used(&self) -> &Column {
        &self.used
    }

    /// Places that can't take a pod, which counts itself or does not.
    pub(super) const fn full(&self, selects_self: bool) -> &Column {
        if selects_self { &self.full } else { &self.over }
    }

    /// Takes a pod off a place again.
    pub(super) fn remove(&mut self, place: usize, max_skew: u32) {
        let Some(count) = self.pods.get_mut(place).filter(|count| **count > 0) else { return };
        *count -= 1;
        let count = *count;
        if count == 0 {
            self.used.remove(place);
        }
        if count < max_skew {
            self.full.remove(place);
        }
        if count <= max_skew {
            self.over.remove(place);
        }
    }

    /// Adds pods to a place.
    pub(super) fn add(&mut self, place: usize, pods: u32, max_skew: u32) {
        if self.pods.len() <= place {
            self.pods.resize(place + 1, 0);
        }
        let Some(count) = self.pods.get_mut(place) else { return };
        *count += pods;
        let count = *count;
        self.used.insert(place);
        if count >= max_skew {
            self.full.insert(place);
        }
        if count > max_skew {
            self.over.insert(place);
        }
    }
}
