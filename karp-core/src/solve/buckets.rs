//! Claims by the number of their pods: emptiest first, then in the order of their opening; not whether they accept a pod.

use crate::compile::{
    bits::{Bits, WORD},
    table::Id,
};

use super::{claims::ClaimIx, plan::Plan};

/// Claims by number of pods.
#[derive(Clone, Debug, Default)]
pub(super) struct Buckets {
    by_pods: Vec<Bucket>,
    /// Numbers of pods that some claim has.
    occupied: Bits,
}

/// Claims with one number of pods.
#[derive(Clone, Debug, Default)]
struct Bucket {
    claims: Bits,
    /// Words of `claims` that are not zero.
    summary: Bits,
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
            self.by_pods.resize_with(pods + 1, Bucket::default);
        }
        if let Some(bucket) = self.by_pods.get_mut(pods) {
            bucket.claims.insert(claim.index());
            bucket.summary.insert(claim.index() / WORD);
            self.occupied.insert(pods);
        }
    }

    /// Removes a claim.
    pub(super) fn remove(&mut self, claim: ClaimIx, pods: usize) {
        let Some(bucket) = self.by_pods.get_mut(pods) else { return };
        bucket.claims.remove(claim.index());
        let word = claim.index() / WORD;
        if bucket.claims.words().get(word) == Some(&0) {
            bucket.summary.remove(word);
            if bucket.summary.is_empty() {
                self.occupied.remove(pods);
            }
        }
    }

    /// The next claim, from `cursor` on, that the plan does not exclude.
    pub(super) fn next(&self, plan: &Plan<'_>, cursor: &mut Cursor) -> Option<ClaimIx> {
        for pods in self.occupied.iter().skip_while(|&pods| pods < cursor.pods) {
            let start = if pods == cursor.pods { cursor.claim } else { 0 };
            if let Some(claim) = self.by_pods.get(pods).and_then(|bucket| bucket.next(plan, start))
            {
                *cursor = Cursor { pods, claim: claim + 1 };
                return Some(ClaimIx::at(claim));
            }
        }
        None
    }
}

impl Bucket {
    #[inline]
    fn next(&self, plan: &Plan<'_>, start: usize) -> Option<usize> {
        let words = self.claims.words();
        self.summary.iter().skip_while(|&word| word < start / WORD).find_map(|index| {
            let seen = if index == start / WORD { u64::MAX << (start % WORD) } else { u64::MAX };
            let own = words.get(index).copied().unwrap_or(0) & seen;
            let left = plan.word(index, own);
            (left != 0).then(|| index * WORD + left.trailing_zeros() as usize)
        })
    }
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
