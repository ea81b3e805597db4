//! A set of numbers that knows which of its words are empty, so that long stretches of nothing are passed over; not whose numbers they are.

use crate::compile::bits::{Bits, WORD};

/// A set of numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Blocks {
    numbers: Bits,
    /// Words that are not zero.
    words: Bits,
}

impl Blocks {
    /// Adds a number.
    #[inline]
    pub(super) fn insert(&mut self, number: usize) {
        self.numbers.insert(number);
        self.words.insert(number / WORD);
    }

    /// Removes a number.
    #[inline]
    pub(super) fn remove(&mut self, number: usize) {
        self.numbers.remove(number);
        let word = number / WORD;
        if self.numbers.words().get(word) == Some(&0) {
            self.words.remove(word);
        }
    }

    /// Removes all numbers.
    pub(super) fn clear(&mut self) {
        self.numbers.clear();
        self.words.clear();
    }

    /// Whether there are no numbers.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words.
    #[inline]
    pub(super) fn words(&self) -> &[u64] {
        self.numbers.words()
    }

    /// Which words are not zero, as bits.
    #[inline]
    pub(super) fn filled(&self) -> &[u64] {
        self.words.words()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_filled_as_long_as_it_has_a_number() {
        let mut blocks = Blocks::default();
        for number in [3, 64, 65] {
            blocks.insert(number);
        }
        blocks.remove(64);
        assert_eq!(blocks.filled(), [0b11]);
        blocks.remove(65);
        blocks.remove(1000);
        assert_eq!(blocks.filled(), [0b01]);
        assert_eq!(blocks.words(), [1 << 3, 0]);
        assert!(!blocks.is_empty());
    }
}
