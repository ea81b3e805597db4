//! Which rules a scenario can't be decided without; not the rules.

use std::{collections::BTreeSet, fmt, sync::Arc};

use karp_core::{
    model::{CapacityType, InstanceType},
    policy::{Policy, PreferencePolicy},
};
use serde_json::Value;

use super::objects::{Objects, is_bound, items, text};

/// A rule that some scenarios need and others don't.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Need {
    /// Capacity buffers make virtual pods.
    CapacityBuffers,
    /// Pods without spread constraints get those of the cluster.
    DefaultSpread,
    /// Pods of nodes that are going look for other places.
    DeletingNodes,
    /// Pods refer to dynamic resource claims.
    DynamicResources,
    /// Pods or daemons take ports of the host.
    HostPorts,
    /// Pools want several values of a label among the types of a machine.
    MinValues,
    /// Overlays change prices or capacity.
    NodeOverlays,
    /// Pods want to be near others.
    PodAffinity,
    /// Pods want to be away from others, or are kept away by bound ones.
    PodAntiAffinity,
    /// Taints that repel softly.
    PreferNoSchedule,
    /// Pods prefer nodes with some labels.
    PreferredNodes,
    /// Capacity is reserved.
    Reservations,
    /// Pools keep a fixed number of machines.
    StaticPools,
    /// Pods are spread over domains.
    TopologySpread,
    /// Pods have volumes with claims, or nodes limit volumes.
    Volumes,
}

/// Where a pod says what it demands and what it wishes.
const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// What a world of these objects, types and settings needs.
pub(super) fn needs_of(
    objects: &Objects,
    types: &[Arc<InstanceType>],
    policy: &Policy,
) -> BTreeSet<Need> {
    let gates = &policy.feature_gates;
    let mut needs = BTreeSet::new();
    let mut need = |rule, is_used: bool| {
        if is_used {
            needs.insert(rule);
        }
    };
    let has = |kind| objects.of_kind(kind).next().is_some();
    need(Need::CapacityBuffers, gates.capacity_buffer && has("CapacityBuffer"));
    need(Need::NodeOverlays, gates.node_overlay && has("NodeOverlay"));
    need(Need::DefaultSpread, !policy.default_spread.is_empty());
    need(Need::Volumes, has("CSINode"));
    need(Need::Reservations, types.iter().any(|kind| has_reservation(kind)));
    need(Need::DeletingNodes, has_deleting_node(objects));
    for pool in objects.of_kind("NodePool") {
        let template = "/spec/template/spec";
        let wants_values = items(pool, &format!("{template}/requirements"))
            .any(|entry| entry.get("minValues").is_some());
        need(Need::MinValues, wants_values);
        need(Need::StaticPools, pool.pointer("/spec/replicas").is_some());
        need(Need::PreferNoSchedule, repels_softly(pool, &format!("{template}/taints")));
    }
    for node in objects.of_kind("Node").chain(objects.of_kind("NodeClaim")) {
        need(Need::PreferNoSchedule, repels_softly(node, "/spec/taints"));
    }
    let daemons = objects.of_kind("DaemonSet").filter_map(|set| set.pointer("/spec/template/spec"));
    for spec in daemons {
        need(Need::HostPorts, has_host_port(spec));
    }
    let is_reopened = has_deleting_node(objects);
    let respects = policy.preferences == PreferencePolicy::Respect;
    for pod in objects.of_kind("Pod") {
        let Some(spec) = pod.get("spec") else { continue };
        if is_bound(pod) && !is_reopened {
            // A bound pod's own demands are met; only what it forbids others counts.
            need(Need::PodAntiAffinity, has_terms(spec, "podAntiAffinity", REQUIRED));
        } else {
            needs_of_pod(spec, respects, &mut need);
        }
    }
    needs
}

fn needs_of_pod(spec: &Value, respects: bool, need: &mut impl FnMut(Need, bool)) {
    let wishes = |field| respects && has_terms(spec, field, PREFERRED);
    need(Need::PreferredNodes, wishes("nodeAffinity"));
    for (rule, field) in
        [(Need::PodAffinity, "podAffinity"), (Need::PodAntiAffinity, "podAntiAffinity")]
    {
        need(rule, has_terms(spec, field, REQUIRED) || wishes(field));
    }
    let is_spread = items(spec, "/topologySpreadConstraints").any(|constraint| {
        respects || text(constraint, "/whenUnsatisfiable") != Some("ScheduleAnyway")
    });
    need(Need::TopologySpread, is_spread);
    need(Need::HostPorts, has_host_port(spec));
    need(Need::DynamicResources, items(spec, "/resourceClaims").next().is_some());
    let has_claim = items(spec, "/volumes").any(|volume| {
        volume.get("persistentVolumeClaim").is_some() || volume.get("ephemeral").is_some()
    });
    need(Need::Volumes, has_claim);
}

fn has_terms(spec: &Value, field: &str, strength: &str) -> bool {
    items(spec, &format!("/affinity/{field}/{strength}")).next().is_some()
}

fn has_host_port(spec: &Value) -> bool {
    items(spec, "/containers")
        .chain(items(spec, "/initContainers"))
        .flat_map(|container| items(container, "/ports"))
        .any(|port| port.get("hostPort").is_some_and(|port| port.as_i64() != Some(0)))
}

fn has_reservation(kind: &InstanceType) -> bool {
    kind.offerings.iter().any(|offering| offering.capacity_type() == Some(CapacityType::Reserved))
}

fn has_deleting_node(objects: &Objects) -> bool {
    let is_terminating = |claim: &Value| {
        items(claim, "/status/conditions").any(|condition| {
            text(condition, "/type") == Some("InstanceTerminating")
                && text(condition, "/status") == Some("True")
        })
    };
    objects.of_kind("Node").chain(objects.of_kind("NodeClaim")).any(|object| {
        object.pointer("/metadata/deletionTimestamp").is_some() || is_terminating(object)
    })
}

fn repels_softly(object: &Value, taints: &str) -> bool {
    items(object, taints).any(|taint| text(taint, "/effect") == Some("PreferNoSchedule"))
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::CapacityBuffers => "capacity buffers",
            Self::DefaultSpread => "default spread",
            Self::DeletingNodes => "deleting nodes",
            Self::DynamicResources => "dynamic resources",
            Self::HostPorts => "host ports",
            Self::MinValues => "min values",
            Self::NodeOverlays => "node overlays",
            Self::PodAffinity => "pod affinity",
            Self::PodAntiAffinity => "pod anti-affinity",
            Self::PreferNoSchedule => "prefer no schedule",
            Self::PreferredNodes => "preferred nodes",
            Self::Reservations => "reservations",
            Self::StaticPools => "static pools",
            Self::TopologySpread => "topology spread",
            Self::Volumes => "volumes",
        })
    }
}
