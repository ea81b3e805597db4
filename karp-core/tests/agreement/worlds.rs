//! The snapshots on which solvers are compared, and how many of them.

use std::sync::Arc;

use karp_core::{
    model::{
        CapacityType, InstanceType, LabelSelector, Labels, ObjectId, Offering, Operator, Owner,
        PodClaimSource, PodResourceClaim, PodSpec, PodTemplate, Requirement, Service,
        TopologySpread, Uid, Workload, label, usd,
    },
    policy::{Policy, PreferencePolicy, ReservedOfferingMode},
    snapshot::Snapshot,
};
use proptest::{prelude::*, sample::select, test_runner::RngSeed};

/// `short` cases, or as many as the variable `PROPTEST_CASES` says: `PROPTEST_CASES=10000 cargo test -p karp-core --test agreement` is the long
/// run.
pub(crate) fn cases(short: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    let is_short = asked.cases == 256;
    let cases = if is_short { short } else { asked.cases };
    // The short run looks at the same worlds every time; the long one at new ones.
    let rng_seed = if is_short { RngSeed::Fixed(1) } else { RngSeed::Random };
    ProptestConfig { cases, rng_seed, failure_persistence: None, max_shrink_iters: 2_000, ..asked }
}

/// Policies that differ in what solvers look at.
pub(crate) fn policies() -> impl Strategy<Value = Policy> {
    let parts =
        (any::<bool>(), prop_oneof![Just(600_usize), 1_usize..3], any::<(bool, bool, bool)>());
    parts.prop_map(|(ignore, most, (overlays, buffers, no_devices))| {
        let mut policy = Policy::compat();
        policy.ignore_dynamic_resources = no_devices;
        policy.max_instance_types = most;
        policy.feature_gates.node_overlay = overlays;
        policy.feature_gates.capacity_buffer = buffers;
        if ignore {
            policy.preferences = PreferencePolicy::Ignore;
        }
        policy
    })
}

/// Snapshots with machines that stay: not yet compared is what improved plans make of pods that a budget keeps on leaving machines.
pub(crate) fn staying(mut snapshot: Snapshot) -> Snapshot {
    for node in &mut snapshot.nodes {
        Arc::make_mut(node).deleting_since = None;
    }
    for claim in &mut snapshot.node_claims {
        let claim = Arc::make_mut(claim);
        claim.deleting_since = None;
        claim.status.conditions.clear();
    }
    snapshot
}

/// Snapshots in which some pods and the first daemon set refer to dynamic resource claims.
pub(crate) fn claiming(mut snapshot: Snapshot) -> Snapshot {
    let claim = |spec: &mut Arc<PodSpec>| {
        let source = PodClaimSource::Claim("gpu".to_owned());
        let claim = PodResourceClaim { name: "gpu".to_owned(), source };
        Arc::make_mut(spec).resource_claims.push(claim);
    };
    for pod in snapshot.pods.iter_mut().step_by(3) {
        claim(&mut Arc::make_mut(pod).spec);
    }
    for set in snapshot.daemon_sets.iter_mut().take(1) {
        claim(&mut Arc::make_mut(set).template.spec);
    }
    snapshot
}

/// Policies with spread constraints for pods without their own.
pub(crate) fn spreading() -> impl Strategy<Value = Policy> {
    let zone = || TopologySpread::new(label::ZONE, 1);
    let mut host = TopologySpread::new(label::HOSTNAME, 2);
    host.min_domains = Some(2);
    let defaults = vec![vec![zone()], vec![zone().soft(), host], vec![zone().soft()]];
    (policies(), select(defaults)).prop_map(|(mut policy, defaults)| {
        policy.default_spread = defaults;
        policy
    })
}

/// Snapshots in which the pods of app `a` have a service in their namespace, and some others controllers, of which not all are there.
pub(crate) fn controlled(mut snapshot: Snapshot) -> Snapshot {
    let selector = Some(Labels::from([("app".to_owned(), "a".to_owned())]));
    let id = |namespace: &str, name: &str| ObjectId::new(namespace, name);
    snapshot.services.push(Service { id: id("default", "a"), selector }.into());
    let controllers = [
        ("apps/v1", "ReplicaSet"),
        ("v1", "ReplicationController"),
        ("apps/v1", "StatefulSet"),
        ("batch/v1", "Job"),
        ("apps/v1", "Deployment"),
    ];
    for (index, (version, kind)) in controllers.into_iter().enumerate() {
        let mut workload = Workload::new(kind, id("default", "b"), PodTemplate::default());
        version.split_once('/').map_or("", |(group, _)| group).clone_into(&mut workload.group);
        workload.selector = Some(LabelSelector::label("app", "b"));
        snapshot.workloads.push(workload.into());
        for pod in snapshot.pods.iter_mut().skip(index).step_by(6) {
            Arc::make_mut(pod).owners.push(Owner {
                api_version: version.to_owned(),
                kind: kind.to_owned(),
                name: "b".to_owned(),
                uid: Uid::new(""),
                controller: true,
            });
        }
    }
    snapshot
}

/// Policies that handle reserved capacity in all ways.
pub(crate) fn reserving() -> impl Strategy<Value = Policy> {
    (policies(), 0_u8..5).prop_map(|(mut policy, way)| {
        policy.feature_gates.reserved_capacity = way > 0;
        if way > 2 {
            policy.reserved_offerings = ReservedOfferingMode::Fallback;
        }
        policy
    })
}

/// Snapshots in which types have an offering of the reservation `r0` or `r1`, of which few machines are left; one names none.
pub(crate) fn reserved(mut snapshot: Snapshot) -> Snapshot {
    const ID: &str = "example.com/reservation";
    snapshot.vocabulary = snapshot.vocabulary.with_reservation_id(ID);
    for types in snapshot.instance_types.values_mut() {
        let changed = types.iter().enumerate().map(|(index, kind)| {
            let zone = ["z1", "z2"][index % 2];
            let price = usd("0.001").expect("it is a price");
            let mut offering = Offering::new(zone, CapacityType::Reserved, price);
            offering.reservation_capacity = Some([2, 1, 3][index % 3]);
            offering.available = index % 5 != 3;
            let mut kind = InstanceType::clone(kind);
            if index != 4 {
                let id = Requirement::equals(ID, format!("r{}", index % 2));
                offering.requirements.add(id.clone());
                kind.requirements.replace(id);
            }
            for (key, value) in [(label::ZONE, zone), (label::CAPACITY_TYPE, "reserved")] {
                let known = kind.requirements.get(key).into_iter().flat_map(Requirement::values);
                let values: Vec<String> = known.chain([value]).map(str::to_owned).collect();
                if kind.requirements.has(key) {
                    kind.requirements.replace(Requirement::new(key, Operator::In, values));
                }
            }
            kind.offerings.push(offering);
            Arc::new(kind)
        });
        *types = changed.collect();
    }
    snapshot
}
