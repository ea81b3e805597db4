//! One machine of a plan with what its pods take of it; not how it is drawn.

use std::{collections::BTreeMap, sync::Arc};

use karp_core::{
    decision::{Plan, PlannedMachine},
    model::{InstanceType, Pod, PodId, ResourceName, Resources},
    snapshot::Snapshot,
};

/// A machine with the amounts that a drawing needs.
#[derive(Debug)]
pub struct MachineView<'a> {
    /// The machine.
    pub machine: &'a PlannedMachine,
    /// Its cheapest type.
    pub instance_type: Option<&'a InstanceType>,
    /// What pods can use of that type.
    pub allocatable: Resources,
    /// Its pods with their requests, in the order of placement.
    pub pods: Vec<(&'a PodId, Resources)>,
    /// What daemons take: requests of the machine less those of its pods.
    pub daemons: Resources,
}

impl<'a> MachineView<'a> {
    /// One view per machine of the plan, in its order.
    pub fn of_plan(plan: &'a Plan, snapshot: &'a Snapshot) -> Vec<Self> {
        let pods: BTreeMap<&PodId, &Arc<Pod>> =
            snapshot.pods.iter().map(|pod| (&pod.id, pod)).collect();
        plan.machines.iter().map(|machine| Self::new(machine, snapshot, &pods)).collect()
    }

    fn new(
        machine: &'a PlannedMachine,
        snapshot: &'a Snapshot,
        pods: &BTreeMap<&PodId, &'a Arc<Pod>>,
    ) -> Self {
        let instance_type = machine.cheapest.as_ref().and_then(|cheapest| {
            snapshot
                .types_of(&machine.node_pool)
                .iter()
                .find(|kind| kind.name == cheapest.instance_type)
                .map(Arc::as_ref)
        });
        let pods: Vec<(&PodId, Resources)> = machine
            .pods
            .iter()
            .map(|id| {
                let mut requests =
                    pods.get(id).map(|pod| pod.spec.requests.clone()).unwrap_or_default();
                requests.set(ResourceName::PODS, 1);
                (id, requests)
            })
            .collect();
        let of_pods = pods.iter().fold(Resources::new(), |sum, (_, requests)| sum.merge(requests));
        Self {
            machine,
            instance_type,
            allocatable: instance_type.map(InstanceType::allocatable).unwrap_or_default(),
            daemons: machine.requests.subtract(&of_pods),
            pods,
        }
    }

    /// Share of the cheapest type's allocatable that is asked for, in whole percent; none when the type has none of the resource.
    pub fn percent_used(&self, resource: &ResourceName) -> Option<i64> {
        share(self.machine.requests.amount(resource), self.allocatable.amount(resource), 100)
    }
}

/// `part` of `whole`, in `parts` of it, rounded to the nearest.
pub(super) fn share(part: i64, whole: i64, parts: i64) -> Option<i64> {
    if whole <= 0 {
        return None;
    }
    let scaled = i128::from(part) * i128::from(parts) + i128::from(whole) / 2;
    i64::try_from(scaled / i128::from(whole)).ok()
}
