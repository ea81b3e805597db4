//! The pods of each shape; not the clusters around them.

use karp_core::model::{
    LabelSelector, NodeSelectorTerm, ObjectId, Operator, PersistentVolumeClaim, Pod,
    PodAffinityTerm, PodVolume, PreferredNodeTerm, RequirementEntry, ResourceName, StorageClass,
    Toleration, TopologySpread, Uid, label,
};

/// Milli CPUs that pods ask for.
const CPU: [i64; 5] = [100, 250, 500, 1000, 1500];
/// MiB that pods ask for.
const MEMORY: [i64; 6] = [100, 256, 512, 1024, 2048, 4096];

/// The value at a place that looks random and is the same every time.
fn pick(values: &[i64], index: usize) -> i64 {
    // A large odd factor spreads neighbours.
    let at = index.wrapping_mul(2_654_435_761) >> 7;
    values.get(at % values.len().max(1)).copied().unwrap_or(1)
}

fn sized(index: usize, cpu_milli: i64, memory_mib: i64) -> Pod {
    let mut pod = Pod::new(format!("pod-{index:06}"));
    pod.uid = Uid::from(format!("{index:06}"));
    let requests = &mut pod.spec_mut().requests;
    requests.set(ResourceName::CPU, cpu_milli);
    requests.set(ResourceName::MEMORY, memory_mib << 20);
    pod
}

/// One of thirty sizes.
fn plain_of(index: usize) -> Pod {
    sized(index, pick(&CPU, index), pick(&MEMORY, index ^ 0x5555))
}

pub(super) fn plain(index: usize) -> Pod {
    sized(index, 1000, 2048)
}

pub(super) fn small(index: usize) -> Pod {
    sized(index, pick(&[100, 250, 500, 1000], index), 256)
}

/// A pod that runs: 500 milli CPUs.
pub(super) fn resident(index: usize) -> Pod {
    let mut pod = sized(index, 500, 512);
    pod.id = ObjectId::new("default", format!("resident-{index:06}"));
    pod.uid = Uid::from(format!("r-{index:06}"));
    pod
}

pub(super) fn distinct(index: usize) -> Pod {
    let spread = i64::try_from(index).unwrap_or(0);
    sized(index, 100 + spread % 1409, 128 + spread % 3967)
        .label("statefulset.kubernetes.io/pod-name", format!("pod-{index:06}"))
}

pub(super) fn anti_affine(index: usize) -> Pod {
    let selector = LabelSelector::label("app", "alone");
    plain_of(index).label("app", "alone").away_from(PodAffinityTerm::new(label::HOSTNAME, selector))
}

pub(super) fn with_own_selector(index: usize) -> Pod {
    let app = format!("app-{index:06}");
    let selector = LabelSelector::label("app", app.as_str());
    plain_of(index)
        .label("app", app)
        .spread(TopologySpread::new(label::ZONE, 1).selecting(selector))
}

pub(super) fn of_some_pool(index: usize) -> Pod {
    let team = format!("team-{:02}", index % 60);
    let pod = plain_of(index).tolerate(Toleration::equal("team", team.clone()));
    if index.is_multiple_of(2) { pod.on_nodes_with("team", team) } else { pod }
}

pub(super) fn of_zonal_deployment(index: usize) -> Pod {
    let app = format!("app-{:05}", index / 10);
    let selector = LabelSelector::label("app", app.as_str());
    let deployment = index / 10;
    sized(index, pick(&CPU, deployment), pick(&MEMORY, deployment ^ 0x5555))
        .label("app", app)
        .spread(TopologySpread::new(label::ZONE, 1).selecting(selector))
}

pub(super) fn impossible_every_other(index: usize) -> Pod {
    let mut pod = plain_of(index);
    if index.is_multiple_of(2) {
        return pod;
    }
    pod = pod.on_nodes_with("disk", "nowhere");
    let wish = NodeSelectorTerm {
        match_expressions: vec![RequirementEntry::new(label::ZONE, Operator::In, ["test-zone-1"])],
        match_fields: Vec::new(),
    };
    let wish = PreferredNodeTerm { weight: 1, preference: wish };
    pod.spec_mut().node_affinity.preferred.push(wish);
    pod
}

pub(super) fn with_volume(index: usize) -> Pod {
    let mut pod = plain_of(index);
    pod.spec_mut().volumes.push(PodVolume {
        name: "data".to_owned(),
        claim: claim_name(index),
        ephemeral: None,
    });
    pod
}

fn claim_name(index: usize) -> String {
    format!("data-{index:06}")
}

/// The claim of the pod with this number.
pub(super) fn claim(index: usize) -> PersistentVolumeClaim {
    let mut claim = PersistentVolumeClaim::new(ObjectId::new("default", claim_name(index)));
    claim.storage_class = Some("zonal".to_owned());
    claim
}

/// The class of all claims: volumes that can be made in two zones.
pub(super) fn storage_class() -> StorageClass {
    let mut class = StorageClass::new("zonal", "disk.csi.example.com");
    class.allowed_topologies = vec![NodeSelectorTerm {
        match_expressions: vec![RequirementEntry::new(
            label::ZONE,
            Operator::In,
            ["test-zone-1", "test-zone-2"],
        )],
        match_fields: Vec::new(),
    }];
    class
}
