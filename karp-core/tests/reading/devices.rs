//! Devices and claims to them, as `kubectl get -o yaml` prints them.

use karp_core::{
    k8s::Manifests,
    model::{
        ConstraintRule, DeviceAttribute, DeviceCount, DeviceNodes, PodClaimSource, Portions,
        RequestForm, ResourceSlice,
    },
};

use crate::{lines, pod, snapshot};

/// A slice, but for its version and its device.
fn slice(version: &str, device: &str) -> String {
    format!(
        "
apiVersion: resource.k8s.io/{version}
kind: ResourceSlice
metadata:
  name: n1-gpus
  ownerReferences:
  - {{apiVersion: apps/v1, kind: DaemonSet, name: driver, uid: d-1}}
  - {{apiVersion: v1, kind: Node, name: n1, uid: n-1, controller: true}}
spec:
  driver: gpu.example.com
  pool: {{name: n1, generation: 3, resourceSliceCount: 2}}
  nodeName: n1
  sharedCounters:
  - {{name: slots, counters: {{memory: {{value: 80Gi}}}}}}
  devices:
{device}
"
    )
}

const BODY: &str = "attributes: {model: {string: a100}, index: {int: 4}, ecc: {bool: true}, driver.example.com/v: {version: 1.2.3}},
      capacity: {memory: {value: 40Gi, requestPolicy: {default: 1Gi, validRange: {min: 1Gi, step: 1Gi}}}, lanes: {value: 8, requestPolicy: {validValues: [1, 2]}}},
      consumesCounters: [{counterSet: slots, counters: {memory: {value: 40Gi}}}], allowMultipleAllocations: true, taints: [{key: broken, effect: NoSchedule}]";

fn read(text: &str) -> ResourceSlice {
    ResourceSlice::clone(&snapshot(text).resource_slices[0])
}

#[test]
fn dra_58_a_slice_is_read_alike_in_all_versions() {
    let latest = read(&slice("v1", &format!("  - {{name: gpu-0, {BODY}}}")));
    assert_eq!((latest.driver.as_str(), latest.pool.as_str()), ("gpu.example.com", "n1"));
    assert_eq!((latest.generation, latest.slices), (3, 2));
    assert_eq!(latest.nodes, DeviceNodes::Named("n1".into()));
    assert_eq!(latest.counters[0].counters["memory"].to_string(), "80Gi");
    let device = &latest.devices[0];
    assert_eq!(device.name, "gpu-0");
    assert_eq!(device.attributes["model"], DeviceAttribute::String("a100".to_owned()));
    assert_eq!(device.attributes["index"], DeviceAttribute::Int(4));
    assert_eq!(device.attributes["ecc"], DeviceAttribute::Bool(true));
    let version = DeviceAttribute::Version("1.2.3".to_owned());
    assert_eq!(device.attributes["driver.example.com/v"], version);
    let memory = device.capacity["memory"].policy.as_ref().unwrap();
    assert_eq!(memory.default.as_ref().unwrap().to_string(), "1Gi");
    assert!(matches!(&memory.portions, Portions::Range { max: None, step: Some(_), .. }));
    let lanes = device.capacity["lanes"].policy.as_ref().unwrap();
    assert!(matches!(&lanes.portions, Portions::Values(values) if values.len() == 2));
    assert!(device.shareable && device.tainted && device.nodes.is_none());
    assert_eq!(device.consumes[0].name, "slots");
    let beta = read(&slice("v1beta2", &format!("  - {{name: gpu-0, {BODY}}}")));
    let first = read(&slice("v1beta1", &format!("  - {{name: gpu-0, basic: {{{BODY}}}}}")));
    assert_eq!((&latest, &latest), (&beta, &first));
}

#[test]
fn dra_52_the_node_among_the_owners_of_a_slice_is_found() {
    let text = slice("v1", "  - {name: gpu-0}");
    assert_eq!(read(&text).owner, Some("n1".into()));
    assert_eq!(read(&text.replace("kind: Node,", "kind: Machine,")).owner, None);
}

#[test]
fn slices_say_where_their_devices_can_be_used() {
    let with =
        |place: &str| read(&slice("v1", "  - {name: a}").replace("nodeName: n1", place)).nodes;
    assert_eq!(with("allNodes: true"), DeviceNodes::All);
    assert_eq!(with("allNodes: false"), DeviceNodes::Nowhere);
    let selector = "nodeSelector: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [z1]}]}]}";
    assert!(matches!(with(selector), DeviceNodes::Matching(terms) if terms.len() == 1));
    let own =
        slice("v1", "  - {name: a, nodeName: n2}\n  - {name: b, allNodes: true}\n  - {name: c}");
    let devices = read(&own.replace("nodeName: n1", "perDeviceNodeSelection: true")).devices;
    let places: Vec<_> = devices.into_iter().map(|device| device.nodes.unwrap()).collect();
    assert_eq!(places, [DeviceNodes::Named("n2".into()), DeviceNodes::All, DeviceNodes::Nowhere]);
}

const CLAIM: &str = "
apiVersion: resource.k8s.io/v1
kind: ResourceClaim
metadata: {name: two, namespace: shop}
spec:
  devices:
    requests:
    - name: gpu
      exactly: {deviceClassName: gpu, selectors: [{cel: {expression: 'true'}}], count: 2, capacity: {requests: {memory: 4Gi}}}
    - name: nic
      firstAvailable:
      - {name: fast, deviceClassName: nic, allocationMode: All}
      - {name: slow, deviceClassName: nic}
    constraints:
    - {requests: [gpu, nic/fast], matchAttribute: example.com/root}
    - {distinctAttribute: example.com/root}
status:
  allocation:
    devices:
      results:
      - {request: nic/slow, driver: nic.example.com, pool: n1, device: eth0, consumedCapacity: {bandwidth: 1G}}
    nodeSelector: {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [n1]}]}]}
  reservedFor: [{resource: pods, name: web, uid: u1}]
---
apiVersion: resource.k8s.io/v1
kind: DeviceClass
metadata: {name: gpu}
spec: {selectors: [{cel: {expression: 'device.driver == \"gpu.example.com\"'}}]}
---
apiVersion: resource.k8s.io/v1
kind: DeviceClass
metadata: {name: nic}
";

#[test]
fn a_claim_is_read_with_all_its_fields() {
    let snapshot = snapshot(CLAIM);
    assert_eq!(lines(&snapshot.findings), [""; 0]);
    let claim = &snapshot.resource_claims[0];
    assert_eq!(claim.id.to_string(), "shop/two");
    let [gpu, nic] = claim.spec.requests.as_slice() else { panic!("two requests") };
    let RequestForm::Exactly(gpu) = &gpu.form else { panic!("exactly") };
    assert_eq!((gpu.class.as_str(), gpu.count), ("gpu", DeviceCount::Exactly(2)));
    assert_eq!(gpu.capacity["memory"].to_string(), "4Gi");
    let RequestForm::FirstAvailable(ways) = &nic.form else { panic!("first available") };
    assert_eq!((ways[0].0.as_str(), ways[0].1.count), ("fast", DeviceCount::All));
    assert_eq!((ways[1].0.as_str(), ways[1].1.count), ("slow", DeviceCount::Exactly(1)));
    let [matching, distinct] = claim.spec.constraints.as_slice() else { panic!("two rules") };
    assert_eq!(matching.requests, ["gpu", "nic/fast"]);
    assert_eq!(matching.rule, ConstraintRule::MatchAttribute("example.com/root".to_owned()));
    assert!(matches!(&distinct.rule, ConstraintRule::DistinctAttribute(_)));
    let allocation = claim.allocation.as_ref().unwrap();
    assert_eq!(allocation.devices[0].request, "nic/slow");
    assert_eq!(allocation.devices[0].device.to_string(), "nic.example.com/n1/eth0");
    assert_eq!(allocation.devices[0].consumed["bandwidth"].to_string(), "1G");
    assert_eq!(allocation.nodes[0].match_fields.len(), 1);
    let consumer = &claim.consumers[0];
    assert_eq!((consumer.resource.as_str(), consumer.uid.as_str()), ("pods", "u1"));
    assert_eq!(snapshot.device_classes[0].selectors, ["device.driver == \"gpu.example.com\""]);
}

#[test]
fn the_first_beta_says_beside_the_name_what_is_asked_for() {
    let text = "
apiVersion: resource.k8s.io/v1beta1
kind: ResourceClaimTemplate
metadata: {name: one}
spec: {spec: {devices: {requests: [{name: gpu, deviceClassName: gpu, allocationMode: ExactCount, count: 3, adminAccess: true}]}}}
";
    let snapshot = snapshot(text);
    let request = &snapshot.resource_claim_templates[0].spec.requests[0];
    let RequestForm::Exactly(gpu) = &request.form else { panic!("exactly") };
    assert_eq!((gpu.count, gpu.admin_access), (DeviceCount::Exactly(3), true));
    assert_eq!(
        lines(&snapshot.findings),
        [
            "warning[missing-device-class] DeviceClass gpu: named 1 times, by `ResourceClaimTemplate default/one` for one, but it is not there"
        ]
    );
}

#[test]
fn claims_of_pods_are_read_and_missed() {
    let snapshot = snapshot(
        "
apiVersion: v1
kind: Pod
metadata: {name: p, uid: u}
spec:
  containers: [{name: a}]
  resourceClaims: [{name: a, resourceClaimName: gone}, {name: b, resourceClaimTemplateName: lost}, {name: c, resourceClaimTemplateName: lost}]
status: {resourceClaimStatuses: [{name: b, resourceClaimName: p-b-x7}, {name: c}]}
",
    );
    let pod = pod(&snapshot, "default/p");
    assert_eq!(pod.spec.resource_claims[1].source, PodClaimSource::Template("lost".to_owned()));
    assert_eq!(pod.status.resource_claims["b"].as_deref(), Some("p-b-x7"));
    assert_eq!(pod.status.resource_claims["c"], None);
    assert_eq!(
        lines(&snapshot.findings),
        [
            "warning[missing-resource-claim] ResourceClaim default/gone: named 1 times, by `Pod default/p` for one, but it is not there",
            "warning[missing-resource-claim-template] ResourceClaimTemplate default/lost: named 2 times, by `Pod default/p` for one, but it is not there",
        ]
    );
}

/// What is said of a claim with this request.
fn error_of(request: &str) -> String {
    let text = format!(
        "{{apiVersion: resource.k8s.io/v1, kind: ResourceClaim, metadata: {{name: c}}, spec: {{devices: {{requests: [{request}]}}}}}}"
    );
    let manifests = Manifests::parse("in.yaml", text);
    manifests.errors().iter().map(ToString::to_string).collect()
}

#[test]
fn dra_76_requests_that_make_no_sense_are_told_with_their_field() {
    for (request, expected) in [
        ("{}", "`spec.devices.requests[0].name`: required, but not there"),
        ("{name: a}", "`spec.devices.requests[0]`: expected either `exactly` or `firstAvailable`"),
        (
            "{name: a, firstAvailable: []}",
            "`spec.devices.requests[0]`: expected either `exactly` or `firstAvailable`",
        ),
        (
            "{name: a, exactly: {}}",
            "`spec.devices.requests[0].exactly.deviceClassName`: required, but not there",
        ),
        (
            "{name: a, exactly: {deviceClassName: c, selectors: [{rego: x}]}}",
            "`spec.devices.requests[0].exactly.selectors[0].cel`: required, but not there",
        ),
        (
            "{name: a, exactly: {deviceClassName: c, count: 0}}",
            "`spec.devices.requests[0].exactly.count`: expected at least 1, found 0",
        ),
        (
            "{name: a, exactly: {deviceClassName: c, allocationMode: Some}}",
            "`spec.devices.requests[0].exactly.allocationMode`: expected `ExactCount` or `All`, found `Some`",
        ),
        (
            "{name: a, firstAvailable: [{deviceClassName: c}]}",
            "`spec.devices.requests[0].firstAvailable[0].name`: required, but not there",
        ),
        (
            "{name: a, exactly: {deviceClassName: c, capacity: {requests: {memory: much}}}}",
            "`spec.devices.requests[0].exactly.capacity.requests.memory`: `much` does not start with a number such as `2` or `0.5`",
        ),
    ] {
        let told = error_of(request);
        assert!(told.ends_with(expected), "{request}: {told}");
    }
}

#[test]
fn an_attribute_of_two_kinds_is_told() {
    let text = slice("v1", "  - {name: a, attributes: {x: {int: 1, bool: true}}}");
    let manifests = Manifests::parse("in.yaml", text);
    let told: String = manifests.errors().iter().map(ToString::to_string).collect();
    let expected = "`spec.devices[0].attributes[x]`: expected exactly one of `bool`, `int`, `string` and `version`";
    assert!(told.ends_with(expected), "{told}");
}
