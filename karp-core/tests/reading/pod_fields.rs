//! Pods as `kubectl get pods -o yaml` prints them.

use karp_core::model::{
    InclusionPolicy, Operator, PodClaimSource, PodPhase, PodResourceClaim, Span, WhenUnsatisfiable,
    label,
};

use crate::{pod, snapshot};

const POD: &str = "
apiVersion: v1
kind: Pod
metadata:
  name: web-abc-1
  namespace: shop
  uid: u1
  creationTimestamp: 2026-01-15T11:00:00Z
  labels: {app: web}
  annotations:
    karpenter.sh/do-not-disrupt: 'true'
    controller.kubernetes.io/pod-deletion-cost: '10'
    kubectl.kubernetes.io/last-applied-configuration: '{}'
  ownerReferences:
  - {apiVersion: apps/v1, kind: ReplicaSet, name: web-abc, uid: r1, controller: true, blockOwnerDeletion: true}
spec:
  nodeName: n1
  priority: 100
  priorityClassName: gone
  schedulerName: default-scheduler
  terminationGracePeriodSeconds: 45
  nodeSelector: {kubernetes.io/arch: arm64}
  schedulingGates: [{name: wait}]
  resourceClaims: [{name: gpu, resourceClaimTemplateName: one-gpu}]
  tolerations:
  - {key: a, operator: Equal, value: x, effect: NoSchedule}
  - {effect: NoExecute, key: node.kubernetes.io/not-ready, operator: Exists, tolerationSeconds: 300}
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
        - matchExpressions: [{key: topology.kubernetes.io/zone, operator: NotIn, values: [z1]}]
        - matchFields: [{key: metadata.name, operator: In, values: [n1]}]
      preferredDuringSchedulingIgnoredDuringExecution:
      - {weight: 5, preference: {matchExpressions: [{key: disk, operator: Exists}]}}
    podAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
      - {weight: 7, podAffinityTerm: {topologyKey: zone, labelSelector: {matchExpressions: [{key: app, operator: In, values: [db]}]}, namespaceSelector: {}}}
    podAntiAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
      - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}, namespaces: [shop], matchLabelKeys: [v], mismatchLabelKeys: [w]}
  topologySpreadConstraints:
  - {maxSkew: 2, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: web}}, minDomains: 3, nodeAffinityPolicy: Ignore, nodeTaintsPolicy: Honor, matchLabelKeys: [pod-template-hash]}
  - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}
  containers:
  - {name: c, image: i, resources: {requests: {cpu: 500m}, limits: {cpu: 1}}}
  volumes:
  - {name: data, persistentVolumeClaim: {claimName: web-data}}
  - {name: kube-api-access, projected: {sources: []}}
status:
  phase: Running
  startTime: 2026-01-15T11:00:05Z
  nominatedNodeName: n2
  conditions:
  - {type: Ready, status: 'True'}
  - {type: PodScheduled, status: 'True'}
";

#[test]
fn a_pod_is_read_with_all_its_fields() {
    let snapshot = snapshot(POD);
    let pod = pod(&snapshot, "shop/web-abc-1");
    assert_eq!(
        (pod.uid.as_str(), pod.created_at.to_string().as_str()),
        ("u1", "2026-01-15T11:00:00Z")
    );
    assert_eq!(
        pod.annotations.keys().collect::<Vec<_>>(),
        ["controller.kubernetes.io/pod-deletion-cost", "karpenter.sh/do-not-disrupt"]
    );
    assert_eq!(pod.controller().unwrap().name, "web-abc");
    let spec = &pod.spec;
    assert_eq!((spec.requests.to_string().as_str(), spec.priority), ("cpu 500m", 100));
    assert_eq!(spec.termination_grace_period, Some(Span::seconds(45)));
    assert_eq!(spec.node_selector[label::ARCH], "arm64");
    assert_eq!(spec.scheduling_gates, ["wait"]);
    let template = PodClaimSource::Template("one-gpu".to_owned());
    let claim = PodResourceClaim { name: "gpu".to_owned(), source: template };
    assert_eq!(spec.resource_claims, [claim]);
    assert_eq!(spec.tolerations.len(), 2);
    assert_eq!(spec.tolerations[1].toleration_seconds, Some(300));
    assert_eq!(spec.volumes.len(), 1);
    assert_eq!(spec.volumes[0].claim, "web-data");
    let status = &pod.status;
    assert_eq!(
        (status.phase, status.ready, status.unschedulable),
        (PodPhase::Running, Some(true), Some(false))
    );
    assert_eq!(status.node.as_ref().unwrap().as_str(), "n1");
    assert_eq!(status.nominated_node.as_ref().unwrap().as_str(), "n2");
    assert!(status.started_at.is_some());
}

#[test]
fn affinity_and_spread_are_read_with_all_their_fields() {
    let snapshot = snapshot(POD);
    let spec = &pod(&snapshot, "shop/web-abc-1").spec;
    let affinity = &spec.node_affinity;
    assert_eq!(affinity.required[0].match_expressions[0].operator, Operator::NotIn);
    assert_eq!(affinity.required[1].match_fields[0].values, ["n1"]);
    assert_eq!(affinity.preferred[0].weight, 5);
    let near = &spec.pod_affinity.preferred[0];
    assert_eq!(near.weight, 7);
    assert!(near.pod_affinity_term.namespace_selector.is_some());
    let away = &spec.pod_anti_affinity.required[0];
    assert_eq!(
        (away.topology_key.as_str(), away.namespaces.as_slice()),
        (label::HOSTNAME, &["shop".to_owned()][..])
    );
    assert_eq!((away.match_label_keys.len(), away.mismatch_label_keys.len()), (1, 1));
    let [soft, hard] = &spec.topology_spread[..] else { panic!() };
    assert_eq!((soft.max_skew, soft.min_domains), (2, Some(3)));
    assert_eq!(soft.when_unsatisfiable, WhenUnsatisfiable::ScheduleAnyway);
    assert_eq!(
        (soft.node_affinity_policy, soft.node_taints_policy),
        (InclusionPolicy::Ignore, InclusionPolicy::Honor)
    );
    assert_eq!(soft.match_label_keys, ["pod-template-hash"]);
    assert_eq!((hard.min_domains, hard.label_selector.as_ref()), (None, None));
    assert_eq!(
        (hard.node_affinity_policy, hard.node_taints_policy),
        (InclusionPolicy::Honor, InclusionPolicy::Ignore)
    );
}

#[test]
fn a_pod_that_could_not_be_scheduled_says_so() {
    let pending = "
apiVersion: v1
kind: Pod
metadata: {name: a, uid: u, deletionTimestamp: 2026-01-15T11:00:00Z}
spec: {containers: [{name: c}]}
status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable}]}
";
    let snapshot = snapshot(pending);
    let status = &pod(&snapshot, "default/a").status;
    assert_eq!(
        (status.phase, status.unschedulable, status.ready),
        (PodPhase::Pending, Some(true), None)
    );
    assert!(status.deleting_since.is_some() && status.node.is_none());
}

#[test]
fn pod_8_claims_that_only_a_container_names_count() {
    let snapshot = snapshot(
        "
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  resourceClaims: [{name: gpu, resourceClaimName: shared}]
  initContainers: [{name: a, resources: {claims: [{name: fpga}]}}]
  containers: [{name: b, resources: {claims: [{name: gpu, request: one}, {name: nic}]}}]
",
    );
    let claims = &pod(&snapshot, "default/p").spec.resource_claims;
    let told: Vec<_> = claims.iter().map(|claim| (claim.name.as_str(), &claim.source)).collect();
    let undeclared = &PodClaimSource::Undeclared;
    let shared = &PodClaimSource::Claim("shared".to_owned());
    assert_eq!(told, [("gpu", shared), ("fpga", undeclared), ("nic", undeclared)]);
}
