//! Pods: what they ask for; not where they stand.

use std::sync::Arc;

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{
    demand::{preferred_term, selected_label, term},
    object::ObjectStrategy,
    word::{self, DEVICE},
};
use crate::model::{
    Labels, NodeAffinity, Pod, PodId, PodSpec, ResourceName, Resources, Timestamp, Uid,
};

/// Pending pods `default/a` to `shop/c` with requests, selectors, node terms, wishes and tolerations.
///
/// Topology terms and host ports are added by [`snapshot`](super::snapshot()) when asked for, because they concern other pods.
pub fn pod() -> ObjectStrategy<Pod> {
    let name = select(&["a", "b", "c"][..]);
    let namespace = namespace();
    ObjectStrategy::new(
        (namespace, name, body())
            .prop_map(|(namespace, name, body)| body.into_pod(PodId::new(namespace, name))),
    )
}

/// All of a pod but its name.
#[derive(Clone, Debug)]
pub(super) struct Body {
    uid: &'static str,
    created_seconds: i64,
    app: &'static str,
    pub(super) spec: PodSpec,
}

impl Body {
    pub(super) fn into_pod(self, id: PodId) -> Pod {
        let mut pod = Pod::new(id.name());
        pod.id = id;
        pod.uid = Uid::new(self.uid);
        pod.created_at = Timestamp::from_unix_seconds(self.created_seconds);
        pod.labels = Arc::new(Labels::from([("app".to_owned(), self.app.to_owned())]));
        pod.spec = Arc::new(self.spec);
        pod
    }
}

pub(super) fn namespace() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => Just("default"), 1 => Just("shop")]
}

pub(super) fn body() -> impl Strategy<Value = Body> {
    let identity = (select(&["", "a", "b"][..]), 0_i64..3, select(&["a", "b"][..]));
    (identity, spec()).prop_map(|((uid, created_seconds, app), spec)| Body {
        uid,
        created_seconds,
        app,
        spec,
    })
}

pub(super) fn spec() -> impl Strategy<Value = PodSpec> {
    let selector = prop_oneof![3 => Just(None), 1 => selected_label().prop_map(Some)];
    let required = prop_oneof![3 => vec(term(), 0..1), 2 => vec(term(), 1..4)];
    let preferred = prop_oneof![3 => vec(preferred_term(), 0..1), 1 => vec(preferred_term(), 1..4)];
    let tolerations =
        prop_oneof![1 => vec(word::toleration(), 0..1), 1 => vec(word::toleration(), 1..3)];
    (requests(), selector, required, preferred, tolerations).prop_map(
        |(requests, selector, required, preferred, tolerations)| {
            let node_affinity = NodeAffinity { required, preferred };
            let node_selector = selector.into_iter().collect();
            PodSpec { requests, node_selector, node_affinity, tolerations, ..PodSpec::default() }
        },
    )
}

/// Requests of which some are equal, some zero and a few larger than every type.
pub(super) fn requests() -> impl Strategy<Value = Resources> {
    let cpu = option::weighted(0.9, select(&[100_i64, 250, 500, 1000, 1500, 3000, 9000][..]));
    let memory = option::weighted(0.7, select(&[128_i64, 256, 1024, 3072][..]));
    let devices = option::weighted(0.1, select(&[0_i64, 1, 2][..]));
    (cpu, memory, devices).prop_map(|(cpu, memory, devices)| {
        let mut requests = Resources::new();
        if let Some(cpu) = cpu {
            requests.set(ResourceName::CPU, cpu);
        }
        if let Some(mebibytes) = memory {
            requests.set(ResourceName::MEMORY, mebibytes << 20);
        }
        if let Some(devices) = devices {
            requests.set(DEVICE, devices);
        }
        requests
    })
}
