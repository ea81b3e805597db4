//! The plan of a provisioning round; not its execution.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use super::VirtualPod;
use crate::{
    explain::Unplaced,
    model::{
        Finding, InstanceTypeName, NodeClaimName, NodeName, NodePoolName, Overlaid, PodId, Price,
        Requirements, Resources, Timestamp,
    },
};

/// What a provisioning round would do: machines to buy, pods on machines that are there, pods without a place.
///
/// Every pod that waits for a place is in it exactly once.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The instant of the snapshot.
    pub now: Timestamp,
    /// Machines to buy, in the order in which they were opened.
    pub machines: Vec<PlannedMachine>,
    /// Pods placed on existing nodes (or on claims whose Node has not come yet), by the node's name.
    pub existing: BTreeMap<NodeName, Vec<PodId>>,
    /// Pods without a place, in the order of their ids.
    pub unplaced: Vec<Unplaced>,
    /// Those of these pods that don't exist, but stand for room that capacity buffers keep.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub virtual_pods: BTreeMap<PodId, VirtualPod>,
    /// What was noticed while reading and deciding.
    pub findings: Vec<Finding>,
}

/// A machine to buy.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct PlannedMachine {
    /// Provisional name: `<pool>-<number>`, counted per pool from 1.
    pub name: NodeClaimName,
    /// The pool that makes it.
    pub node_pool: NodePoolName,
    /// Its pods, in the order in which they were placed.
    pub pods: Vec<PodId>,
    /// Types that may be launched, cheapest first, ties by name.
    pub instance_types: Arc<[InstanceTypeName]>,
    /// What the machine must be, without the list of types and the placeholder host name.
    pub requirements: Arc<Requirements>,
    /// What its pods and daemons ask for in all.
    pub requests: Resources,
    /// The cheapest way to buy it, what its price is counted as.
    pub cheapest: Option<CheapestOffering>,
    /// Whether `minValues` were lowered to open it.
    pub min_values_relaxed: bool,
    /// What node overlays changed of any type that may be launched.
    #[serde(default)]
    pub overlaid: Overlaid,
}

impl PlannedMachine {
    /// A machine of a pool, without pods and types.
    pub fn new(name: impl Into<NodeClaimName>, node_pool: impl Into<NodePoolName>) -> Self {
        Self {
            name: name.into(),
            node_pool: node_pool.into(),
            pods: Vec::new(),
            instance_types: Arc::from([]),
            requirements: Arc::default(),
            requests: Resources::new(),
            cheapest: None,
            min_values_relaxed: false,
            overlaid: Overlaid::default(),
        }
    }
}

/// One type in one zone as one capacity type, with its price.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct CheapestOffering {
    /// The type.
    pub instance_type: InstanceTypeName,
    /// The zone; empty for a cloud without zones.
    pub zone: String,
    /// `on-demand`, `spot` or `reserved`.
    pub capacity_type: String,
    /// Price per hour.
    pub price: Price,
}

impl CheapestOffering {
    /// An offering of a type.
    pub fn new(
        instance_type: InstanceTypeName,
        zone: impl Into<String>,
        capacity_type: impl Into<String>,
        price: Price,
    ) -> Self {
        Self { instance_type, zone: zone.into(), capacity_type: capacity_type.into(), price }
    }
}

/// Sums over a plan.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Machines to buy.
    pub machines: usize,
    /// Pods with a place, virtual ones included.
    pub placed: usize,
    /// Pods without.
    pub unplaced: usize,
    /// Price of the machines per hour, each by its cheapest offering.
    pub price: Price,
}

impl Plan {
    /// A plan of `now` that does nothing.
    pub const fn new(now: Timestamp) -> Self {
        Self {
            now,
            machines: Vec::new(),
            existing: BTreeMap::new(),
            unplaced: Vec::new(),
            virtual_pods: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    /// Machines to buy.
    pub fn machines(&self) -> &[PlannedMachine] {
        &self.machines
    }

    /// Pods without a place.
    pub fn unplaced(&self) -> &[Unplaced] {
        &self.unplaced
    }

    /// Counts and price.
    pub fn totals(&self) -> Totals {
        let on_machines: usize = self.machines.iter().map(|machine| machine.pods.len()).sum();
        let on_nodes: usize = self.existing.values().map(Vec::len).sum();
        Totals {
            machines: self.machines.len(),
            placed: on_machines + on_nodes,
            unplaced: self.unplaced.len(),
            price: self
                .machines
                .iter()
                .filter_map(|machine| machine.cheapest.as_ref())
                .fold(Price::ZERO, |sum, offering| sum.saturating_add(offering.price)),
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let totals = self.totals();
        writeln!(
            f,
            "{} machines to buy at {} USD per hour; {} pods placed, {} without a place",
            totals.machines, totals.price, totals.placed, totals.unplaced
        )?;
        for machine in &self.machines {
            write!(f, "{machine}")?;
        }
        for (node, pods) in &self.existing {
            writeln!(f, "{node}: existing node, {} pods", pods.len())?;
            names(f, pods)?;
        }
        for (buffer, room) in self.buffers() {
            writeln!(
                f,
                "buffer {buffer}: room for {} pods on nodes, {} on machines to buy, {} without a place",
                room.on_nodes, room.on_machines, room.unplaced
            )?;
        }
        Ok(())
    }
}

/// Names of pods, one line.
fn names(f: &mut fmt::Formatter<'_>, pods: &[PodId]) -> fmt::Result {
    for (index, pod) in pods.iter().enumerate() {
        write!(f, "{}{pod}", if index == 0 { "  " } else { ", " })?;
    }
    writeln!(f)
}

impl fmt::Display for PlannedMachine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cheapest {
            Some(CheapestOffering { instance_type, zone, capacity_type, price }) => writeln!(
                f,
                "{}: {instance_type} {capacity_type} in {zone}, {price} USD per hour, {} pods",
                self.name,
                self.pods.len()
            ),
            None => writeln!(f, "{}: {} pods", self.name, self.pods.len()),
        }?;
        names(f, &self.pods)
    }
}
