//! Which instance types are left, and how pods share machines.

use karp_core::model::{
    CapacityType, DaemonSet, Effect, InstanceType, NodePool, ObjectId, Offering, Pod, PodSpec,
    PodTemplate, ResourceName, Resources, Taint, label, usd,
};

use super::fixture::*;

fn amd() -> NodePool {
    pool().requirement(is_in(label::ARCH, &["amd64"]))
}

fn cheapest(plan: &karp_core::decision::Plan, pod: &str) -> String {
    machine_of(plan, pod).cheapest.as_ref().unwrap().instance_type.to_string()
}

#[test]
fn what_is_too_large_says_by_how_much() {
    // CMP-1
    let huge = plan(pool(), [pod("p").request("cpu", "512")]);
    assert_eq!(codes(&huge, "p"), ["no-instance-type"]);
    let text = huge.unplaced[0].to_string();
    assert!(text.contains("cpu 512 needed, 15900m is the most there is"), "{text}");
    // CMP-8
    assert_eq!(codes(&plan(amd(), [pod("p").request("cpu", "14")]), "p"), ["no-instance-type"]);
    // PCK-9, PCK-12
    assert_eq!(
        codes(&plan(pool(), [pod("p").request("memory", "2Ti")]), "p"),
        ["no-instance-type"]
    );
}

#[test]
fn demands_that_exclude_each_other_need_two_machines() {
    // CMP-2..5
    let pairs = [
        (label::ARCH, "amd64", "arm64"),
        (label::OS, "linux", "windows"),
        (label::INSTANCE_TYPE, "small-instance-type", "default-instance-type"),
        (ZONE, "z1", "z2"),
    ];
    for (key, one, other) in pairs {
        let plan =
            plan(pool(), [pod("p").on_nodes_with(key, one), pod("q").on_nodes_with(key, other)]);
        assert_eq!(plan.machines.len(), 2, "{key}");
        assert!(all_placed(&plan));
    }
}

#[test]
fn a_pool_of_one_architecture_has_none_of_the_other() {
    // CMP-6, CMP-7
    let arm = pod("p").on_nodes_with(label::INSTANCE_TYPE, "arm-instance-type");
    assert_eq!(codes(&plan(amd(), [arm]), "p"), ["no-instance-type"]);
    let ios = pod("p").on_nodes_with(label::OS, "ios");
    assert_eq!(codes(&plan(amd(), [ios]), "p"), ["no-instance-type"]);
}

#[test]
fn devices_choose_the_type() {
    // CMP-9, CMP-10, PCK-20
    let device = |name: &str, devices: &[&str]| {
        devices
            .iter()
            .fold(pod(name), |pod, device| pod.request(format!("fake.com/vendor-{device}"), "1"))
    };
    let two = plan(pool(), [device("p", &["a"]), device("q", &["b"])]);
    assert_eq!(types_of(&two, "p"), ["gpu-vendor-instance-type"]);
    assert_eq!(types_of(&two, "q"), ["gpu-vendor-b-instance-type"]);
    let both = plan(pool(), [device("p", &["a", "b"])]);
    assert_eq!(codes(&both, "p"), ["no-instance-type"]);
}

#[test]
fn provider_labels_choose_the_type() {
    let with = |pod: Pod| {
        let snapshot = world().instance_types(numbered(5)).node_pool(pool()).pod(pod).build();
        plan_of(&snapshot.unwrap())
    };
    // CMP-11
    assert_eq!(types_of(&with(pod("p").on_nodes_with("size", "large")), "p"), ["fake-it-4"]);
    assert_eq!(cheapest(&with(pod("p").on_nodes_with("size", "small")), "p"), "fake-it-0");
    // CMP-12
    let contradictory = |size: &str, kind: &str| {
        pod("p").on_nodes_with("size", size).on_nodes_with(label::INSTANCE_TYPE, kind)
    };
    assert_eq!(codes(&with(contradictory("large", "fake-it-0")), "p"), ["no-instance-type"]);
    assert_eq!(codes(&with(contradictory("small", "fake-it-4")), "p"), ["no-instance-type"]);
    // CMP-13, CMP-14
    assert_eq!(types_of(&with(pod("p").require_any_of([exists("special")])), "p"), ["fake-it-4"]);
    let without = with(pod("p").require_any_of([absent("special")]));
    assert!(!types_of(&without, "p").contains(&"fake-it-4".to_owned()));
}

#[test]
fn the_smallest_type_that_fits_is_cheapest() {
    // PCK-1, PCK-2, PCK-3
    assert_eq!(
        cheapest(&plan(pool(), [pod("p").request("memory", "100M")]), "p"),
        "small-instance-type"
    );
    assert_eq!(
        cheapest(&plan(pool(), [pod("p").request("memory", "2000M")]), "p"),
        "small-instance-type"
    );
    assert_eq!(
        cheapest(&plan(pool(), [pod("p").request("cpu", "3")]), "p"),
        "default-instance-type"
    );
    // PCK-13: cheapest first, whatever the size.
    let priced = |name: &str, cpu: i64, price: &str| {
        let mut kind = kind(name, cpu, cpu);
        kind.offerings = vec![Offering::new("z1", CapacityType::OnDemand, usd(price).unwrap())];
        kind
    };
    let kinds = [priced("medium", 2, "3"), priced("small", 1, "2"), priced("large", 4, "1")];
    let snapshot = world().instance_types(kinds).node_pool(pool()).pod(pod("p")).build().unwrap();
    assert_eq!(types_of(&plan_of(&snapshot), "p"), ["large", "small", "medium"]);
}

#[test]
fn pods_fill_machines() {
    let many = |count: usize, name: &str, memory: &str| -> Vec<Pod> {
        (0..count).map(|i| pod(&format!("{name}-{i:02}")).request("memory", memory)).collect()
    };
    // PCK-4
    let five = plan(pool(), many(5, "p", "10M"));
    assert_eq!(five.machines.len(), 1);
    assert_eq!(cheapest(&five, "p-00"), "small-instance-type");
    // PCK-5
    let forty = plan(amd(), many(40, "p", "1800M"));
    assert_eq!(forty.machines.len(), 20);
    assert_eq!(cheapest(&forty, "p-00"), "default-instance-type");
    // PCK-6
    let mixed = plan(amd(), many(40, "p", "1800M").into_iter().chain(many(20, "q", "400M")));
    assert_eq!(mixed.machines.len(), 20);
    // PCK-10
    let tiny = (0..25).map(|i| pod(&format!("p-{i}")).request("cpu", "1m").request("memory", "1M"));
    let tiny = plan(amd(), tiny);
    assert_eq!(tiny.machines.len(), 5);
    assert_eq!(cheapest(&tiny, "p-0"), "small-instance-type");
    // PCK-21
    let single = pool().requirement(is_in(label::INSTANCE_TYPE, &["single-pod-instance-type"]));
    assert_eq!(plan(single, (0..3).map(|i| pod(&format!("p-{i}")))).machines.len(), 3);
    // PCK-18
    assert!(all_placed(&plan(pool(), (0..100).map(|i| pod(&format!("p-{i}"))))));
}

#[test]
fn large_and_small_pods_get_machines_of_their_sizes() {
    // PCK-7
    let pods = [pod("p").request("cpu", "4500m"), pod("q").request("cpu", "1")];
    let snapshot =
        world().instance_types(numbered(5)).node_pool(pool()).pods(pods).build().unwrap();
    let plan = plan_of(&snapshot);
    assert_eq!(
        (cheapest(&plan, "p"), cheapest(&plan, "q")),
        ("fake-it-4".into(), "fake-it-1".into())
    );
}

#[test]
fn asking_for_nothing_of_something_unknown_is_no_obstacle() {
    // PCK-8
    assert!(all_placed(&plan(pool(), [pod("p").request("foo.com/bar", "0")])));
    assert_eq!(
        codes(&plan(pool(), [pod("p").request("foo.com/bar", "1")]), "p"),
        ["no-instance-type"]
    );
}

#[test]
fn offerings_that_are_not_available_are_not_used() {
    let mut kind = InstanceType::new("only").cpu("4").memory("8Gi");
    for (zone, available) in [("z1", false), ("z2", true)] {
        let mut offering = Offering::new(zone, CapacityType::OnDemand, usd("1").unwrap());
        offering.available = available;
        kind.offerings.push(offering);
    }
    let with = |pod| {
        let snapshot = world().instance_types([kind.clone()]).node_pool(pool()).pod(pod).build();
        plan_of(&snapshot.unwrap())
    };
    assert_eq!(machine_of(&with(pod("p")), "p").cheapest.as_ref().unwrap().zone, "z2");
    let refused = with(pod("p").on_nodes_with(ZONE, "z1"));
    assert_eq!(codes(&refused, "p"), ["no-instance-type"]);
    let text = refused.unplaced[0].to_string();
    assert!(text.contains("none of them is available") && text.contains("1.00 USD"), "{text}");
}

#[test]
fn an_offering_can_have_sizes_of_its_own() {
    let capable = || {
        let mut kind = kind("override-capable", 4, 16);
        let mut special = Offering::new("z1", CapacityType::Spot, usd("9").unwrap());
        special.capacity_override = Some(Resources::new().with("fake.com/slots", 4));
        special.overhead_override = Some(Resources::new().with(ResourceName::MEMORY, 1 << 30));
        kind.offerings.push(special);
        kind
    };
    let with = |kind: InstanceType, pod: Pod| {
        let kinds = [kind, super::fixture::kind("normal", 4, 16)];
        let snapshot = world().instance_types(kinds).node_pool(pool()).pod(pod).build().unwrap();
        plan_of(&snapshot)
    };
    // OVR-1
    let plan = with(capable(), pod("p").request("fake.com/slots", "1"));
    assert_eq!(types_of(&plan, "p"), ["override-capable"]);
    // The override belongs to z1 alone.
    let elsewhere = pod("p").request("fake.com/slots", "1").on_nodes_with(ZONE, "z2");
    assert_eq!(codes(&with(capable(), elsewhere), "p"), ["no-instance-type"]);
    // The larger overhead counts where the override does: 15.5 Gi fit without it only.
    let large = pod("p").request("memory", "15500Mi").request("fake.com/slots", "1");
    assert_eq!(codes(&with(capable(), large), "p"), ["no-instance-type"]);
    // OVR-2
    let mut unavailable = capable();
    unavailable.offerings.last_mut().unwrap().available = false;
    let plan = with(unavailable, pod("p").request("fake.com/slots", "1"));
    assert_eq!(codes(&plan, "p"), ["no-instance-type"]);
}

fn daemon(name: &str, spec: impl FnOnce(&mut PodSpec)) -> DaemonSet {
    let mut pod = pod(name);
    spec(pod.spec_mut());
    let template = PodTemplate { spec: pod.spec, ..PodTemplate::default() };
    DaemonSet::new(ObjectId::new("kube-system", name), template)
}

#[test]
fn machines_are_large_enough_for_their_daemons() {
    let one_cpu = Resources::new().with(ResourceName::CPU, 1000);
    let with = |set: DaemonSet, pool: NodePool| {
        let snapshot = world()
            .instance_types(types())
            .node_pool(pool)
            .daemon_sets([set])
            .pod(pod("p").request("cpu", "1"))
            .build()
            .unwrap();
        plan_of(&snapshot)
    };
    let everywhere = with(daemon("d", |spec| spec.requests = one_cpu.clone()), pool());
    assert_eq!(cheapest(&everywhere, "p"), "default-instance-type");
    assert_eq!(machine_of(&everywhere, "p").requests.to_string(), "cpu 2, pods 2");
    // A daemon that selects other machines costs nothing here.
    let elsewhere = daemon("d", |spec| {
        spec.requests = one_cpu.clone();
        spec.node_selector.insert("k".to_owned(), "v".to_owned());
    });
    assert_eq!(cheapest(&with(elsewhere.clone(), pool()), "p"), "small-instance-type");
    assert_eq!(cheapest(&with(elsewhere, pool().label("k", "v")), "p"), "default-instance-type");
    // Nor does one that does not tolerate the pool's taints; soft ones don't keep it away.
    let tainted = |effect| pool().taint(Taint::new("t", effect));
    let set = || daemon("d", |spec| spec.requests = one_cpu.clone());
    let tolerant = |pool: NodePool| {
        let toleration = karp_core::model::Toleration::everything();
        let snapshot = world()
            .instance_types(types())
            .node_pool(pool)
            .daemon_sets([set()])
            .pod(pod("p").request("cpu", "1").tolerate(toleration))
            .build()
            .unwrap();
        cheapest(&plan_of(&snapshot), "p")
    };
    assert_eq!(tolerant(tainted(Effect::NoSchedule)), "small-instance-type");
    assert_eq!(tolerant(tainted(Effect::PreferNoSchedule)), "default-instance-type");
}

#[test]
fn the_least_that_daemons_ask_for_is_added_once() {
    // One daemon on every arm machine: of the types left one has it and the others don't, so that the least is nothing.
    let on_arm = daemon("d", |spec| {
        spec.requests = Resources::new().with(ResourceName::CPU, 1000);
        spec.node_selector.insert(label::ARCH.to_owned(), "arm64".to_owned());
    });
    let with = |pod: Pod| {
        let snapshot = world()
            .instance_types(types())
            .node_pool(pool())
            .daemon_sets([on_arm.clone()])
            .pod(pod)
            .build()
            .unwrap();
        machine_of(&plan_of(&snapshot), "p").requests.to_string()
    };
    assert_eq!(with(pod("p").request("cpu", "1")), "cpu 1, pods 1");
    assert_eq!(with(pod("p").request("cpu", "5")), "cpu 6, pods 2");
}

#[test]
fn daemons_may_select_by_labels_that_only_nodes_will_have() {
    // INF-16
    let set = |name: &str, key: &str| {
        daemon(name, |spec| {
            spec.requests = Resources::new().with(ResourceName::CPU, 1000);
            spec.node_selector.insert(key.to_owned(), "true".to_owned());
        })
    };
    let snapshot = world()
        .instance_types(types())
        .node_pool(pool())
        .daemon_sets([set("i", label::INITIALIZED), set("r", label::REGISTERED)])
        .pod(pod("p").request("cpu", "2"))
        .build()
        .unwrap();
    let plan = plan_of(&snapshot);
    assert_eq!(cheapest(&plan, "p"), "arm-instance-type");
    let requirements = &machine_of(&plan, "p").requirements;
    assert!(!requirements.has(label::INITIALIZED) && !requirements.has(label::REGISTERED));
}

#[test]
fn lists_of_types_are_cut_at_the_cheapest() {
    let mut policy = karp_core::policy::Policy::compat();
    policy.max_instance_types = 2;
    let snapshot =
        world().instance_types(numbered(5)).node_pool(pool()).pod(pod("p")).build().unwrap();
    let plan = karp_core::provision(&snapshot, &policy);
    assert_eq!(types_of(&plan, "p"), ["fake-it-0", "fake-it-1"]);
}
