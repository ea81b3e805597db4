//! Where pods stand: waiting, bound, ending, held back; not what they ask for.

use proptest::{prelude::*, sample::Index};

use crate::model::{Node, Owner, Pod, PodPhase, Timestamp, Uid, label};

/// How a pod stands.
#[derive(Clone, Debug)]
pub(super) enum Stand {
    /// It waits.
    Pending,
    /// It runs on one of the nodes.
    Bound(Index),
    /// It runs on one of the nodes and is protected or on its way out.
    Leaving(Index, Parting),
    /// It has no node and does not wait for one.
    Idle(Excuse),
}

/// What is special about a pod that runs.
#[derive(Clone, Copy, Debug)]
pub(super) enum Parting {
    /// It was asked to end.
    Ending,
    /// It was asked to end and its name is taken until it has.
    EndingStateful,
    /// It has ended.
    Finished,
    /// It may not be disturbed.
    Protected,
    /// It may not be disturbed for an hour after its start, 30 minutes ago or two hours ago.
    ProtectedForAnHour(bool),
    /// The kubelet made it.
    Mirror,
}

/// Why a pod without a node does not wait.
#[derive(Clone, Copy, Debug)]
pub(super) enum Excuse {
    /// Something else holds it back.
    Gated,
    /// It has ended.
    Finished,
    /// Another pod is evicted for it.
    Nominated,
    /// A daemon set owns it.
    Daemon,
}

/// One in three pods is bound, one in twelve is something else.
pub(super) fn stand() -> impl Strategy<Value = Stand> {
    let parting = prop_oneof![
        Just(Parting::Ending),
        Just(Parting::EndingStateful),
        Just(Parting::Finished),
        Just(Parting::Protected),
        any::<bool>().prop_map(Parting::ProtectedForAnHour),
        Just(Parting::Mirror),
    ];
    let excuse = prop_oneof![
        Just(Excuse::Gated),
        Just(Excuse::Finished),
        Just(Excuse::Nominated),
        Just(Excuse::Daemon),
    ];
    prop_oneof![
        14 => Just(Stand::Pending),
        8 => any::<Index>().prop_map(Stand::Bound),
        1 => (any::<Index>(), parting).prop_map(|(node, parting)| Stand::Leaving(node, parting)),
        1 => excuse.prop_map(Stand::Idle),
    ]
}

impl Stand {
    /// The pod as it stands; what should run where no node is waits.
    pub(super) fn apply(&self, mut pod: Pod, nodes: &[Node], now: Timestamp) -> Pod {
        let node_of = |index: &Index| (!nodes.is_empty()).then(|| index.get(nodes).name.clone());
        match self {
            Self::Pending => pod,
            Self::Bound(index) => match node_of(index) {
                Some(node) => pod.bound_to(node),
                None => pod,
            },
            Self::Leaving(index, parting) => match node_of(index) {
                Some(node) => parting.apply(pod.bound_to(node), now),
                None => pod,
            },
            Self::Idle(excuse) => {
                excuse.apply(&mut pod);
                pod
            }
        }
    }
}

impl Parting {
    fn apply(self, mut pod: Pod, now: Timestamp) -> Pod {
        let mut annotate = |text: &str| {
            let annotations = std::sync::Arc::make_mut(&mut pod.annotations);
            annotations.insert(label::DO_NOT_DISRUPT.to_owned(), text.to_owned());
        };
        match self {
            Self::Ending => pod.status.deleting_since = Some(now),
            Self::EndingStateful => {
                pod.status.deleting_since = Some(now);
                pod.owners.push(owner("StatefulSet", "s0"));
            }
            Self::Finished => pod.status.phase = PodPhase::Succeeded,
            Self::Protected => annotate("true"),
            Self::ProtectedForAnHour(still) => {
                annotate("1h");
                let minutes = if still { 30 } else { 120 };
                pod.status.started_at = Some(now - crate::model::Span::minutes(minutes));
            }
            Self::Mirror => pod.owners.push(owner("Node", "n0")),
        }
        pod
    }
}

impl Excuse {
    fn apply(self, pod: &mut Pod) {
        match self {
            Self::Gated => pod.spec_mut().scheduling_gates.push("example.com/hold".to_owned()),
            Self::Finished => pod.status.phase = PodPhase::Failed,
            Self::Nominated => pod.status.nominated_node = Some("n0".into()),
            Self::Daemon => pod.owners.push(owner("DaemonSet", "d9")),
        }
    }
}

pub(super) fn owner(kind: &str, name: &str) -> Owner {
    let group = if kind == "Node" { "v1" } else { "apps/v1" };
    Owner {
        api_version: group.to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        uid: Uid::new(""),
        controller: true,
    }
}
