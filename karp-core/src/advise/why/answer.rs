//! The answer for one pod, and how it is worked out from parts; not the parts.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::{
    GivenUp, WhyMachine,
    wish::{Site, Wishes},
};
use crate::{
    advise::Advisor,
    model::{NodeName, PodId},
};

/// Why a pod is where it is.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Why {
    /// The pod.
    pub pod: PodId,
    /// Where it is, and why there.
    pub place: Place,
    /// Wishes that this place does not keep. Those about other pods and about spread are named only where the plan alone shows it.
    pub given_up: Vec<GivenUp>,
}

/// Where a pod is, and why there.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Place {
    /// On a node that is there, or that is on its way: these come first, initialized ones before others, then by name.
    Node {
        /// The node.
        node: NodeName,
        /// How many other pods of the plan go there.
        shares_with: usize,
    },
    /// On a machine to buy: no node that is there took it.
    Machine {
        /// Whether the machine was opened for it; else it joined one that was bought anyway, that with the fewest pods of those that took it.
        opened: bool,
        /// Why the machine is what it is.
        machine: Box<WhyMachine>,
    },
}

impl Advisor<'_> {
    /// Why a pod is where it is; none when it has no place or is not in the plan.
    ///
    /// What is said follows from the snapshot and the plan, and from a plan for the pod alone where heavier pools were passed over.
    ///
    /// ```
    /// use karp_core::{
    ///     advise::Advisor,
    ///     model::{CapacityType::OnDemand, InstanceType, NodePool, Pod, PodId, usd},
    ///     policy::Policy,
    ///     provision,
    ///     snapshot::Snapshot,
    /// };
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let kind = |name, cpu, price| InstanceType::new(name).cpu(cpu).offering("z1", OnDemand, usd(price));
    /// let snapshot = Snapshot::builder("2026-01-15T12:00:00Z".parse()?)
    ///     .instance_types([kind("small", "2", "0.1"), kind("large", "4", "0.2"), kind("huge", "8", "0.4")])
    ///     .node_pool(NodePool::new("general"))
    ///     .pod(Pod::new("web").request("cpu", "3"))
    ///     .build()?;
    /// let policy = Policy::compat();
    /// let plan = provision(&snapshot, &policy);
    /// let why = Advisor::new(&snapshot, &policy, &plan).why(&PodId::new("default", "web")).unwrap();
    /// let text = why.to_string();
    /// assert!(text.contains("large, the cheapest of 2 types that hold its pods"), "{text}");
    /// assert!(text.contains("1 cheaper type has too little cpu"), "{text}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn why(&mut self, pod: &PodId) -> Option<Why> {
        let plan = self.plan;
        let on_node = plan.existing.iter().find(|(_, pods)| pods.contains(pod));
        let (place, site) = if let Some((node, pods)) = on_node {
            let shares_with = pods.len().saturating_sub(1);
            (Place::Node { node: node.clone(), shares_with }, Site::Node(node))
        } else {
            let machine = plan.machines.iter().find(|machine| machine.pods.contains(pod))?;
            let why = Box::new(self.why_machine(machine));
            let opened = machine.pods.first() == Some(pod);
            (Place::Machine { opened, machine: why }, Site::Machine(machine))
        };
        let given_up = Wishes::new(&self.derived, self.policy, plan).given_up(pod, site);
        Some(Why { pod: pod.clone(), place, given_up })
    }

    /// Wishes that the places of the plan's pods don't keep; pods of which all are kept are left out.
    ///
    /// Costs as much as all pods times those with wishes about other pods.
    pub fn given_up(&self) -> BTreeMap<PodId, Vec<GivenUp>> {
        let wishes = Wishes::new(&self.derived, self.policy, self.plan);
        let on_nodes = self.plan.existing.iter();
        let on_nodes =
            on_nodes.flat_map(|(node, pods)| pods.iter().map(move |pod| (pod, Site::Node(node))));
        let machines = self.plan.machines.iter();
        let on_machines =
            machines.flat_map(|own| own.pods.iter().map(move |pod| (pod, Site::Machine(own))));
        on_nodes
            .chain(on_machines)
            .map(|(pod, site)| (pod.clone(), wishes.given_up(pod, site)))
            .filter(|(_, given_up)| !given_up.is_empty())
            .collect()
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Node { node, shares_with } => {
                write!(f, "{} goes to the node {node}, which is there: ", self.pod)?;
                writeln!(
                    f,
                    "nothing is bought for it (other pods of the plan there: {shares_with})"
                )?;
            }
            Place::Machine { opened, machine } => {
                write!(f, "{} goes to {}, ", self.pod, machine.machine)?;
                writeln!(
                    f,
                    "{}",
                    if *opened { "which is bought for it" } else { "which is bought anyway" }
                )?;
                write!(f, "{machine}")?;
            }
        }
        self.given_up.iter().try_for_each(|wish| writeln!(f, "  {wish}"))
    }
}
