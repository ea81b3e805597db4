//! Pools, claims, nodes and the rest of the karpenter.sh objects.

use karp_core::{
    k8s::{Manifests, documents, drift_hash},
    model::{Effect, NillableSpan, Operator, Span, Taint, condition},
    snapshot::{Snapshot, state_nodes},
};

use crate::{FixedCatalog, lines, now, snapshot};

const CLASS: &str = "
---
{apiVersion: cloud.example/v1, kind: Flavour, metadata: {name: usual}, spec: {}}
";

const POOL: &str = "
---
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: general}
spec:
  template:
    spec:
      nodeClassRef: {group: cloud.example, kind: Flavour, name: usual}
      requirements: []
";

/// A pool with everything set; the numbers are those of the API's documentation.
const FULL: &str = "
---
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: batch, uid: p1, generation: 3, creationTimestamp: 2026-01-05T10:00:00Z}
spec:
  weight: 40
  limits: {cpu: \"256\", memory: 1Ti, nodes: 60}
  template:
    metadata:
      labels: {team: batch, karpenter.sh/capacity-type: spot}
      annotations: {example.org/contact: batch-oncall}
    spec:
      nodeClassRef: {group: cloud.example, kind: Flavour, name: usual}
      taints:
      - {key: example.org/batch, value: \"yes\", effect: NoSchedule}
      startupTaints:
      - {key: example.org/warming, effect: NoExecute}
      requirements:
      - {key: kubernetes.io/arch, operator: In, values: [arm64, amd64], minValues: 2}
      - {key: example.org/cpus, operator: Gte, values: [\"4\"]}
      expireAfter: 240h
      terminationGracePeriod: 1h30m
  disruption:
    consolidationPolicy: Balanced
    consolidateAfter: Never
    budgets:
    - nodes: 15%
    - {nodes: \"0\", schedule: \"0 8 * * mon-fri\", duration: 10h, reasons: [Underutilized, Drifted]}
status:
  conditions:
  - {type: Ready, status: \"True\", reason: Ready, message: \"\", lastTransitionTime: 2026-01-05T10:00:00Z}
";

#[test]
fn a_pool_is_read_with_all_its_fields() {
    let snapshot = snapshot(&format!("{CLASS}{FULL}"));
    assert_eq!(lines(&snapshot.findings), [] as [&str; 0]);
    let pool = &snapshot.node_pools[0];
    assert_eq!((pool.name.as_str(), pool.uid.as_str(), pool.generation), ("batch", "p1", 3));
    assert_eq!(pool.created_at.to_string(), "2026-01-05T10:00:00Z");
    assert_eq!((pool.weight, pool.replicas), (40, None));
    assert_eq!(pool.limits.as_ref().unwrap().to_string(), "cpu 256, memory 1Ti, nodes 60");
    let template = &pool.template;
    assert_eq!(template.labels["team"], "batch");
    assert_eq!(template.annotations["example.org/contact"], "batch-oncall");
    assert_eq!(
        template.taints,
        [Taint::new("example.org/batch", Effect::NoSchedule).with_value("yes")]
    );
    assert_eq!(template.startup_taints[0].to_string(), "example.org/warming:NoExecute");
    assert_eq!(template.requirements[0].min_values, Some(2));
    assert_eq!(template.requirements[1].operator, Operator::Gte);
    assert_eq!(template.expire_after, NillableSpan::from(Span::hours(240)));
    assert_eq!(template.termination_grace_period, Some(Span::minutes(90)));
    let disruption = &pool.disruption;
    assert_eq!(disruption.consolidation_policy, "Balanced");
    assert!(disruption.consolidate_after.is_never());
    assert_eq!(disruption.budgets[0].nodes, "15%");
    assert_eq!(disruption.budgets[1].duration, Some(Span::hours(10)));
    assert_eq!(disruption.budgets[1].reasons.as_deref().unwrap().len(), 2);
    assert!(condition(&pool.conditions, "Ready").is_some());
}

#[test]
fn a_pool_gets_the_defaults_of_the_api() {
    let snapshot = snapshot(&format!("{CLASS}{POOL}"));
    let pool = &snapshot.node_pools[0];
    let template = &pool.template;
    assert_eq!((pool.weight, pool.limits.as_ref()), (0, None));
    assert_eq!(template.expire_after, NillableSpan::from(Span::hours(720)));
    assert_eq!(template.termination_grace_period, None);
    assert_eq!(pool.disruption.consolidation_policy, "WhenEmptyOrUnderutilized");
    assert_eq!(pool.disruption.consolidate_after, NillableSpan::from(Span::ZERO));
    assert_eq!(pool.disruption.budgets[0].nodes, "10%");
    assert_eq!(snapshot.types_of(&pool.name)[0].name.as_str(), "m.large");
    assert!(snapshot.excluded_pools.is_empty());
}

#[test]
fn parts_of_disruption_that_are_not_written_get_their_own_defaults() {
    let with = |disruption: &str| {
        snapshot(&format!("{CLASS}{POOL}  disruption: {disruption}\n")).node_pools[0]
            .disruption
            .clone()
    };
    let empty = with("{consolidateAfter: 0s, budgets: []}");
    assert_eq!(
        (empty.budgets.len(), empty.consolidation_policy.as_str()),
        (0, "WhenEmptyOrUnderutilized")
    );
    let bare = with("{consolidateAfter: 30s, budgets: [{reasons: []}]}");
    assert_eq!(bare.budgets[0].nodes, "10%");
    assert_eq!(bare.budgets[0].reasons.as_deref(), Some(&[][..]));
    assert_eq!(bare.consolidate_after, NillableSpan::from(Span::seconds(30)));
}

/// The figures are those of `k8s::drift_hash`, whose tests hold them against the reference's.
#[test]
fn a_pool_carries_its_drift_hash() {
    let class = "nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}";
    let text =
        POOL.replace("nodeClassRef: {group: cloud.example, kind: Flavour, name: usual}", class);
    assert_eq!(snapshot(&text).node_pools[0].hash, "6821555240594823858");
    let never = format!("{text}      expireAfter: Never\n");
    assert_eq!(snapshot(&never).node_pools[0].hash, "17369979337536258260");
    let written = Manifests::parse("full.yaml", FULL);
    let [document] = &documents("full.yaml", FULL.as_bytes())[..] else { panic!() };
    let of_text = drift_hash::node_pool_hash(document.value.as_ref().unwrap());
    let read = written.snapshot(&FixedCatalog, now()).unwrap();
    assert_eq!(read.node_pools[0].hash, of_text.to_string());
}

#[track_caller]
fn assert_excluded(text: &str, code: &str, line: &str) -> Snapshot {
    let snapshot = snapshot(text);
    let excluded: Vec<(&str, &str)> =
        snapshot.excluded_pools.iter().map(|(pool, code)| (pool.as_str(), code.as_str())).collect();
    assert_eq!(excluded, [("general", code)]);
    assert_eq!(lines(&snapshot.findings), [line]);
    snapshot
}

#[track_caller]
fn assert_without_types(text: &str, code: &str, line: &str) {
    let snapshot = assert_excluded(text, code, line);
    assert_eq!(snapshot.types_of(&snapshot.node_pools[0].name).len(), 0);
}

/// Nodes that the pool has must be known by type all the same.
#[track_caller]
fn assert_with_types(text: &str, code: &str, line: &str) {
    let snapshot = assert_excluded(text, code, line);
    assert_ne!(snapshot.types_of(&snapshot.node_pools[0].name).len(), 0);
}

#[test]
fn a_pool_that_is_not_ready_is_excluded() {
    let status = "status: {conditions: [{type: NodeClassReady, status: \"False\", reason: NodeClassNotFound}, {type: Ready, status: \"False\", reason: UnhealthyDependents}]}";
    assert_with_types(
        &format!("{CLASS}{POOL}{status}"),
        "pool-not-ready",
        "warning[pool-not-ready] NodePool general status.conditions: not ready (NodeClassReady: NodeClassNotFound): no machine is bought for it",
    );
}

#[test]
fn a_pool_that_is_being_deleted_is_excluded() {
    let pool =
        POOL.replace("name: general}", "name: general, deletionTimestamp: 2026-01-15T11:00:00Z}");
    assert_with_types(
        &format!("{CLASS}{pool}"),
        "pool-deleting",
        "warning[pool-deleting] NodePool general: being deleted: no machine is bought for it",
    );
}

#[test]
fn a_pool_without_its_node_class_is_excluded() {
    assert_without_types(
        POOL,
        "missing-node-class",
        "error[missing-node-class] NodePool general spec.template.spec.nodeClassRef: node class `usual` of kind Flavour is not there",
    );
}

#[test]
fn a_pool_of_an_unknown_kind_of_node_class_is_excluded() {
    let pool = POOL.replace("kind: Flavour", "kind: Other");
    assert_without_types(
        &pool,
        "unknown-node-class-kind",
        "error[unknown-node-class-kind] NodePool general spec.template.spec.nodeClassRef: node class kind Other of group `cloud.example` is unknown",
    );
}

#[test]
fn a_pool_whose_node_class_cannot_be_used_is_excluded() {
    assert_without_types(
        &format!("{}{POOL}", CLASS.replace("spec: {}", "spec: {broken: true}")),
        "invalid-node-class",
        "error[invalid-node-class] NodePool general spec.template.spec.nodeClassRef: node class `usual` can't be used: `spec.broken`: expected false",
    );
}

#[test]
fn a_pool_without_types_is_excluded() {
    assert_without_types(
        &format!("{}{POOL}", CLASS.replace("spec: {}", "spec: {empty: true}")),
        "no-instance-types",
        "error[no-instance-types] NodePool general spec.template.spec.nodeClassRef: the catalog has no instance type for cloud.example/Flavour usual",
    );
}

#[test]
fn a_claim_and_its_node_are_one_machine() {
    let text = format!(
        "{CLASS}{POOL}---
apiVersion: karpenter.sh/v1
kind: NodeClaim
metadata:
  name: general-7k2xq
  labels: {{karpenter.sh/nodepool: general}}
  annotations: {{karpenter.sh/nodepool-hash: '1', note: x}}
spec:
  nodeClassRef: {{group: cloud.example, kind: Flavour, name: usual}}
  expireAfter: Never
  requirements: [{{key: karpenter.sh/nodepool, operator: In, values: [general]}}]
  resources: {{requests: {{cpu: 1850m, pods: '5'}}}}
status:
  providerID: id-1
  nodeName: n1
  imageID: image-1
  capacity: {{cpu: '4', memory: 7Gi, pods: '58'}}
  allocatable: {{cpu: 3920m, memory: 6Gi, pods: '58'}}
  lastPodEventTime: 2026-01-15T11:00:00Z
  conditions: [{{type: Launched, status: 'True', reason: Launched, lastTransitionTime: 2026-01-05T10:00:00Z}}]
---
apiVersion: v1
kind: Node
metadata:
  name: n1
  labels: {{karpenter.sh/nodepool: general, karpenter.sh/registered: 'true', kubernetes.io/hostname: n1}}
  annotations: {{karpenter.sh/do-not-disrupt: 'true', node.alpha.kubernetes.io/ttl: '0'}}
spec:
  providerID: id-1
  unschedulable: true
  taints: [{{key: a, effect: NoSchedule, timeAdded: 2026-01-15T11:00:00Z}}]
status:
  capacity: {{cpu: '4', memory: 7Gi, pods: '58'}}
  allocatable: {{cpu: 3900m, memory: 6Gi, pods: '58'}}
  conditions: [{{type: Ready, status: 'True', lastHeartbeatTime: 2026-01-15T11:00:00Z}}]
"
    );
    let snapshot = snapshot(&text);
    assert_eq!(lines(&snapshot.findings), [] as [&str; 0]);
    let claim = &snapshot.node_claims[0];
    assert_eq!(claim.requests.to_string(), "cpu 1850m, pods 5");
    assert!(claim.expire_after.is_never());
    assert_eq!(claim.status.image_id, "image-1");
    assert_eq!(claim.status.allocatable.to_string(), "cpu 3920m, memory 6Gi, pods 58");
    assert_eq!(claim.status.last_pod_event_at.unwrap().to_string(), "2026-01-15T11:00:00Z");
    let machines = state_nodes(&snapshot);
    assert_eq!(machines.len(), 1);
    let machine = &machines[0];
    assert!(machine.registered && !machine.initialized);
    assert_eq!(machine.allocatable.to_string(), "cpu 3900m, memory 6Gi, pods 58");
    let taints: Vec<String> = machine.taints.iter().map(ToString::to_string).collect();
    assert_eq!(taints, ["a:NoSchedule", "node.kubernetes.io/unschedulable:NoSchedule"]);
    let annotations = &machine.node.as_ref().unwrap().annotations;
    assert_eq!(annotations.keys().collect::<Vec<_>>(), ["karpenter.sh/do-not-disrupt"]);
}

#[test]
fn overlays_and_buffers_are_read_and_told_not_to_be_used_yet() {
    let text = "
apiVersion: karpenter.sh/v1alpha1
kind: NodeOverlay
metadata: {name: arm-discount}
spec:
  weight: 25
  requirements: [{key: kubernetes.io/arch, operator: In, values: [arm64]}]
  priceAdjustment: \"-12.5%\"
  capacity: {example.org/slots: 3}
---
apiVersion: autoscaling.x-k8s.io/v1beta1
kind: CapacityBuffer
metadata: {name: headroom, namespace: shop}
spec: {scalableRef: {kind: Deployment, name: checkout}, percentage: 25, replicas: 2, limits: {cpu: \"12\"}}
";
    let snapshot = snapshot(text);
    let overlay = &snapshot.overlays[0];
    assert_eq!((overlay.weight, overlay.price_adjustment.as_deref()), (25, Some("-12.5%")));
    assert_eq!(overlay.capacity.to_string(), "example.org/slots 3");
    let buffer = &snapshot.buffers[0];
    assert_eq!(buffer.provisioning_strategy, "buffer.x-k8s.io/active-capacity");
    assert_eq!(buffer.scalable.as_ref().unwrap().group, "apps");
    assert_eq!((buffer.replicas, buffer.percentage), (Some(2), Some(25)));
    assert_eq!(
        lines(&snapshot.findings),
        [
            "warning[missing-scalable] CapacityBuffer shop/headroom spec.scalableRef: Deployment `shop/checkout` is not there",
        ]
    );
}

#[test]
fn a_class_that_no_pool_names_is_told() {
    let manifests = Manifests::parse("class.yaml", CLASS);
    let told: Vec<String> = manifests.findings().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "info[unused-kind] Flavour.cloud.example: 1 objects of this kind, `Flavour usual` for one, decide nothing"
        ]
    );
}
