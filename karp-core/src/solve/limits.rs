//! What is left of a pool's limits while machines are opened; not the rules of pods.

use crate::compile::{
    bits::{self, Bits},
    pools::{Limit, Template},
    table::Id,
};
use crate::model::ResourceName;

use super::claims::first_in;

/// What is left of a pool's limits.
#[derive(Clone, Debug)]
pub(super) struct LimitState {
    remaining: Vec<i64>,
    /// How many positions, those that take most first, exceed each limit.
    exceeding: Vec<usize>,
    /// Positions within all limits.
    within: Bits,
}

impl LimitState {
    /// As the snapshot shows them.
    pub(super) fn new(template: &Template, positions: usize) -> Self {
        let mut state = Self {
            remaining: template.limits.iter().map(|limit| limit.remaining).collect(),
            exceeding: vec![0; template.limits.len()],
            within: Bits::below(positions),
        };
        state.drop_exceeding(&template.limits);
        state
    }

    /// Whether the pool may have no further machine.
    pub(super) fn nodes_exhausted(&self, limits: &[Limit]) -> bool {
        self.remaining_of(limits)
            .any(|(limit, remaining)| limit.resource == ResourceName::NODES && remaining <= 0)
    }

    /// Positions within all limits.
    pub(super) fn within(&self) -> &[u64] {
        self.within.words()
    }

    /// What is left of each limit.
    pub(super) fn remaining_of<'a>(
        &'a self,
        limits: &'a [Limit],
    ) -> impl Iterator<Item = (&'a Limit, i64)> {
        limits.iter().zip(self.remaining.iter().copied())
    }

    /// Takes a new machine off the limits: of each resource the most that any of its options has.
    pub(super) fn take(&mut self, limits: &[Limit], options: &[u64]) {
        for (limit, remaining) in limits.iter().zip(&mut self.remaining) {
            let taken = if limit.resource == ResourceName::NODES {
                1
            } else {
                first_in(&limit.by_capacity, options)
                    .and_then(|position| limit.capacity.get(position.index()))
                    .copied()
                    .unwrap_or(0)
            };
            *remaining = remaining.saturating_sub(taken);
        }
        self.drop_exceeding(limits);
    }

    /// Gives back what a machine had.
    pub(super) fn release(&mut self, limits: &[Limit], amounts: &[i64], positions: usize) {
        for (remaining, amount) in self.remaining.iter_mut().zip(amounts) {
            *remaining = remaining.saturating_add(*amount);
        }
        self.exceeding.fill(0);
        self.within = Bits::below(positions);
        self.drop_exceeding(limits);
    }

    fn drop_exceeding(&mut self, limits: &[Limit]) {
        let limits = limits.iter().zip(&self.remaining).zip(&mut self.exceeding);
        for ((limit, remaining), exceeding) in limits {
            while let Some(position) = limit.by_capacity.get(*exceeding) {
                if limit.capacity.get(position.index()).is_none_or(|taken| taken <= remaining) {
                    break;
                }
                self.within.remove(position.index());
                *exceeding += 1;
            }
        }
    }
}

/// Whether a limit alone excludes every one of `options`.
pub(super) fn excludes_all(limit: &Limit, remaining: i64, options: &[u64]) -> bool {
    bits::ones(options)
        .all(|position| limit.capacity.get(position).is_some_and(|taken| *taken > remaining))
}
