//! Names that lead nowhere, volumes, budgets and namespaces.

use crate::{lines, snapshot};

#[test]
fn what_is_named_and_not_there_is_told_once_per_thing() {
    let text = "
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop, uid: u1, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: r, controller: true}]}
spec: {nodeName: n1, containers: [{name: c}]}
---
apiVersion: v1
kind: Pod
metadata: {name: b, namespace: shop, uid: u2, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-2, uid: r, controller: true}]}
spec: {nodeName: n1, containers: [{name: c}]}
---
apiVersion: v1
kind: Pod
metadata: {name: c, namespace: shop, uid: u3}
spec: {containers: [{name: c}], volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: bound, namespace: shop}
spec: {volumeName: pv-1}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: fast, namespace: shop}
spec: {storageClassName: fast}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: usual, namespace: shop}
---
apiVersion: v1
kind: Node
metadata: {name: n2, labels: {karpenter.sh/nodepool: gone}}
---
apiVersion: autoscaling.x-k8s.io/v1beta1
kind: CapacityBuffer
metadata: {name: b, namespace: shop}
spec: {podTemplateRef: {name: chunk}, replicas: 1}
";
    assert_eq!(
        lines(&snapshot(text).findings),
        [
            "warning[missing-node] Node n1: 2 pods are bound to it, `shop/a` for one, but it is not there",
            "warning[missing-node-pool] NodePool gone: 1 machines are of it, `Node n2` for one, but it is not there",
            "info[missing-owner] ReplicaSet: 2 pods belong to one that is not there, `shop/web-1` for one",
            "warning[missing-pod-template] CapacityBuffer shop/b spec.podTemplateRef: pod template `chunk` is not there",
            "warning[missing-storage-class] PersistentVolumeClaim shop/fast spec.storageClassName: storage class `fast` is not there",
            "warning[missing-storage-class] PersistentVolumeClaim shop/usual spec.storageClassName: no class is named, and there is no default storage class",
            "warning[missing-volume] PersistentVolumeClaim shop/bound spec.volumeName: volume `pv-1` is not there",
            "warning[missing-volume-claim] PersistentVolumeClaim shop/data: 1 pods use it, `shop/c` for one, but it is not there",
        ]
    );
}

#[test]
fn volumes_classes_and_limits_are_read() {
    let text = "
apiVersion: v1
kind: PersistentVolume
metadata: {name: csi}
spec:
  csi: {driver: ebs.csi.aws.com, volumeHandle: vol-1}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [z1]}]}]}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: in-tree}, spec: {awsElasticBlockStore: {volumeID: v}}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: local}, spec: {local: {path: /x}}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: nfs, deletionTimestamp: 2026-01-15T11:00:00Z}, spec: {nfs: {server: s, path: /}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c, annotations: {pv.kubernetes.io/bind-completed: 'yes'}}
spec: {volumeName: csi, storageClassName: ''}
status: {phase: Bound}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: waits, annotations: {storageclass.kubernetes.io/is-default-class: 'true'}}
provisioner: ebs.csi.aws.com
volumeBindingMode: WaitForFirstConsumer
allowedTopologies: [{matchLabelExpressions: [{key: zone, values: [z1, z2]}]}]
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: at-once}, provisioner: p}
---
{apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {name: n1}, spec: {drivers: [{name: ebs.csi.aws.com, nodeID: n1, allocatable: {count: 25}}, {name: other, nodeID: n1}]}}
";
    let snapshot = snapshot(text);
    assert_eq!(lines(&snapshot.findings), [] as [&str; 0]);
    let volumes: Vec<(&str, Option<&str>, bool, bool)> = snapshot
        .volumes
        .iter()
        .map(|it| (it.name.as_str(), it.driver.as_deref(), it.is_host_local, it.deleting))
        .collect();
    assert_eq!(
        volumes,
        [
            ("csi", Some("ebs.csi.aws.com"), false, false),
            ("in-tree", Some("ebs.csi.aws.com"), false, false),
            ("local", None, true, false),
            ("nfs", None, false, true),
        ]
    );
    assert_eq!(snapshot.volumes[0].node_affinity[0].match_expressions[0].values, ["z1"]);
    let claim = &snapshot.volume_claims[0];
    assert_eq!((claim.phase.as_str(), claim.bind_completed), ("Bound", true));
    assert_eq!((claim.volume.as_deref(), claim.storage_class.as_deref()), (Some("csi"), Some("")));
    let [at_once, waits] = &snapshot.storage_classes[..] else { panic!() };
    assert_eq!((at_once.binds_immediately, at_once.is_default), (true, false));
    assert_eq!((waits.binds_immediately, waits.is_default), (false, true));
    assert_eq!(waits.allowed_topologies[0].match_expressions[0].values, ["z1", "z2"]);
    assert_eq!(
        snapshot.csi_nodes[0].limits.iter().collect::<Vec<_>>(),
        [(&"ebs.csi.aws.com".to_owned(), &25)]
    );
}

#[test]
fn budgets_that_nobody_counted_are_counted() {
    let pod = |index: usize| {
        let ready = if index == 4 { "False" } else { "True" };
        format!(
            "---
apiVersion: v1
kind: Pod
metadata: {{name: p{index}, namespace: shop, uid: u{index}, labels: {{app: web}}}}
spec: {{nodeName: n1, containers: [{{name: c}}]}}
status: {{phase: Running, conditions: [{{type: Ready, status: '{ready}'}}]}}
"
        )
    };
    let pods = (0..5).map(pod).collect::<Vec<_>>().concat();
    for (spec, status, expected) in [
        ("minAvailable: 3", "", 1),
        ("minAvailable: 50%", "", 1),
        ("maxUnavailable: 2", "", 1),
        ("maxUnavailable: 30%", "", 1),
        ("maxUnavailable: 0", "", 0),
        ("maxUnavailable: 2", "status: {disruptionsAllowed: 7}", 7),
        ("{}", "", 0),
    ] {
        let spec = if spec == "{}" { String::new() } else { format!("{spec}, ") };
        let text = format!(
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{name: b, namespace: shop}}\nspec: {{{spec}selector: {{matchLabels: {{app: web}}}}, unhealthyPodEvictionPolicy: AlwaysAllow}}\n{status}\n{pods}"
        );
        let budget = &snapshot(&text).pod_disruption_budgets[0];
        assert_eq!(budget.disruptions_allowed, expected, "{spec}{status}");
        assert!(budget.always_allows_unhealthy);
    }
}

#[test]
fn namespaces_have_their_name_as_a_label_even_when_they_were_not_read() {
    let text = "
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: a}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: data}, spec: {containers: [{name: c}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: s, namespace: shop}, spec: {selector: {app: web}}}
---
{apiVersion: v1, kind: Service, metadata: {name: t, namespace: shop}, spec: {}}
";
    let snapshot = snapshot(text);
    let labels: Vec<String> =
        snapshot.namespaces.iter().map(|it| format!("{} {:?}", it.name, it.labels)).collect();
    assert_eq!(
        labels,
        [
            "data {\"kubernetes.io/metadata.name\": \"data\"}",
            "shop {\"kubernetes.io/metadata.name\": \"shop\", \"team\": \"a\"}",
        ]
    );
    let selectors: Vec<bool> = snapshot.services.iter().map(|it| it.selector.is_some()).collect();
    assert_eq!(selectors, [true, false]);
}
