//! What is left of every pool's budgets while decisions are taken; not the decisions.

use std::collections::BTreeMap;

use super::{Allowed, Decider, DisruptionReason, PoolBudgets, PoolNodes};
use crate::model::{NodePoolName, Timestamp};

/// What the budgets of all pools allow at one instant, spent node by node.
///
/// Reasons share what is spent: a node that is replaced because it drifted leaves one less for consolidation. So at any time no more nodes are
/// on their way out, of those that were asked for here, than the budgets of their reason allow.
///
/// # Example: a drifted node leaves less for consolidation
///
/// ```
/// use karp_core::budget::{DisruptionReason::{Drifted, Empty}, Ledger, PoolBudgets, PoolNodes};
/// use karp_core::model::{Disruption, NodePoolName};
///
/// let pool = NodePoolName::from("general");
/// let budgets = PoolBudgets::read(&Disruption::default().budgets); // 10 %
/// let mut ledger = Ledger::new("2026-01-15T12:00:00Z".parse().unwrap());
/// ledger.open(pool.clone(), &budgets, PoolNodes { total: 20, disrupting: 0 });
/// assert_eq!(ledger.left(&pool, Empty), 2);
/// ledger.spend(&pool, Drifted)?;
/// assert_eq!(ledger.left(&pool, Empty), 1);
/// ledger.spend(&pool, Empty)?;
/// assert!(ledger.spend(&pool, Empty).is_err());
/// # Ok::<(), karp_core::budget::Exhausted>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ledger {
    now: Timestamp,
    accounts: BTreeMap<NodePoolName, Account>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Account {
    allowed: [Allowed; DisruptionReason::ALL.len()],
    disrupting: usize,
}

/// Nothing is left for this reason.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
#[error(
    "no more nodes of pool `{pool}` may be disrupted for reason {reason}: {decided_by} allows {allowed}, {disrupting} on their way out"
)]
pub struct Exhausted {
    /// The pool.
    pub pool: NodePoolName,
    /// The reason.
    pub reason: DisruptionReason,
    /// What decides it; [`Decider::Nothing`] for a pool that the ledger does not know.
    pub decided_by: Decider,
    /// How many may be on their way out at once.
    pub allowed: i64,
    /// How many are.
    pub disrupting: usize,
}

impl Ledger {
    /// A ledger without pools, at this instant. A pool that it does not know allows nothing.
    pub const fn new(now: Timestamp) -> Self {
        Self { now, accounts: BTreeMap::new() }
    }

    /// Opens the account of a pool; what was spent of an earlier one of that name is forgotten.
    pub fn open(&mut self, pool: NodePoolName, budgets: &PoolBudgets, nodes: PoolNodes) {
        let allowed =
            DisruptionReason::ALL.map(|reason| budgets.allowed(reason, nodes.total, self.now));
        self.accounts.insert(pool, Account { allowed, disrupting: nodes.disrupting });
    }

    /// How many more nodes of a pool may be disrupted for a reason.
    pub fn left(&self, pool: &NodePoolName, reason: DisruptionReason) -> usize {
        self.accounts.get(pool).map_or(0, |account| account.of(reason).left(account.disrupting))
    }

    /// What the budgets of a pool allow for a reason, before anything is taken off; `None` for a pool that the ledger does not know.
    pub fn allowed(&self, pool: &NodePoolName, reason: DisruptionReason) -> Option<Allowed> {
        self.accounts.get(pool).map(|account| account.of(reason))
    }

    /// Spends one node of a pool.
    ///
    /// # Errors
    ///
    /// When nothing is left; nothing changes then.
    pub fn spend(
        &mut self,
        pool: &NodePoolName,
        reason: DisruptionReason,
    ) -> Result<(), Exhausted> {
        let left = self.left(pool, reason);
        let refuse = |decided_by, allowed, disrupting| Exhausted {
            pool: pool.clone(),
            reason,
            decided_by,
            allowed,
            disrupting,
        };
        let Some(account) = self.accounts.get_mut(pool) else {
            return Err(refuse(Decider::Nothing, 0, 0));
        };
        if left == 0 {
            let allowed = account.of(reason);
            return Err(refuse(allowed.decided_by, allowed.nodes, account.disrupting));
        }
        account.disrupting = account.disrupting.saturating_add(1);
        Ok(())
    }
}

impl Account {
    const fn of(&self, reason: DisruptionReason) -> Allowed {
        let [drifted, empty, underutilized] = self.allowed;
        match reason {
            DisruptionReason::Drifted => drifted,
            DisruptionReason::Empty => empty,
            DisruptionReason::Underutilized => underutilized,
        }
    }
}
