//! What a replacement may cost at most, so that the move repays; not which replacement there is.

use super::{Verdict, consolidate::price_of, fleet::Machine};
use crate::{
    model::{Cost, Price},
    policy::{ChurnLimits, Policy},
};

/// What a move must be like.
pub(super) struct Terms<'p> {
    /// Whether spot machines may be replaced by spot machines.
    pub(super) spot_to_spot: bool,
    /// What else it must repay.
    pub(super) churn: Option<&'p ChurnLimits>,
}

impl<'p> Terms<'p> {
    pub(super) const fn of(policy: &'p Policy) -> Self {
        Self {
            spot_to_spot: policy.feature_gates.spot_to_spot_consolidation,
            churn: policy.churn.as_ref(),
        }
    }

    /// The price that a replacement must stay below.
    ///
    /// Fails when not even a removal without replacement repays what it costs.
    pub(super) fn below(&self, machines: &[&Machine]) -> Result<Price, Verdict> {
        let before = price_of(machines);
        let Some(rules) = self.churn else { return Ok(before) };
        let moved: Cost = machines
            .iter()
            .map(|own| own.candidate.disruption_cost.plus(Cost::ONE.times(-1)))
            .sum();
        most(rules, before, (machines.len(), moved))
            .map(|most| Price::from_pico(most.pico().saturating_add(1)).min(before))
            .ok_or(Verdict::NotRepaid)
    }
}

/// The dearest price of a replacement that repays, where nodes that cost `before` go and pods of this cost move.
///
/// With h the horizon and b the time for which both are paid, `before × h ≥ node and pod costs + price × (h + b)`.
fn most(rules: &ChurnLimits, before: Price, (nodes, moved): (usize, Cost)) -> Option<Price> {
    let horizon = i128::from(rules.horizon.as_seconds().max(1));
    let boot = i128::from(rules.boot.as_seconds().max(0));
    let of_nodes = i128::from(rules.node_cost.pico())
        .saturating_mul(i128::try_from(nodes).unwrap_or(i128::MAX));
    let of_pods = moved.of_each(i128::from(rules.pod_cost.pico()));
    // In pico-dollars times seconds per hour.
    let once = of_nodes.saturating_add(of_pods).saturating_mul(3_600);
    let left = i128::from(before.pico()).saturating_mul(horizon).saturating_sub(once);
    let saves = 100 - i128::from(rules.margin_percent.min(100));
    if left < 0 || before == Price::ZERO {
        return None;
    }
    let most = (left / (horizon + boot)).min(i128::from(before.pico()) * saves / 100);
    Some(Price::from_pico(i64::try_from(most).unwrap_or(i64::MAX)))
}
