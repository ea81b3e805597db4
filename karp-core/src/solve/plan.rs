//! Bit columns that say which places can't take a pod, combined word by word; not the exact check.

use smallvec::SmallVec;

use super::blocks::Blocks;

/// Columns over places. Each is a necessary condition; a column that does not reach a word has no bit there.
#[derive(Debug, Default)]
pub(super) struct Plan<'c> {
    required: SmallVec<[&'c [u64]; 12]>,
    excluded: SmallVec<[&'c [u64]; 6]>,
    /// Which words of some of the required columns are not zero.
    filled: SmallVec<[&'c [u64]; 8]>,
    /// Of each list at least one.
    one_of: SmallVec<[SmallVec<[&'c [u64]; 6]>; 2]>,
}

impl<'c> Plan<'c> {
    /// A place must be in `column`.
    pub(super) fn require(&mut self, column: &'c [u64]) {
        self.required.push(column);
    }

    /// A place must be in `column`, of which is known where it has places at all.
    pub(super) fn require_blocks(&mut self, column: &'c Blocks) {
        self.required.push(column.words());
        self.filled.push(column.filled());
    }

    /// A place must not be in `column`.
    pub(super) fn exclude(&mut self, column: &'c [u64]) {
        self.excluded.push(column);
    }

    /// A place must be in one of `columns`.
    pub(super) fn require_one_of(&mut self, columns: SmallVec<[&'c [u64]; 6]>) {
        self.one_of.push(columns);
    }

    /// Those of 64 words that may have a place which may take the pod.
    #[inline]
    pub(super) fn block(&self, index: usize, words: u64) -> u64 {
        let of = |column: &[u64]| column.get(index).copied().unwrap_or(0);
        self.filled.iter().fold(words, |left, column| left & of(column))
    }

    /// Those of the places of one word that may take the pod.
    #[inline]
    pub(super) fn word(&self, index: usize, places: u64) -> u64 {
        let of = |column: &[u64]| column.get(index).copied().unwrap_or(0);
        let left = self.required.iter().fold(places, |left, column| left & of(column));
        let left = self.excluded.iter().fold(left, |left, column| left & !of(column));
        self.one_of.iter().fold(left, |left, columns| {
            left & columns.iter().fold(0, |any, column| any | of(column))
        })
    }
}
