//! Settings of a scenario as a policy; not the rules that they switch.

use std::collections::BTreeMap;

use karp_core::{
    model::TopologySpread,
    policy::{FeatureGates, MinValuesPolicy, Policy, PreferencePolicy, ReservedOfferingMode},
};
use serde::Deserialize;

use super::ScenarioError;

/// Settings as written; one that is absent has the reference's default.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Settings {
    preference_policy: PreferencePolicy,
    min_values_policy: MinValuesPolicy,
    reserved_offering_mode: ReservedOfferingMode,
    feature_gates: BTreeMap<String, bool>,
    default_constraints: Vec<TopologySpread>,
}

impl Settings {
    /// The compatible policy with these settings.
    pub(super) fn policy(self) -> Result<Policy, ScenarioError> {
        let mut policy = Policy::compat();
        policy.preferences = self.preference_policy;
        policy.min_values = self.min_values_policy;
        policy.reserved_offerings = self.reserved_offering_mode;
        policy.default_spread = self.default_constraints;
        for (gate, on) in self.feature_gates {
            let Some(switch) = switch(&mut policy.feature_gates, &gate) else {
                return Err(ScenarioError::UnknownGate { gate });
            };
            *switch = on;
        }
        Ok(policy)
    }
}

/// The gate of this name.
fn switch<'a>(gates: &'a mut FeatureGates, name: &str) -> Option<&'a mut bool> {
    match name {
        "CapacityBuffer" => Some(&mut gates.capacity_buffer),
        "NodeOverlay" => Some(&mut gates.node_overlay),
        "NodeRepair" => Some(&mut gates.node_repair),
        "ReservedCapacity" => Some(&mut gates.reserved_capacity),
        "SpotToSpotConsolidation" => Some(&mut gates.spot_to_spot_consolidation),
        "StaticCapacity" => Some(&mut gates.static_capacity),
        _ => None,
    }
}
