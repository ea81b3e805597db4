//! Claims by the number of their pods: emptiest first, then in the order of their opening; not whether they accept a pod.

use crate::compile::{
    bits::{Bits, WORD},
    table::Id,
};

use super::{blocks::Blocks, claims::ClaimIx, plan::Plan};

/// Claims by number of pods.
#[derive(Clone, Debug, Default)]
pub(super) struct Buckets {
    by_pods: Vec<Blocks>,
    /// Numbers of pods that some claim has.
    occupied: Bits,
}

/// Where a search stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cursor {
    pods: usize,
    /// First claim of the bucket that was not looked at.
    claim: usize,
}

impl Buckets {
    /// Forgets all claims.
    pub(super) fn clear(&mut self) {
        self.by_pods.clear();
        self.occupied.clear();
    }

    /// Adds a claim.
    pub(super) fn insert(&mut self, claim: ClaimIx, pods: usize) {
        if self.by_pods.len() <= pods {
            self.by_pods.resize_with(pods + 1, Blocks::default);
        }
        if let Some(bucket) = self.by_pods.get_mut(pods) {
            bucket.insert(claim.index());
            self.occupied.insert(pods);
        }
    }

    /// Removes a claim.
    pub(super) fn remove(&mut self, claim: ClaimIx, pods: usize) {
        let Some(bucket) = self.by_pods.get_mut(pods) else { return };
        bucket.remove(claim.index());
        if bucket.is_empty() {
            self.occupied.remove(pods);
        }
    }

    /// The next claim, from `cursor` on, that the plan does not exclude.
    pub(super) fn next(&self, plan: &Plan<'_>, cursor: &mut Cursor) -> Option<ClaimIx> {
        for pods in self.occupied.iter().skip_while(|&pods| pods < cursor.pods) {
            let start = if pods == cursor.pods { cursor.claim } else { 0 };
            if let Some(claim) =
                self.by_pods.get(pods).and_then(|bucket| first(bucket, plan, start))
            {
                *cursor = Cursor { pods, claim: claim + 1 };
                return Some(ClaimIx::at(claim));
            }
        }
        None
    }
}

/// The first claim, not before `start`, that the plan does not exclude.
#[inline]
fn first(bucket: &Blocks, plan: &Plan<'_>, start: usize) -> Option<usize> {
    let words = bucket.words();
    let start_word = start / WORD;
    let mut unseen = u64::MAX << (start_word % WORD);
    for (block, &filled) in bucket.filled().iter().enumerate().skip(start_word / WORD) {
        let mut left = plan.block(block, filled & unseen);
        unseen = u64::MAX;
        while left != 0 {
            let index = block * WORD + left.trailing_zeros() as usize;
            left &= left - 1;
            let seen = if index == start_word { u64::MAX << (start % WORD) } else { u64::MAX };
            let own = words.get(index).copied().unwrap_or(0) & seen;
            let found = plan.word(index, own);
            if found != 0 {
                return Some(index * WORD + found.trailing_zeros() as usize);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(buckets: &Buckets, columns: &[&[u64]]) -> Vec<usize> {
        let mut plan = Plan::default();
        for column in columns {
            plan.require(column);
        }
        let mut cursor = Cursor::default();
        std::iter::from_fn(|| buckets.next(&plan, &mut cursor)).map(Id::index).collect()
    }

    #[test]
    fn emptiest_first_then_by_opening() {
        let mut buckets = Buckets::default();
        for (claim, pods) in [(0, 2), (1, 1), (70, 1), (3, 2)] {
            buckets.insert(ClaimIx::at(claim), pods);
        }
        assert_eq!(order(&buckets, &[]), [1, 70, 0, 3]);
        buckets.remove(ClaimIx::at(1), 1);
        buckets.insert(ClaimIx::at(1), 2);
        assert_eq!(order(&buckets, &[]), [70, 0, 1, 3]);
    }

    #[test]
    fn a_claim_that_was_passed_over_keeps_its_turn() {
        // Two claims of one pod; each takes a pod that the other refuses. The older is still asked first.
        let mut buckets = Buckets::default();
        buckets.insert(ClaimIx::at(0), 1);
        buckets.insert(ClaimIx::at(1), 1);
        for claim in [1, 0] {
            buckets.remove(ClaimIx::at(claim), 1);
            buckets.insert(ClaimIx::at(claim), 2);
        }
        assert_eq!(order(&buckets, &[]), [0, 1]);
    }

    #[test]
    fn columns_exclude() {
        let mut buckets = Buckets::default();
        (0..130).for_each(|claim| buckets.insert(ClaimIx::at(claim), 1));
        let column = [1 << 5, 0];
        assert_eq!(order(&buckets, &[&column]), [5]);
    }
}
