//! Randomness from one number: named streams that don't disturb each other; not secrets.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// One number from which everything random of a run follows.
///
/// Each purpose takes a [stream](Self::stream) by its name. A purpose that draws more, or one that is added, changes nothing for the
/// others. The mapping from seed and name to values is part of this crate's interface: it does not change between versions.
///
/// ```
/// use karp_fake::Seed;
///
/// let mut names = Seed(7).stream("names");
/// let mut faults = Seed(7).stream("faults");
/// assert_eq!(names.below(1_000), Seed(7).stream("names").below(1_000));
/// assert_ne!(names.next_u64(), faults.next_u64());
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Seed(pub u64);

/// Values of one purpose, in order.
#[derive(Clone, Debug)]
pub struct Stream {
    generator: ChaCha8Rng,
}

impl Seed {
    /// The values of one purpose: always the same for this seed and name.
    pub fn stream(self, name: &str) -> Stream {
        let mut key = [0_u8; 32];
        let words = [self.0, hash(name, 1), hash(name, 2), hash(name, 3)];
        for (place, word) in key.chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        Stream { generator: ChaCha8Rng::from_seed(key) }
    }
}

impl Stream {
    /// Any number.
    pub fn next_u64(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// A number below `bound`, each as likely; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        // Numbers of the last, incomplete run of `bound` would make the small results likelier.
        let incomplete = (u64::MAX % bound).wrapping_add(1) % bound;
        loop {
            let drawn = self.next_u64();
            if drawn <= u64::MAX - incomplete {
                return drawn % bound;
            }
        }
    }

    /// A number from `least` to `most`, both included, each as likely; `least` when `most` is smaller.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        let Some(last) = most.checked_sub(least).and_then(|span| u64::try_from(span).ok()) else {
            // The span does not fit 63 bits, or the bounds are the wrong way round.
            return if most < least { least } else { self.wide_between(least, most) };
        };
        let offset = self.below(last + 1);
        least.saturating_add_unsigned(offset)
    }

    /// Whether something happens that happens `times` of `of` times.
    pub fn chance(&mut self, times: u64, of: u64) -> bool {
        self.below(of) < times
    }

    /// One of `items`, each as likely; none of none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let index = self.below(u64::try_from(items.len()).unwrap_or(u64::MAX));
        items.get(usize::try_from(index).unwrap_or(0))
    }

    /// Puts `items` in an order, each as likely.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            let choices = u64::try_from(end).unwrap_or(u64::MAX).saturating_add(1);
            let chosen = usize::try_from(self.below(choices)).unwrap_or(0);
            items.swap(chosen, end);
        }
    }

    fn wide_between(&mut self, least: i64, most: i64) -> i64 {
        loop {
            let drawn = self.next_u64().cast_signed();
            if (least..=most).contains(&drawn) {
                return drawn;
            }
        }
    }
}

/// FNV-1a over a salt and the name: fixed for ever, unlike the hash of the standard library.
fn hash(name: &str, salt: u8) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    std::iter::once(salt)
        .chain(name.bytes())
        .fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mapping_is_fixed() {
        let mut stream = Seed(42).stream("names");
        let drawn: Vec<u64> = (0..4).map(|_| stream.below(100)).collect();
        assert_eq!(drawn, FIRST_OF_NAMES);
    }

    /// What the first version drew.
    const FIRST_OF_NAMES: [u64; 4] = [58, 76, 64, 98];

    #[test]
    fn every_value_of_a_range_comes_and_no_other() {
        let mut stream = Seed(1).stream("range");
        let mut seen = [false; 5];
        for _ in 0..500 {
            let value = stream.between(-2, 2);
            seen[usize::try_from(value + 2).unwrap()] = true;
        }
        assert_eq!(seen, [true; 5]);
        assert_eq!(stream.between(3, 1), 3);
        assert_eq!(stream.between(7, 7), 7);
        assert!((i64::MIN..=i64::MAX).contains(&stream.between(i64::MIN, i64::MAX)));
    }

    #[test]
    fn a_certain_thing_happens_and_an_impossible_does_not() {
        let mut stream = Seed(1).stream("chance");
        assert!((0..100).all(|_| stream.chance(5, 5)));
        assert!((0..100).all(|_| !stream.chance(0, 5)));
        let times = (0..1_000).filter(|_| stream.chance(1, 4)).count();
        assert!((200..300).contains(&times), "{times}");
    }

    #[test]
    fn a_shuffle_keeps_every_item() {
        let mut items: Vec<u32> = (0..50).collect();
        Seed(3).stream("shuffle").shuffle(&mut items);
        assert_ne!(items, (0..50).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn nothing_is_picked_of_nothing() {
        assert_eq!(Seed(1).stream("pick").pick::<u8>(&[]), None);
    }
}
