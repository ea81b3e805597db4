//! Node overlays: which types and offerings they are about, which of them win, and when one is not applied.

use karp_core::{
    check,
    decision::Plan,
    model::{
        CapacityType::{self, OnDemand, Spot},
        InstanceType, NodeOverlay, NodePool, Pod, RequirementEntry, Resources, label, usd,
    },
    policy::Policy,
    provision,
    snapshot::Snapshot,
};

use super::fixture::*;

const SLOT: &str = "example.com/slot";

/// Types `a` and `b`, sold at 1.02 in zones z1 and z2, on demand and spot.
fn kinds() -> Vec<InstanceType> {
    ["a", "b"]
        .map(|name| {
            let kind = InstanceType::new(name).cpu("4").memory("8Gi");
            ["z1", "z2"].iter().fold(kind, |kind, zone| {
                kind.offering(zone, OnDemand, usd("1.02")).offering(zone, Spot, usd("1.02"))
            })
        })
        .to_vec()
}

fn overlay(name: &str, weight: u32, requirements: &[RequirementEntry]) -> NodeOverlay {
    let mut overlay = NodeOverlay::new(name);
    overlay.weight = weight;
    overlay.requirements = requirements.to_vec();
    overlay
}

fn priced(name: &str, weight: u32, price: &str, requirements: &[RequirementEntry]) -> NodeOverlay {
    let mut overlay = overlay(name, weight, requirements);
    overlay.price = Some(price.to_owned());
    overlay
}

fn adjusted(name: &str, weight: u32, change: &str, asked: &[RequirementEntry]) -> NodeOverlay {
    let mut overlay = overlay(name, weight, asked);
    overlay.price_adjustment = Some(change.to_owned());
    overlay
}

fn with(
    name: &str,
    weight: u32,
    capacity: &[(&str, i64)],
    asked: &[RequirementEntry],
) -> NodeOverlay {
    let mut overlay = overlay(name, weight, asked);
    for (resource, amount) in capacity {
        overlay.capacity.set(*resource, *amount);
    }
    overlay
}

fn is_kind(name: &str) -> RequirementEntry {
    is_in(label::INSTANCE_TYPE, &[name])
}

fn is_zone(name: &str) -> RequirementEntry {
    is_in(ZONE, &[name])
}

fn is_sold(capacity_type: CapacityType) -> RequirementEntry {
    is_in(label::CAPACITY_TYPE, &[capacity_type.as_str()])
}

/// Pools p and q with label `team` of their own names, both types, these overlays and pods.
struct World(Vec<NodeOverlay>);

impl World {
    fn snapshot(&self, pod: Pod) -> Snapshot {
        let pool = |name: &str| NodePool::new(name).label("team", name);
        let overlays = self.0.clone();
        let builder = world().instance_types(kinds()).node_pools([pool("p"), pool("q")]);
        builder.overlays(overlays).pod(pod).build().unwrap()
    }

    fn plan(&self, pod: Pod) -> Plan {
        let mut policy = Policy::compat();
        policy.feature_gates.node_overlay = true;
        let snapshot = self.snapshot(pod);
        let plan = provision(&snapshot, &policy);
        assert_eq!(check(&snapshot, &policy, &plan), Ok(()));
        plan
    }

    /// Price of an offering to a pool.
    fn price(&self, pool: &str, (kind, zone, sold): (&str, &str, CapacityType)) -> String {
        let pod = pod("p").on_nodes_with(label::NODE_POOL, pool).on_nodes_with(ZONE, zone);
        let pod = pod.on_nodes_with(label::INSTANCE_TYPE, kind);
        let plan = self.plan(pod.on_nodes_with(label::CAPACITY_TYPE, sold.as_str()));
        machine_of(&plan, "p").cheapest.as_ref().unwrap().price.to_string()
    }

    /// Whether a machine of a type from a pool has as much of a resource.
    fn has(&self, pool: &str, kind: &str, resource: &str, amount: &str) -> bool {
        let pod = pod("p").on_nodes_with(label::NODE_POOL, pool).request(resource, amount);
        all_placed(&self.plan(pod.on_nodes_with(label::INSTANCE_TYPE, kind)))
    }

    /// Overlays that are not applied, each with the code of the finding.
    fn refused(&self) -> Vec<(String, String)> {
        let findings = self.plan(pod("p")).findings.into_iter();
        let refused = findings.filter_map(|finding| {
            let name = finding.object.strip_prefix("NodeOverlay ")?.to_owned();
            Some((name, finding.code))
        });
        refused.collect()
    }

    fn conflicts(&self) -> Vec<String> {
        let refused = self.refused().into_iter();
        refused.filter(|(_, code)| code == "overlay-conflict").map(|(name, _)| name).collect()
    }
}

const A: (&str, &str, CapacityType) = ("a", "z1", OnDemand);

#[test]
fn without_overlays_types_are_what_the_provider_says() {
    // OVE-1
    assert_eq!(World(vec![]).price("p", A), "1.02");
    // With the gate off, overlays change nothing, and that is said.
    let snapshot = World(vec![priced("o", 0, "0.5", &[])]).snapshot(pod("p"));
    let plan = plan_of(&snapshot);
    assert_eq!(machine_of(&plan, "p").cheapest.as_ref().unwrap().price, usd("1.02").unwrap());
    assert!(!machine_of(&plan, "p").overlaid.price);
    assert_eq!(
        plan.findings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "info[gate-off] NodeOverlay: 1 in the cluster; the gate `nodeOverlay` of the policy is off"
        ]
    );
}

#[test]
fn an_overlay_changes_what_it_is_about_and_machines_say_so() {
    // OVE-2, OVE-16, PRC-1a
    let world = World(vec![adjusted("o", 0, "-10%", &[is_kind("a")])]);
    assert!(world.refused().is_empty());
    for (zone, sold) in [("z1", OnDemand), ("z1", Spot), ("z2", OnDemand), ("z2", Spot)] {
        assert_eq!(world.price("p", ("a", zone, sold)), "0.918");
    }
    assert_eq!(world.price("p", ("b", "z1", Spot)), "1.02");
    let of = |kind: &str| {
        let plan = world.plan(pod("p").on_nodes_with(label::INSTANCE_TYPE, kind));
        machine_of(&plan, "p").overlaid
    };
    assert!(of("a").price && !of("a").capacity && !of("b").price);
    // OVE-26: the type does not take on the pool's labels, nor does the overlay's demand.
    let plan = world.plan(pod("p").on_nodes_with(label::INSTANCE_TYPE, "a"));
    assert_eq!(label_of(&plan, "p", "team"), "team In [q]");
}

#[test]
fn invalid_overlays_are_reported_and_not_applied() {
    // OVE-3, OVE-15, OVE-22d, OVA-1e, OVA-2, OVA-3, OVA-5, OVA-6
    let long = "x".repeat(64);
    let mut both = priced("both", 0, "1", &[]);
    both.price_adjustment = Some("+1".to_owned());
    let invalid = [
        priced("value", 0, "0.5", &[is_in("team", &["not a label value"])]),
        priced("key", 0, "0.5", &[exists(&long)]),
        priced("restricted", 0, "0.5", &[exists("karpenter.sh/unheard-of")]),
        priced("empty", 0, "0.5", &[not_in(ZONE, &[])]),
        priced("bound", 0, "0.5", &[entry("integer", karp_core::model::Operator::Gt, &["x"])]),
        priced("known", 0, "0.5", &[is_in(label::CAPACITY_TYPE, &["borrowed"])]),
        both,
        priced("exponent", 0, "1e-3", &[]),
        priced("signed", 0, "+1", &[]),
        priced("point", 0, "1.", &[]),
        priced("none", 0, "none", &[]),
        adjusted("unsigned", 0, "5", &[]),
        adjusted("too-much", 0, "-101%", &[]),
        with("cpu", 0, &[("cpu", 8000), (SLOT, 1)], &[]),
        with("negative", 0, &[(SLOT, -1)], &[]),
    ];
    for overlay in invalid {
        let name = overlay.name.clone();
        let world = World(vec![overlay]);
        assert_eq!(world.refused(), [(name.clone(), "overlay-invalid".to_owned())]);
        assert_eq!(world.price("p", A), "1.02", "{name}");
        assert!(!world.has("p", "a", SLOT, "1"), "{name}");
    }
    // OVA-1f
    let named = [is_in(label::NODE_POOL, &["p"])];
    assert!(World(vec![priced("o", 0, "0.5", &named)]).refused().is_empty());
}

#[test]
fn of_equal_weight_the_earlier_name_loses() {
    // OVE-4, OVE-6, OVE-8, OVA-7
    let pairs = [
        (vec![is_kind("a")], vec![is_kind("a")]),
        (vec![is_zone("z1")], vec![is_in(ZONE, &["z1", "z2"])]),
        (vec![is_sold(Spot)], vec![is_sold(Spot)]),
        (vec![is_sold(Spot)], vec![is_zone("z1")]),
        (vec![], vec![is_kind("b"), is_zone("z2")]),
    ];
    for (earlier, later) in pairs {
        // Equal values conflict, too.
        let of_prices = [priced("x", 10, "0.5", &earlier), priced("y", 10, "0.5", &later)];
        let of_changes = [adjusted("x", 10, "+1", &earlier), adjusted("y", 10, "-1", &later)];
        for overlays in [of_prices, of_changes] {
            assert_eq!(World(overlays.to_vec()).conflicts(), ["x"], "{earlier:?} {later:?}");
        }
    }
    let world = World(vec![priced("x", 0, "0.5", &[]), priced("y", 0, "0.7", &[])]);
    assert_eq!(world.price("p", A), "0.70");
}

#[test]
fn overlays_that_are_about_different_things_both_hold() {
    // OVE-5, OVE-7, OVE-9, OVE-19
    let pairs = [
        (vec![is_kind("a")], vec![is_kind("b")]),
        (vec![is_zone("z1")], vec![is_zone("z2")]),
        (vec![is_sold(OnDemand)], vec![is_sold(Spot)]),
        (vec![is_zone("z1"), is_sold(Spot)], vec![is_zone("z1"), is_sold(OnDemand)]),
        (vec![is_in(ZONE, &["z1"])], vec![not_in(ZONE, &["z1"])]),
    ];
    for (one, other) in pairs {
        let world = World(vec![priced("x", 10, "0.5", &one), priced("y", 10, "0.7", &other)]);
        assert!(world.conflicts().is_empty(), "{one:?} {other:?}");
    }
    let zones = [priced("x", 0, "0.5", &[is_zone("z1")]), priced("y", 0, "0.7", &[is_zone("z2")])];
    let world = World(zones.to_vec());
    assert_eq!(world.price("p", A), "0.50");
    assert_eq!(world.price("p", ("a", "z2", OnDemand)), "0.70");
}

#[test]
fn the_heavier_overlay_wins_offering_by_offering() {
    // OVE-10, OVE-20
    let both = is_in(ZONE, &["z1", "z2"]);
    let world =
        World(vec![priced("x", 20, "0.5", &[is_zone("z1")]), priced("y", 10, "0.7", &[both])]);
    assert!(world.conflicts().is_empty());
    assert_eq!(world.price("p", A), "0.50");
    assert_eq!(world.price("p", ("a", "z2", OnDemand)), "0.70");
    // What the lighter one is about is taken at its weight, even where it does not win.
    let third = priced("a", 10, "0.1", &[is_zone("z1")]);
    let world = World(vec![world.0[0].clone(), world.0[1].clone(), third]);
    assert_eq!(world.conflicts(), ["a"]);
}

#[test]
fn an_overlay_is_applied_everywhere_or_nowhere() {
    // OVE-21: only type b conflicts.
    let world = World(vec![priced("x", 0, "0.5", &[]), priced("y", 0, "0.7", &[is_kind("b")])]);
    assert_eq!(world.price("p", A), "1.02");
    // Only pool q conflicts.
    let in_q = [is_in(label::NODE_POOL, &["q"])];
    let world = World(vec![priced("x", 0, "0.5", &[]), priced("y", 0, "0.7", &in_q)]);
    assert_eq!((world.price("p", A), world.price("q", A)), ("1.02".into(), "0.70".into()));
    let world = World(vec![with("x", 0, &[(SLOT, 1)], &[]), with("y", 0, &[(SLOT, 2)], &in_q)]);
    assert_eq!(world.conflicts(), ["x"]);
    assert!(!world.has("p", "a", SLOT, "1") && world.has("q", "a", SLOT, "2"));
    // A price that does not conflict is lost with a capacity that does.
    let mut mixed = with("x", 0, &[(SLOT, 1)], &[]);
    mixed.price = Some("0.5".to_owned());
    let world = World(vec![mixed, with("y", 0, &[(SLOT, 2)], &[is_kind("b")])]);
    assert_eq!(world.price("p", A), "1.02");
}

#[test]
fn pools_are_told_apart_by_name_and_template_labels() {
    // OVE-12, OVE-13, OVS-3
    let named = |pool: &str| is_in(label::NODE_POOL, &[pool]);
    let world = World(vec![
        priced("x", 0, "13234.223", &[named("p")]),
        adjusted("y", 0, "+1000", &[named("q")]),
    ]);
    assert!(world.conflicts().is_empty());
    assert_eq!((world.price("p", A), world.price("q", A)), ("13234.223".into(), "1001.02".into()));
    // OVE-14
    let world = World(vec![priced("x", 0, "0.5", &[is_in("team", &["p"])])]);
    assert_eq!((world.price("p", A), world.price("q", A)), ("0.50".into(), "1.02".into()));
    // A label that neither the type nor the template has is not there.
    assert_eq!(World(vec![priced("x", 0, "0.5", &[exists("rack")])]).price("p", A), "1.02");
    assert_eq!(World(vec![priced("x", 0, "0.5", &[absent("rack")])]).price("p", A), "0.50");
}

#[test]
fn offerings_are_told_apart() {
    // OVE-17, OVS-2
    let world = World(vec![priced("x", 0, "0.5", &[is_sold(Spot)])]);
    assert_eq!(world.price("p", A), "1.02");
    assert_eq!(world.price("p", ("a", "z1", Spot)), "0.50");
    // OVE-18
    let world = World(vec![priced("x", 0, "0.5", &[is_zone("z2")])]);
    assert_eq!(world.price("p", A), "1.02");
    assert_eq!(world.price("p", ("a", "z2", OnDemand)), "0.50");
    // A zone that the type is not sold in.
    assert_eq!(World(vec![priced("x", 0, "0.5", &[is_zone("z9")])]).price("p", A), "1.02");
}

#[test]
fn capacity_of_equal_weight_conflicts_by_resource() {
    let conflicts = |overlays: Vec<NodeOverlay>| World(overlays).conflicts();
    let slot = |name: &str, weight, amount, asked: &[RequirementEntry]| {
        with(name, weight, &[(SLOT, amount)], asked)
    };
    let tape = |name: &str| with(name, 10, &[("example.com/tape", 1)], &[]);
    // OVE-11a, OVE-11b
    assert_eq!(conflicts(vec![slot("x", 10, 1, &[]), slot("y", 10, 2, &[])]), ["x"]);
    assert_eq!(conflicts(vec![slot("x", 10, 1, &[]), slot("y", 10, 1, &[])]), ["x"]);
    // OVE-11c: whatever the order, the duplicate is found behind the third.
    for third in ["a", "xx", "z"] {
        assert_eq!(
            conflicts(vec![slot("x", 10, 1, &[]), slot("y", 10, 1, &[]), tape(third)]),
            ["x"]
        );
    }
    // OVE-11d, OVE-11e, OVE-11f
    let not_a = not_in(label::INSTANCE_TYPE, &["a"]);
    let exclusive = vec![slot("x", 10, 1, &[is_kind("a")]), slot("y", 10, 1, &[not_a])];
    assert!(conflicts(exclusive).is_empty());
    assert!(conflicts(vec![slot("x", 10, 1, &[]), slot("y", 20, 2, &[])]).is_empty());
    assert!(conflicts(vec![slot("x", 10, 1, &[]), tape("y")]).is_empty());
}

#[test]
fn capacity_comes_to_the_types_that_are_meant() {
    // OVE-22a, OVE-22b
    let named = |pool: &str| is_in(label::NODE_POOL, &[pool]);
    let world = World(vec![
        with("x", 0, &[(SLOT, 3)], &[named("p")]),
        with("y", 0, &[("example.com/tape", 1)], &[named("q")]),
    ]);
    assert!(world.has("p", "a", SLOT, "3") && !world.has("p", "a", SLOT, "4"));
    assert!(!world.has("q", "a", SLOT, "1") && world.has("q", "a", "example.com/tape", "1"));
    // OVE-22c
    let world = World(vec![with("x", 0, &[(SLOT, 1)], &[is_in("team", &["q"])])]);
    assert!(!world.has("p", "a", SLOT, "1") && world.has("q", "a", SLOT, "1"));
    // OVE-22e, OVE-22f
    assert!(!World(vec![with("x", 0, &[(SLOT, 1)], &[is_kind("c")])]).has("p", "a", SLOT, "1"));
    let world = World(vec![with("x", 0, &[(SLOT, 1)], &[is_kind("a")])]);
    assert!(world.has("p", "a", SLOT, "1") && !world.has("p", "b", SLOT, "1"));
    let plan = world.plan(pod("p").request(SLOT, "1"));
    assert!(machine_of(&plan, "p").overlaid.capacity && !machine_of(&plan, "p").overlaid.price);
    // OVE-22g, OVE-22h: one offering that is meant is enough for the whole type; prices stay.
    let world = World(vec![
        with("x", 0, &[(SLOT, 1)], &[is_zone("z1")]),
        with("y", 0, &[("example.com/tape", 1)], &[is_sold(Spot)]),
    ]);
    let there = pod("p").request(SLOT, "1").request("example.com/tape", "1");
    assert!(all_placed(&world.plan(there.on_nodes_with(ZONE, "z2"))));
    assert_eq!(world.price("p", A), "1.02");
}

#[test]
fn the_heavier_overlay_wins_resource_by_resource() {
    // OVE-22i, OVE-22j
    let world = World(vec![
        with("x", 10, &[(SLOT, 5), ("example.com/tape", 1)], &[]),
        with("y", 20, &[(SLOT, 99)], &[]),
    ]);
    assert!(world.conflicts().is_empty());
    assert!(world.has("p", "a", SLOT, "99") && world.has("p", "a", "example.com/tape", "1"));
    // OVE-23
    let world = World(vec![with("x", 0, &[(SLOT, 5)], &[]), priced("y", 0, "0.5", &[])]);
    assert!(world.has("p", "a", SLOT, "5"));
    assert_eq!(world.price("p", A), "0.50");
}

#[test]
fn an_overlay_can_lead_to_another_type() {
    let world = World(vec![priced("o", 0, "1.01", &[is_kind("b"), is_zone("z2"), is_sold(Spot)])]);
    let plan = world.plan(pod("p"));
    assert_eq!(types_of(&plan, "p"), ["b", "a"]);
    let cheapest = machine_of(&plan, "p").cheapest.as_ref().unwrap();
    assert_eq!((cheapest.zone.as_str(), cheapest.capacity_type.as_str()), ("z2", "spot"));
}

#[test]
fn limits_count_capacity_of_overlays() {
    let pool = NodePool::new("p").limit(SLOT, "1");
    let of = |amount: i64| {
        let mut policy = Policy::compat();
        policy.feature_gates.node_overlay = true;
        let snapshot = world()
            .instance_types(kinds())
            .node_pool(pool.clone())
            .overlays([with("o", 0, &[(SLOT, amount)], &[])])
            .pod(pod("p"))
            .build()
            .unwrap();
        codes(&provision(&snapshot, &policy), "p")
    };
    assert!(of(1).is_empty());
    assert_eq!(of(2), ["limit-exceeded"]);
}

#[test]
fn pools_that_are_left_out_or_sell_nothing_conflict_with_nobody() {
    // OVE-24, OVE-25, OVE-27a
    let mut policy = Policy::compat();
    policy.feature_gates.node_overlay = true;
    let only_q = is_in(label::NODE_POOL, &["q"]);
    let snapshot = world()
        .instance_types(kinds())
        .node_pools([NodePool::new("p"), NodePool::new("q"), NodePool::new("r")])
        .instance_types_of("r", Vec::<InstanceType>::new())
        .exclude_pool("q", "no-instance-types")
        .overlays([priced("x", 0, "0.5", &[]), priced("y", 0, "0.7", &[only_q])])
        .pod(pod("p"))
        .build()
        .unwrap();
    let plan = provision(&snapshot, &policy);
    assert_eq!(plan.findings, []);
    assert_eq!(machine_of(&plan, "p").cheapest.as_ref().unwrap().price, usd("0.5").unwrap());
    assert_eq!(check(&snapshot, &policy, &plan), Ok(()));
}

#[test]
fn sizes_of_single_offerings_are_kept() {
    let mut kind = InstanceType::new("only").cpu("4").memory("8Gi");
    for zone in ["z1", "z2"] {
        kind = kind.offering(zone, OnDemand, usd("1"));
    }
    kind.offerings[1].capacity_override = Some(Resources::new().with(SLOT, 4));
    let mut policy = Policy::compat();
    policy.feature_gates.node_overlay = true;
    let with = |amount: &str| {
        let overlays = [with("o", 0, &[(SLOT, 1)], &[]), priced("p", 0, "2", &[])];
        let pod = pod("p").request(SLOT, amount);
        let builder = world().instance_types([kind.clone()]).node_pool(pool()).overlays(overlays);
        let snapshot = builder.pod(pod).build().unwrap();
        let plan = provision(&snapshot, &policy);
        assert_eq!(check(&snapshot, &policy, &plan), Ok(()));
        plan
    };
    assert_eq!(machine_of(&with("1"), "p").cheapest.as_ref().unwrap().price, usd("2").unwrap());
    assert!(all_placed(&with("4")));
    assert!(!all_placed(&with("5")));
}
