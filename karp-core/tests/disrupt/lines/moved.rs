//! Nodes with pods: replaced by something cheaper, or by nothing.

use karp_core::{
    disrupt::Method,
    model::{
        CapacityType::{OnDemand, Spot},
        ConditionStatus, InstanceTypeName, LabelSelector, NillableSpan, NodeName, PodAffinityTerm,
        RequirementEntry, Span, WeightedPodAffinityTerm, label, usd,
    },
    policy::{MinValuesPolicy, PreferencePolicy},
};

use super::fixture::{World, also, annotate, is, kind, now, pool, waiting};

const ONE: Method = Method::SingleNode;
const SEVERAL: Method = Method::MultiNode;

/// Two nodes whose pods fit on either.
fn pair() -> World {
    World::new().node("n1", 4).node("n2", 4).pod("a", "n1", "1").pod("b", "n2", "1")
}

#[test]
fn whose_pods_fit_elsewhere_goes_without_replacement() {
    // inventory-072, inventory-267
    let command = pair().with(|own| own.nodes[1].allocatable.set("cpu", 8_000)).command(ONE);
    assert!(command.replacements.is_empty());
    assert_eq!(command.savings_pico(), i128::from(usd("0.2").unwrap().pico()));
}

#[test]
fn whose_pods_need_less_is_replaced() {
    // inventory-073, inventory-267, inventory-168
    let world = World::new().node("n1", 8).pod("a", "n1", "1500m");
    let command = world.command(ONE);
    assert_eq!(command.replacements.len(), 1);
    let types: Vec<&str> =
        command.replacements[0].instance_types.iter().map(InstanceTypeName::as_str).collect();
    assert_eq!(types, ["c2", "c4"]);
    let saved = command.savings_pico();
    assert!(0 < saved && saved < i128::from(usd("0.4").unwrap().pico()));
}

#[test]
fn several_go_together() {
    // inventory-075: pods of two fit on the third
    let world = pair().node("n3", 32).pod("c", "n3", "20");
    let world = world.says("n3", "Consolidatable", ConditionStatus::False);
    let command = world.with(|own| own.pools[0].disruption.budgets[0].nodes = "2".into());
    let command = command.command(SEVERAL);
    assert_eq!(command.nodes.len(), 2);
    assert!(command.replacements.is_empty());
    // inventory-076
    let world = World::new().node("n1", 8).node("n2", 8).pod("a", "n1", "1").pod("b", "n2", "500m");
    let command = world.command(SEVERAL);
    assert_eq!((command.nodes.len(), command.replacements.len()), (2, 1));
}

#[test]
fn budgets_bound_passes_over_single_nodes() {
    // inventory-165: pods too large to merge many, so that one replacement each is needed
    let mut world = (0..10).fold(World::new(), |world, index| {
        let name = format!("n{index}");
        world.node(&name, 32).pod(&format!("web-{index}"), &name, "15")
    });
    world = world.budget("30%");
    for _ in 0..5 {
        let found = world.find(ONE);
        let nodes = found.commands.into_iter().flat_map(|command| command.nodes);
        let nodes: Vec<_> = nodes.collect();
        world.memory.marked.extend(nodes.clone());
        world.memory.queued.extend(nodes);
    }
    assert_eq!(world.memory.marked.len(), 3);
}

#[test]
fn protected_pods_and_nodes_leave_the_turn_to_others() {
    // inventory-181, inventory-190
    let noted = pair().with(|own| {
        own.node_named("n1").annotations.insert(label::DO_NOT_DISRUPT.into(), "true".into());
    });
    assert_eq!(noted.chosen(ONE), ["n2"]);
    // inventory-182, inventory-190
    assert_eq!(pair().with(|own| annotate(own.pod_named("a"), "true")).chosen(ONE), ["n2"]);
    // inventory-189, inventory-178
    assert_eq!(pair().kept("a").chosen(ONE), ["n2"]);
    // inventory-180
    let elsewhere = pair().kept("a").with(|own| {
        own.budgets[0].id = karp_core::model::ObjectId::new("shop", "b0");
    });
    assert_eq!(elsewhere.chosen(ONE).len(), 1);
    assert_eq!(elsewhere.stays(ONE, "n1"), "candidate");
    // inventory-192
    let both = pair().with(|own| {
        for pod in &mut own.pods {
            pod.status.started_at = Some(now());
            annotate(pod, "1h");
        }
    });
    assert!(both.chosen(ONE).is_empty());
    assert_eq!(both.with(|own| own.now = now() + Span::hours(1)).chosen(ONE).len(), 1);
}

#[test]
fn the_dearest_offering_that_may_come_decides() {
    // inventory-184
    let world = World::new().node("n1", 4).pod("a", "n1", "500m").with(|own| {
        own.kinds = vec![also(kind(1, "0.05"), "z2", OnDemand, "0.3"), kind(4, "0.2")];
    });
    assert_eq!(world.verdict(ONE, "n1"), "not-cheaper");
    // inventory-272: in the zone that the pod wants, it is cheap
    let bound = world.with(|own| {
        let pod = own.pods.remove(0).on_nodes_with(label::ZONE, "z1");
        own.pods.push(pod);
    });
    assert_eq!(bound.command(ONE).price_after, usd("0.05").unwrap());
}

#[test]
fn a_spot_machine_among_the_cheapest_fifteen_stays() {
    // inventory-171: fourteen types are cheaper
    let mut world = World::new().node("n1", 1).pod("a", "n1", "100m").with(|own| {
        own.policy.feature_gates.spot_to_spot_consolidation = true;
        own.kinds.clear();
        for index in 0..15 {
            let mut own_kind = kind(1, "1").offering("z1", Spot, usd(&format!("0.{}", 10 + index)));
            own_kind.name = format!("s{index:02}").into();
            let named =
                karp_core::model::Requirement::equals(label::INSTANCE_TYPE, format!("s{index:02}"));
            own_kind.requirements.replace(named);
            own.kinds.push(own_kind);
        }
    });
    for labels in [&mut world.nodes[0].labels, &mut world.claims[0].labels] {
        labels.insert(label::INSTANCE_TYPE.into(), "s14".into());
        labels.insert(label::CAPACITY_TYPE.into(), "spot".into());
    }
    assert_eq!(world.verdict(ONE, "n1"), "spot-to-spot-too-few-types");
}

#[test]
fn minimum_values_that_the_removed_types_break_break_the_merge() {
    // inventory-175
    let world =
        World::new().node("n1", 2).node("n2", 2).pod("a", "n1", "400m").pod("b", "n2", "400m");
    let merged = world.with(|own| {
        // Two small nodes may become one like them, which leaves one type that is cheaper than that.
        own.kinds = vec![kind(1, "0.05"), kind(2, "0.1")];
        let mut several = RequirementEntry::new(
            label::INSTANCE_TYPE,
            karp_core::model::Operator::Exists,
            [""; 0],
        );
        several.min_values = Some(2);
        own.pools[0].template.requirements.push(several);
    });
    let found = merged.find(SEVERAL);
    assert!(found.commands.iter().all(|command| command.replacements.is_empty()));
}

#[test]
fn strict_prices_hold_for_lenient_minimum_values_too() {
    // inventory-221, inventory-176
    let world = World::new().node("n1", 2).pod("a", "n1", "400m").with(|own| {
        own.policy.min_values = MinValuesPolicy::BestEffort;
        own.kinds = vec![kind(1, "0.05"), kind(2, "0.1")];
        let mut several = RequirementEntry::new(
            label::INSTANCE_TYPE,
            karp_core::model::Operator::Exists,
            [""; 0],
        );
        several.min_values = Some(2);
        own.pools[0].template.requirements.push(several);
    });
    assert_eq!(world.verdict(ONE, "n1"), "min-values-after-price");
}

#[test]
fn pools_that_sell_nothing_hinder_nobody() {
    // inventory-187, inventory-202
    let world = pair().with(|own| {
        own.pools.push(pool("empty"));
        own.memory.pools_without_types.insert("empty".into());
        let mut broken = pool("broken");
        broken.conditions.push(is("Ready", ConditionStatus::False));
        own.pools.push(broken);
    });
    assert_eq!(world.chosen(ONE).len(), 1);
}

#[test]
fn what_is_about_to_be_looked_at_takes_no_moved_pods() {
    // inventory-198: the source is quiet, the destination is not, and the replacement comes all the same
    let world = |age: i64| {
        World::new().node("n1", 8).pod("a", "n1", "500m").node("n2", 4).pod("b", "n2", "3").with(
            |own| {
                own.pools[0].disruption.consolidate_after = NillableSpan::new(Span::minutes(1));
                own.claim_of("n1").status.last_pod_event_at = Some(now() - Span::minutes(5));
                own.claim_of("n2").status.last_pod_event_at = Some(now() - Span::seconds(age));
                own.claim_of("n2").status.conditions.retain(|own| own.kind != "Consolidatable");
            },
        )
    };
    assert_eq!(world(30).command(ONE).replacements.len(), 1);
    // inventory-196: a while later, its room is used
    assert!(world(61).command(ONE).replacements.is_empty());
}

#[test]
fn among_many_the_one_that_has_joined_is_used() {
    // inventory-199
    let mut world = World::new().node("n1", 4).pod("a", "n1", "1").node("ready", 4);
    world.claim_of("ready").status.conditions.retain(|own| own.kind != "Consolidatable");
    for index in 0..98 {
        let name = format!("joining-{index}");
        world = world.node(&name, 4);
        world.node_named(&name).labels.remove(label::INITIALIZED);
        world.claim_of(&name).status.conditions.clear();
    }
    let command = world.command(ONE);
    assert_eq!(command.nodes[0].as_str(), "n1");
    assert!(command.replacements.is_empty());
}

#[test]
fn the_node_that_saves_more_for_each_pod_goes() {
    // inventory-214, inventory-152: equal prices, fewer pods
    let world = pair().pod("c", "n1", "100m");
    assert_eq!(world.chosen(ONE), ["n2"]);
    // inventory-257, inventory-253: whatever the policies of their pools
    let policies = ["Balanced", "WhenEmptyOrUnderutilized"];
    for (own, other) in [(0, 0), (0, 1), (1, 0)] {
        let mut world = World::new().with(|own| own.pools = vec![pool("p0"), pool("p1")]);
        world.pools[0].disruption.consolidation_policy = policies[own].into();
        world.pools[1].disruption.consolidation_policy = policies[other].into();
        world = world.node_of("p0", "cheap", 2).node_of("p1", "dear", 4);
        world = world.pod("a", "cheap", "100m").pod("b", "dear", "100m");
        let command = world.command(SEVERAL);
        assert_eq!(
            command.nodes.iter().map(NodeName::as_str).collect::<Vec<_>>(),
            ["dear", "cheap"]
        );
    }
}

#[test]
fn pools_take_turns() {
    // inventory-150: no node can go, so that all are looked at; inventory-153: nothing is left for the next pass
    let mut world = World::new().with(|own| own.pools = ["a", "b", "c"].map(pool).into());
    for (own, cores) in [("a", 2), ("b", 4), ("c", 8)] {
        for index in 0..2 {
            let name = format!("{own}{index}");
            world = world.node_of(own, &name, cores);
            let cpu = format!("{}m", cores * 1000 - 10);
            world = world.pod(&format!("web-{name}"), &name, &cpu);
        }
    }
    let found = world.find(ONE);
    assert!(found.commands.is_empty() && found.to_judge.is_empty());
    assert!(found.verdicts.values().all(|own| own.code() != "not-reached"));
}

#[test]
fn wishes_do_not_hinder_where_they_are_ignored() {
    // inventory-219, inventory-220
    let apart = || {
        pair().with(|own| {
            for pod in &mut own.pods {
                pod.labels = std::sync::Arc::new([("app".into(), "web".into())].into());
                let selector = LabelSelector::label("app", "web");
                let term = PodAffinityTerm::new(label::HOSTNAME, selector);
                let wish = WeightedPodAffinityTerm { weight: 10, pod_affinity_term: term };
                pod.spec_mut().pod_anti_affinity.preferred.push(wish);
            }
        })
    };
    let deaf = apart().with(|own| own.policy.preferences = PreferencePolicy::Ignore);
    assert!(deaf.command(ONE).replacements.is_empty());
}

#[test]
fn pods_without_a_place_of_their_own_are_not_moved_into_waiting() {
    // inventory-201
    let world = World::new().node("n1", 4).pod("a", "n1", "3900m").with(|own| {
        own.kinds.retain(|kind| kind.name == *"c4");
        own.pods.push(waiting("other", "100m"));
    });
    assert!(world.chosen(ONE).is_empty());
}
