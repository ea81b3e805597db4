//! How to decide: every choice that is not dictated by the snapshot; not the decision.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::model::{IntOrPercent, Price, Span, TopologySpread};

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
    /// How plans are made cheaper once they are there. Default: not at all.
    pub improvement: Option<Improvement>,
    /// Volumes that the provider can't serve. Default: it serves all.
    pub volumes: VolumePolicy,
    /// Most steps of a provisioning solve, overshot by one pod at most; a step is a pod that was tried or a place that was asked, some 100 ns. Pods
    /// that nothing can be said about any more are refused with [`WorkLimit`](crate::explain::Reason::WorkLimit), the rest of the plan stands. With
    /// [`opening`](Self::opening) each of the two plans may take so many. Simulations of disruption are not cut. Default: none.
    ///
    /// The same snapshot ends at the same pod on every machine. For a deadline by the clock see [`provision_while`](crate::decision::provision_while).
    pub work_limit: Option<u64>,
    /// Whether consolidation looks at every candidate and makes the best move. Default: no, it makes the first that it finds.
    pub every_candidate: Option<EveryCandidate>,
    /// What keeps consolidation from moving pods too often. Default: nothing but budgets.
    pub churn: Option<ChurnLimits>,
    /// How long offerings are left alone that were refused for lack of capacity. Default: as long as the provider says that they can't be had.
    pub stock_outs: Option<StockOuts>,
}

/// Consolidation looks at every candidate and makes the move that saves most for each pod that moves, rather than the first that it finds.
///
/// A search for several nodes at once may take any number of them, not only 101.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct EveryCandidate {
    /// Most removals that one pass over single nodes simulates; 0 counts as 1. The next pass goes on with those that are left, so that each has its
    /// turn before any has a second one. Default: no bound, all are looked at in every pass.
    pub steps: Option<usize>,
}

/// What keeps consolidation from moving pods too often: a move repays what it costs, and neither a pool nor a workload is moved too much at a time.
///
/// # What it promises
///
/// - With pods and prices that don't change, each move lowers the bill by at least `node_cost` per `horizon`, so that there are at most
///   `bill × horizon / node_cost` of them.
/// - No pod that a workload's controller made anew because of a move is moved again by consolidation within the `horizon`.
/// - Consolidation removes no more nodes of a pool within any `window`, and moves no more pods of a workload, than is said here.
///
/// Empty nodes are removed whatever this says: nothing moves. Drift is not held back either.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct ChurnLimits {
    /// The time within which a move's savings must repay what it costs, and for which pods that moved stay. Default: 12 hours; less than a second
    /// counts as one.
    pub horizon: Span,
    /// What it costs to move a pod, in dollars, once; for a pod whose deletion cost or priority says more or less, as much more or less. Default: 0.01.
    pub pod_cost: Price,
    /// What it costs to remove a node, in dollars, once, whatever runs there: calls, images that are pulled again, attention. Default: 0.01.
    pub node_cost: Price,
    /// How long a replacement is paid for before the nodes are gone. Default: 5 minutes.
    pub boot: Span,
    /// The least share of the nodes' price that a move must save, in percent, so that prices that go up and down move nothing. Default: 10.
    pub margin_percent: u32,
    /// The time for which moves are counted. Default: 1 hour.
    pub window: Span,
    /// Most nodes of a pool that are removed within a window, shares rounded up. Default: 50%.
    pub nodes_per_pool: IntOrPercent,
    /// Most pods of a workload that are moved within a window, shares rounded up; those of one node may go together if none went before. Default: 50%.
    pub pods_per_workload: IntOrPercent,
}

impl Default for ChurnLimits {
    fn default() -> Self {
        let cent = Price::from_pico(10_000_000_000);
        Self {
            horizon: Span::hours(12),
            pod_cost: cent,
            node_cost: cent,
            boot: Span::minutes(5),
            margin_percent: 10,
            window: Span::hours(1),
            nodes_per_pool: IntOrPercent::Percent(50),
            pods_per_workload: IntOrPercent::Percent(50),
        }
    }
}

/// How long offerings are left alone that were refused for lack of capacity: a replacement that will not come must not be asked for again and again.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct StockOuts {
    /// After the first refusal; each further one doubles it. Default: 15 minutes.
    pub first: Span,
    /// At most. Twice this time after the last refusal it is as if there had been none. Default: 6 hours.
    pub longest: Span,
}

impl Default for StockOuts {
    fn default() -> Self {
        Self { first: Span::minutes(15), longest: Span::hours(6) }
    }
}

/// How plans are made cheaper once they are there: machines to buy are filled anew, step after step, and the cheapest way is kept.
///
/// Only pods move that nothing holds where they are, between machines to buy of one pool; nobody is left out, and no plan becomes dearer.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct Improvement {
    /// What is tried, in this order. Default: everything.
    pub steps: Vec<ImprovementStep>,
    /// How much may be done for one plan, counted in pairs of a kind of pods and a type of machine that are looked at; each takes some ten nanoseconds.
    /// The same number gives the same plan every time. Default: 20 million, some 0.2 to 0.4 s.
    pub work: u64,
}

impl Default for Improvement {
    fn default() -> Self {
        use ImprovementStep::{Columns, Greedy, Merge, Split};
        Self { steps: vec![Greedy, Columns, Split, Merge], work: 20_000_000 }
    }
}

/// A way to fill machines anew. Whatever is found, each machine is bought as the cheapest type that holds its pods.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub enum ImprovementStep {
    /// Machine after machine, each time the one that holds most for its price; a few times over, with what pods turned out to cost.
    Greedy,
    /// Fillings that are good together, which a linear program chooses; for some hundred kinds of pods at most.
    Columns,
    /// Each machine alone: others are bought for its pods where these cost less in all.
    Split,
    /// The machines that cost most for what they hold, some at a time, and some others with them: others are bought for their pods.
    Merge,
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
            improvement: None,
            volumes: VolumePolicy::default(),
            work_limit: None,
            every_candidate: None,
            churn: None,
            stock_outs: None,
        }
    }

    /// Most instance types that a machine's request lists, at least one.
    pub(crate) fn max_types(&self) -> usize {
        self.max_instance_types.max(1)
    }

    /// What a machine is worth avoiding.
    pub(crate) fn surcharge(&self) -> Price {
        self.opening.as_ref().map_or(Price::ZERO, |own| own.surcharge)
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

    /// Everything that karp does better than the reference, each with its defaults: [`cheapest`](Self::cheapest), [`EveryCandidate`],
    /// [`ChurnLimits`], [`StockOuts`].
    ///
    /// ```
    /// use karp_core::policy::Policy;
    ///
    /// let mut policy = Policy::better();
    /// // One thing less, to compare.
    /// policy.churn = None;
    /// assert!(policy.every_candidate.is_some() && Policy::compat().every_candidate.is_none());
    /// ```
    pub fn better() -> Self {
        Self {
            every_candidate: Some(EveryCandidate::default()),
            churn: Some(ChurnLimits::default()),
            stock_outs: Some(StockOuts::default()),
            ..Self::cheapest()
        }
    }

    /// The same policy, with plans made cheaper once they are there.
    #[must_use]
    pub fn improving(mut self, improvement: Improvement) -> Self {
        self.improvement = Some(improvement);
        self
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::compat()
    }
}
