//! How to decide: every choice that is not dictated by the snapshot; not the decision.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::model::{Price, TopologySpread};

/// How to decide.
///
/// [`compat`](Self::compat) reproduces the reference's rules; whatever karp does better is a named field that is off there, so that
/// both plans can be compared on one snapshot.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct Policy {
    /// Whether wishes of pods count. Default: respect.
    pub preferences: PreferencePolicy,
    /// What happens when a pool's `minValues` can't be kept. Default: strict.
    pub min_values: MinValuesPolicy,
    /// What happens when reserved capacity could be free later. Default: strict.
    pub reserved_offerings: ReservedOfferingMode,
    /// Features that the reference hides behind gates.
    pub feature_gates: FeatureGates,
    /// Spread constraints for pods that have none of their own, without selectors: whom they count is worked out per pod. Default: none.
    pub default_spread: Vec<TopologySpread>,
    /// Most instance types that a machine's request lists, cheapest first. Default 600; at least 1.
    pub max_instance_types: usize,
    /// Whether pods with dynamic resource claims are refused. Default: yes.
    pub ignore_dynamic_resources: bool,
    /// For which types new machines are opened. Default: none in particular, a machine grows as long as any type holds it.
    pub opening: Option<CheapestOpening>,
    /// Volumes that the provider can't serve. Default: it serves all.
    pub volumes: VolumePolicy,
    /// Most steps of a provisioning solve, overshot by one pod at most; a step is a pod that was tried or a place that was asked, some 100 ns. Pods
    /// that nothing can be said about any more are refused with [`WorkLimit`](crate::explain::Reason::WorkLimit), the rest of the plan stands. With
    /// [`opening`](Self::opening) each of the two plans may take so many. Simulations of disruption are not cut. Default: none.
    ///
    /// The same snapshot ends at the same pod on every machine. For a deadline by the clock see [`provision_while`](crate::decision::provision_while).
    pub work_limit: Option<u64>,
}

/// New machines are opened for the type that costs least per pod like the one that needs it, and stay within that type's size.
///
/// Pools whose types change their size from offering to offering are used as ever: such a type has no one size to stay within.
///
/// As many pods are counted as the type holds, but no more than wait with the same requests. A machine still lists other types that hold its pods,
/// cheapest first: smaller ones that turn out to do, and those that cost no more than the first [`min_types`](Self::min_types) that are as large.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct CheapestOpening {
    /// What a machine is worth avoiding, added to its price when types are compared: start time, addresses, calls. Default: nothing. With 0.05 to
    /// 0.2 dollars there are markedly fewer machines for little more money.
    pub surcharge: Price,
    /// How many types should be at least as large as the one that a machine is opened for, itself included, so that something is left when
    /// capacity is short. Where no type that holds the pod has so many, one with fewer is taken. Default: 5.
    pub min_types: usize,
}

impl Default for CheapestOpening {
    fn default() -> Self {
        Self { surcharge: Price::ZERO, min_types: 5 }
    }
}

/// Volumes that a provider can't serve: pods that use one are refused.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct VolumePolicy {
    /// CSI drivers, by their names. Default: none.
    pub unsupported_drivers: BTreeSet<String>,
    /// Label keys by which a storage class must not limit its volumes. Default: none.
    pub unsupported_topology_keys: BTreeSet<String>,
}

/// Whether wishes of pods count.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "the reference's setting has two values")]
pub enum PreferencePolicy {
    /// Wishes are ignored from the start.
    Ignore,
    /// Wishes are demands until the pod fits nowhere, then given up one by one.
    #[default]
    Respect,
}

/// What happens when a pool's `minValues` can't be kept.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "the reference's setting has two values")]
pub enum MinValuesPolicy {
    /// A new machine lowers them to what can be had.
    BestEffort,
    /// The pool is not used.
    #[default]
    Strict,
}

/// What happens when reserved capacity could be free later.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "the reference's setting has two values")]
pub enum ReservedOfferingMode {
    /// Other capacity is bought.
    Fallback,
    /// The pod waits for a later round.
    #[default]
    Strict,
}

/// Features that the reference hides behind gates, with its defaults.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "gates are independent switches")]
pub struct FeatureGates {
    /// Reserved offerings are reserved and preferred. Default: on.
    pub reserved_capacity: bool,
    /// Node overlays apply. Default: off.
    pub node_overlay: bool,
    /// Static pools keep their replicas. Default: off.
    pub static_capacity: bool,
    /// Capacity buffers make virtual pods. Default: off.
    pub capacity_buffer: bool,
    /// Spot machines may be consolidated to spot machines. Default: off.
    pub spot_to_spot_consolidation: bool,
    /// Unhealthy machines are replaced. Default: off.
    pub node_repair: bool,
}

impl Default for FeatureGates {
    fn default() -> Self {
        Self {
            reserved_capacity: true,
            node_overlay: false,
            static_capacity: false,
            capacity_buffer: false,
            spot_to_spot_consolidation: false,
            node_repair: false,
        }
    }
}

impl Policy {
    /// The reference's rules, with its default settings.
    pub fn compat() -> Self {
        Self {
            preferences: PreferencePolicy::default(),
            min_values: MinValuesPolicy::default(),
            reserved_offerings: ReservedOfferingMode::default(),
            feature_gates: FeatureGates::default(),
            default_spread: Vec::new(),
            max_instance_types: 600,
            ignore_dynamic_resources: true,
            opening: None,
            volumes: VolumePolicy::default(),
            work_limit: None,
        }
    }

    /// Most instance types that a machine's request lists, at least one.
    pub(crate) fn max_types(&self) -> usize {
        self.max_instance_types.max(1)
    }

    /// The reference's rules, but machines are bought for little money: [`CheapestOpening`] with its defaults.
    ///
    /// A plan made with it costs no more than one made with [`compat`](Self::compat) for the same snapshot, and leaves no more pods without a place:
    /// [`provision`](crate::provision) makes both and takes the better one.
    ///
    /// ```
    /// use karp_core::{
    ///     model::{CapacityType::OnDemand, InstanceType, NodePool, Pod, usd},
    ///     policy::Policy,
    ///     provision,
    ///     snapshot::Snapshot,
    /// };
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let kind = |name, cpu, price| InstanceType::new(name).cpu(cpu).offering("z1", OnDemand, usd(price));
    /// let snapshot = Snapshot::builder("2026-01-15T12:00:00Z".parse()?)
    ///     .instance_types([kind("small", "2", "0.10"), kind("huge", "64", "9.00")])
    ///     .node_pool(NodePool::new("general"))
    ///     .pods((0..10).map(|i| Pod::new(format!("web-{i}")).request("cpu", "1")))
    ///     .build()?;
    /// assert_eq!(provision(&snapshot, &Policy::compat()).totals().price, usd("9")?);
    /// assert_eq!(provision(&snapshot, &Policy::cheapest()).totals().price, usd("0.5")?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn cheapest() -> Self {
        Self { opening: Some(CheapestOpening::default()), ..Self::compat() }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::compat()
    }
}
