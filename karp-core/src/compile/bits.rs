//! Sets of small numbers as words of bits; not the meaning of a bit.

/// Numbers of one word.
pub(crate) const WORD: usize = 64;

/// A set of numbers that grows as needed; words that were never reached are zero.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// All numbers below `len`.
    pub(crate) fn below(len: usize) -> Self {
        let mut words = vec![u64::MAX; len.div_ceil(WORD)];
        if let (Some(last), rest @ 1..) = (words.last_mut(), len % WORD) {
            *last = (1 << rest) - 1;
        }
        Self { words }
    }

    /// No numbers, with room for those below `len`.
    pub(crate) fn empty(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(WORD)] }
    }

    /// These numbers.
    pub(crate) fn of(numbers: impl IntoIterator<Item = usize>) -> Self {
        let mut bits = Self::default();
        numbers.into_iter().for_each(|number| bits.insert(number));
        bits
    }

    /// Adds a number.
    #[inline]
    pub(crate) fn insert(&mut self, number: usize) {
        let word = number / WORD;
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        if let Some(word) = self.words.get_mut(word) {
            *word |= 1 << (number % WORD);
        }
    }

    /// Removes a number.
    #[inline]
    pub(crate) fn remove(&mut self, number: usize) {
        if let Some(word) = self.words.get_mut(number / WORD) {
            *word &= !(1 << (number % WORD));
        }
    }

    /// Adds or removes a number.
    #[inline]
    pub(crate) fn put(&mut self, number: usize, present: bool) {
        if present {
            self.insert(number);
        } else {
            self.remove(number);
        }
    }

    /// Removes all numbers.
    pub(crate) fn clear(&mut self) {
        self.words.clear();
    }

    /// Whether a number is in the set.
    #[inline]
    pub(crate) fn has(&self, number: usize) -> bool {
        has(&self.words, number)
    }

    /// The words.
    #[inline]
    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// The numbers, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        ones(&self.words)
    }

    /// Whether there are no numbers.
    pub(crate) fn is_empty(&self) -> bool {
        !any(&self.words)
    }

    /// Keeps the numbers that `other` has, too.
    pub(crate) fn intersect(&mut self, other: &[u64]) {
        intersect(&mut self.words, other);
    }

    /// Adds the numbers of `other`; `other` must not be longer.
    pub(crate) fn unite(&mut self, other: &[u64]) {
        self.words.iter_mut().zip(other).for_each(|(word, other)| *word |= other);
    }
}

/// Whether a number is in the set of these words.
#[inline]
pub(crate) fn has(words: &[u64], number: usize) -> bool {
    words.get(number / WORD).is_some_and(|word| word >> (number % WORD) & 1 == 1)
}

/// Keeps in `words` what `other` has, too; what `other` does not reach is dropped.
#[inline]
pub(crate) fn intersect(words: &mut [u64], other: &[u64]) {
    let reached = words.len().min(other.len());
    words.iter_mut().zip(other).for_each(|(word, other)| *word &= other);
    words.iter_mut().skip(reached).for_each(|word| *word = 0);
}

/// Whether two rows have a number in common.
pub(crate) fn meet(a: &[u64], b: &[u64]) -> bool {
    a.iter().zip(b).any(|(a, b)| a & b != 0)
}

/// Whether any number is in the set.
#[inline]
pub(crate) fn any(words: &[u64]) -> bool {
    words.iter().any(|&word| word != 0)
}

/// The numbers of the set, ascending.
pub(crate) fn ones(words: &[u64]) -> impl Iterator<Item = usize> {
    words.iter().enumerate().flat_map(|(index, &word)| {
        let mut rest = word;
        std::iter::from_fn(move || {
            let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some(index * WORD + bit)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_in_order() {
        let mut bits = Bits::of([130, 0, 63, 64]);
        bits.remove(63);
        assert_eq!(bits.iter().collect::<Vec<_>>(), [0, 64, 130]);
        assert!(bits.has(64) && !bits.has(63) && !bits.has(1000));
    }

    #[test]
    fn all_below_stops_at_the_bound() {
        for len in [0, 1, 63, 64, 65] {
            assert_eq!(Bits::below(len).iter().count(), len);
        }
    }

    #[test]
    fn what_the_other_does_not_reach_is_dropped() {
        let mut bits = Bits::below(130);
        bits.intersect(&[1]);
        assert_eq!(bits.iter().collect::<Vec<_>>(), [0]);
    }
}
