//! Machines that are there: Nodes, claims, or both; not the pods on them.

use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{Index, select},
    strategy::Union,
};

use super::{
    object::ObjectStrategy,
    word::{self, DEVICE, LEVEL, RACK, SIZE, TEAM},
};
use crate::model::{
    Condition, ConditionStatus, Effect, Labels, Node, NodeClaim, NodePool, NodePoolName,
    ResourceName, Resources, Taint, Timestamp, label,
};

/// Nodes `n0` and `n1` of nobody's, ready, of 1 to 4 cores, with labels and taints.
pub fn node() -> ObjectStrategy<Node> {
    let name = select(word::values_of(label::HOSTNAME));
    ObjectStrategy::new((name, parts()).prop_map(|(name, parts)| parts.into_node(name)))
}

/// A machine before it has a name.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    parts: Parts,
    stage: Stage,
    pool: Index,
    leaving: bool,
}

/// How far a machine got.
#[derive(Clone, Copy, Debug)]
enum Stage {
    /// It belongs to nobody.
    Unmanaged,
    /// It is complete.
    Initialized,
    /// Its Node has joined, its devices and startup taints are not final.
    Registered,
    /// Its Node is there but has not joined completely.
    Joining,
    /// Its Node has not come yet.
    Launched,
    /// The cloud has not answered yet.
    Requested,
}

pub(super) fn machine() -> impl Strategy<Value = Machine> {
    let stage = prop_oneof![
        4 => Just(Stage::Unmanaged),
        4 => Just(Stage::Initialized),
        2 => Just(Stage::Registered),
        1 => Just(Stage::Joining),
        2 => Just(Stage::Launched),
        1 => Just(Stage::Requested),
    ];
    (parts(), stage, any::<Index>(), prop::bool::weighted(0.2))
        .prop_map(|(parts, stage, pool, leaving)| Machine { parts, stage, pool, leaving })
}

impl Machine {
    /// The Node and the claim, as far as they are there.
    pub(super) fn into_objects(
        self,
        index: usize,
        pools: &[NodePool],
        now: Timestamp,
    ) -> (Option<Node>, Option<NodeClaim>) {
        let name = format!("n{index}");
        let mut node = self.parts.clone().into_node(&name);
        if matches!(self.stage, Stage::Unmanaged) {
            node.deleting_since = self.leaving.then_some(now);
            return (Some(node), None);
        }
        let pool = if pools.is_empty() {
            NodePoolName::from("gone")
        } else {
            self.pool.get(pools).name.clone()
        };
        let mut claim = NodeClaim::new(format!("c{index}"), &pool);
        if self.leaving && index.is_multiple_of(2) {
            claim.deleting_since = Some(now);
        } else if self.leaving {
            claim.status.conditions.push(Condition {
                kind: "InstanceTerminating".to_owned(),
                status: ConditionStatus::True,
                reason: String::new(),
                changed_at: None,
            });
        }
        if matches!(self.stage, Stage::Requested) {
            return (None, Some(claim));
        }
        self.complete(&mut node, &mut claim);
        (!matches!(self.stage, Stage::Launched))
            .then_some(node)
            .map_or((None, Some(claim.clone())), |node| (Some(node), Some(claim)))
    }

    /// Lets Node and claim say what they say at this stage.
    fn complete(&self, node: &mut Node, claim: &mut NodeClaim) {
        let provider_id = format!("cloud://{}", node.name);
        claim.status.provider_id.clone_from(&provider_id);
        claim.labels.extend(self.parts.labels.clone());
        claim.taints.clone_from(&self.parts.taints);
        claim.status.capacity.clone_from(&node.capacity);
        claim.status.allocatable.clone_from(&node.allocatable);
        node.provider_id = provider_id;
        let startup = Taint::new("startup", Effect::NoSchedule);
        claim.startup_taints.push(startup.clone());
        let joined = matches!(self.stage, Stage::Initialized | Stage::Registered);
        if joined {
            node.labels.extend(claim.labels.clone());
            node.labels.insert(label::REGISTERED.to_owned(), "true".to_owned());
            claim.status.node = Some(node.name.clone());
        }
        if matches!(self.stage, Stage::Initialized) {
            node.labels.insert(label::INITIALIZED.to_owned(), "true".to_owned());
        } else {
            // The kubelet reports devices late, and taints go away one by one.
            node.allocatable.set(ResourceName::from(DEVICE), 0);
            node.taints.push(Taint::new(label::NOT_READY_TAINT, Effect::NoSchedule));
            node.taints.push(startup);
        }
    }
}

#[derive(Clone, Debug)]
struct Parts {
    labels: Labels,
    taints: Vec<Taint>,
    capacity: Resources,
    allocatable: Resources,
}

impl Parts {
    fn into_node(self, name: &str) -> Node {
        let mut node = Node::new(name);
        node.labels.extend(self.labels);
        node.taints = self.taints;
        node.capacity = self.capacity;
        node.allocatable = self.allocatable;
        node
    }
}

fn parts() -> impl Strategy<Value = Parts> {
    let keys = [label::ZONE, label::CAPACITY_TYPE, label::ARCH, TEAM, RACK, LEVEL, SIZE];
    let label = Union::new(keys.map(|key| {
        select(word::values_of(key)).prop_map(move |value| (key.to_owned(), value.to_owned()))
    }));
    let sizes = (
        select(&[1_i64, 2, 4][..]),
        select(&[1_i64, 2, 8][..]),
        prop_oneof![3 => Just(110_i64), 1 => Just(2_i64)],
        option::weighted(0.2, Just(1_i64)),
    );
    (vec(label, 0..=4), option::weighted(0.25, word::taint()), sizes).prop_map(
        |(labels, taint, (cores, gib, pods, devices))| {
            let mut capacity = Resources::new()
                .with(ResourceName::CPU, cores * 1000)
                .with(ResourceName::MEMORY, gib << 30)
                .with(ResourceName::PODS, pods);
            if let Some(devices) = devices {
                capacity.set(DEVICE, devices);
            }
            let mut allocatable = capacity.clone();
            allocatable.set(ResourceName::CPU, cores * 1000 - 100);
            Parts {
                labels: labels.into_iter().collect(),
                taints: taint.into_iter().collect(),
                capacity,
                allocatable,
            }
        },
    )
}
