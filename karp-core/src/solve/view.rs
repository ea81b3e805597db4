//! What groups know of one kind of places, as columns: places that a group surely refuses; not the exact check.

use smallvec::SmallVec;

use super::{ask::Ask, counts::Counts, permits::Permits, plan::Plan};
use crate::compile::{
    Problem,
    algebra::Algebra,
    topology::{HostSlot, Kind, SlotId},
};

/// One kind of places as groups see it.
pub(super) struct View<'c> {
    pub(super) counts: &'c Counts,
    pub(super) permits: &'c Permits,
    pub(super) on_nodes: bool,
    /// How many places there are.
    pub(super) places: usize,
}

impl<'c> View<'c> {
    /// Adds what the groups of a class exclude; none when they exclude every place.
    pub(super) fn require_topology(
        &self,
        problem: &Problem,
        ask: &Ask<'_>,
        algebra: &Algebra,
        plan: &mut Plan<'c>,
    ) -> Option<()> {
        ask.topology.hosts.iter().try_for_each(|slot| self.require_host(problem, *slot, plan))?;
        let slots = &ask.topology.slots;
        slots.iter().try_for_each(|&slot| {
            let key = problem.groups.slots[slot].key;
            // Two picks on one label can leave nothing, which a place without the label may meet: no column then.
            let is_only =
                slots.iter().filter(|&&own| problem.groups.slots[own].key == key).count() == 1;
            // A pod that avoids values defines the label on a machine to come, where it was not defined.
            let soft = |set| algebra.get(set, key).is_some_and(|req| algebra.of(req).is_soft());
            let is_soft = soft(ask.full) || ask.alternatives.iter().any(|one| soft(one.set));
            if is_only && (self.on_nodes || !is_soft) {
                self.require_domain(problem, (slot, ask), algebra, plan)
            } else {
                Some(())
            }
        })
    }

    fn require_host(&self, problem: &Problem, slot: HostSlot, plan: &mut Plan<'c>) -> Option<()> {
        let (counts, may_be_first) = self.counts.hosts(slot, self.on_nodes);
        match problem.groups.rows[slot.group].kind {
            Kind::Affinity if may_be_first => {}
            Kind::Affinity => {
                if counts.used().len() == 0 {
                    return None;
                }
                plan.require(counts.used().words());
            }
            Kind::Spread => {
                let full = counts.full(slot.selects_self);
                if full.len() == self.places {
                    return None;
                }
                plan.exclude(full.words());
            }
            Kind::Anti => {
                if counts.used().len() == self.places {
                    return None;
                }
                plan.exclude(counts.used().words());
            }
        }
        Some(())
    }

    fn require_domain(
        &self,
        problem: &Problem,
        (id, ask): (SlotId, &Ask<'_>),
        algebra: &Algebra,
        plan: &mut Plan<'c>,
    ) -> Option<()> {
        let key = problem.groups.slots[id].key;
        let demand = algebra.get(ask.full, key);
        let (allowed, is_bootstrap) = self.counts.allowed(id);
        let mut columns: SmallVec<[&[u64]; 6]> = SmallVec::new();
        for &domain in allowed {
            if demand.is_none_or(|demand| algebra.admits(demand, domain)) {
                columns.push(self.permits.domain(key, domain));
            }
        }
        if is_bootstrap {
            // The first pod of an affinity may also go where the label may be absent.
            columns.push(self.permits.soft(key));
        }
        if columns.is_empty() {
            return None;
        }
        plan.require_one_of(columns);
        Some(())
    }
}
