//! Scores of the policy `Balanced`.

use karp_core::{
    disrupt::{Disruption, Method, Score},
    model::{CapacityType::Spot, Price, usd},
};

use super::fixture::{World, also, kind, pool};

const ONE: Method = Method::SingleNode;

fn balanced() -> World {
    World::new().with(|own| own.pools[0].disruption.consolidation_policy = "Balanced".into())
}

/// A pool of nodes with so many pods each, the first of which costs nothing to move elsewhere.
fn uniform(nodes: usize, pods: usize) -> World {
    let mut world = balanced();
    for node in 0..nodes {
        let name = format!("n{node}");
        world = world.node(&name, 4);
        for pod in 0..pods {
            world = world.pod(&format!("web-{node}-{pod}"), &name, "100m");
        }
    }
    world
}

fn score(world: &World) -> Score {
    world.command(ONE).scores["general"]
}

#[test]
fn a_node_like_all_others_scores_one() {
    // inventory-242, inventory-254: the same share of money and of pods, in pools of any scale (inventory-239)
    for nodes in [2, 5, 10] {
        let Score::Micro(micro) = score(&uniform(nodes, 3)) else { panic!("infinite") };
        assert_eq!(micro, 1_000_000, "{nodes} nodes");
    }
}

#[test]
fn a_node_with_many_pods_stays() {
    // inventory-235, inventory-241: a third of the money, for three quarters and more of the pods
    let world = uniform(2, 1).with(|own| {
        for index in 0..12 {
            let name = format!("more-{index}");
            let moved = std::mem::replace(own, World::new());
            *own = moved.pod(&name, "n0", "100m");
        }
        own.nodes[1].allocatable.set("cpu", 64_000);
        own.nodes[1].annotations.insert("karpenter.sh/do-not-disrupt".into(), "true".into());
    });
    // Money of the pool 0.4; moves of the pool 1 + 13 and 1 + 1: 0.5 / (14 / 16) = 0.571, approved.
    let Score::Micro(micro) = score(&world) else { panic!("infinite") };
    assert_eq!(micro, 571_428);
    // A third node that stays makes the share of the money smaller: 1/3 / (14 / 17) = 0.405.
    let poorer = world.node("n2", 4).with(|own| {
        own.nodes[2].annotations.insert("karpenter.sh/do-not-disrupt".into(), "true".into());
    });
    assert_eq!(poorer.verdict(ONE, "n0"), "score-too-low");
    // inventory-247: other pools are not asked
    let other = poorer.with(|own| {
        own.pools[0].disruption.consolidation_policy = "WhenEmptyOrUnderutilized".into();
    });
    assert!(other.command(ONE).scores.is_empty());
}

/// Three nodes, one of which has so many pods, the others one each.
fn crowded(pods: usize) -> World {
    let mut world = uniform(3, 1);
    for index in 1..pods {
        world = world.pod(&format!("more-{index}"), "n0", "100m");
    }
    world.with(|own| {
        for node in &mut own.nodes[1..] {
            node.annotations.insert("karpenter.sh/do-not-disrupt".into(), "true".into());
        }
    })
}

#[test]
fn a_score_of_exactly_one_half_is_enough() {
    // inventory-237: a third of the money for two thirds of the moves, 8 of 12; then for 9 of 13 (inventory-238)
    assert_eq!(score(&crowded(7)), Score::Micro(500_000));
    assert_eq!(crowded(8).verdict(ONE, "n0"), "score-too-low");
}

#[test]
fn totals_count_every_node_that_may_be_disrupted() {
    // inventory-244, inventory-245, inventory-261, inventory-262: an empty node, one without a price, one whose offering is not to be had
    let world = balanced()
        .node("n1", 4)
        .pod("a", "n1", "1")
        .node("n2", 4)
        .node("n3", 8)
        .pod("b", "n3", "1")
        .with(|own| {
            own.nodes[1].labels.insert("node.kubernetes.io/instance-type".into(), "gone".into());
            own.claims[1].labels.insert("node.kubernetes.io/instance-type".into(), "gone".into());
            own.kinds.iter_mut().filter(|kind| kind.name == *"c8").for_each(|kind| {
                kind.offerings[0].available = false;
            });
        });
    let snapshot = world.snapshot();
    let look = Disruption::new(&snapshot, &world.policy, &world.memory);
    let totals = look.pool_totals()["general"];
    assert_eq!(totals.cost, usd("0.6").unwrap());
    assert_eq!(totals.disruption.to_string(), "5");
}

#[test]
fn money_that_is_not_known_approves_nothing() {
    // inventory-240, inventory-248
    let world = uniform(2, 1).with(|own| {
        for kind in &mut own.kinds {
            kind.offerings[0].price = Price::ZERO;
        }
    });
    assert!(world.chosen(ONE).is_empty());
}

#[test]
fn each_pool_of_a_merge_is_asked() {
    // inventory-250: the money is shared by price; inventory-249, inventory-269
    let two = |second: &str| {
        let mut world = World::new().with(|own| own.pools = vec![pool("a"), pool("b")]);
        world.pools[0].disruption.consolidation_policy = "Balanced".into();
        world.pools[1].disruption.consolidation_policy = second.into();
        world
            .node_of("a", "a1", 8)
            .node_of("b", "b1", 4)
            .pod("x", "a1", "300m")
            .pod("y", "b1", "300m")
    };
    let both = two("Balanced").command(Method::MultiNode);
    assert_eq!(both.scores.len(), 2);
    // 0.55 of 0.6 dollars are saved, in both pools the same share.
    for own in both.scores.values() {
        assert_eq!(*own, Score::Micro(916_666));
    }
    let one = two("WhenEmptyOrUnderutilized").command(Method::MultiNode);
    assert_eq!(one.scores.len(), 1);
}

#[test]
fn one_pool_that_refuses_stops_a_merge() {
    // inventory-251, inventory-260
    let mut world = World::new().with(|own| own.pools = vec![pool("a"), pool("b")]);
    for own in &mut world.pools {
        own.disruption.consolidation_policy = "Balanced".into();
    }
    world = world.node_of("a", "a1", 8).pod("x", "a1", "300m").node_of("b", "b1", 4);
    for index in 0..9 {
        world = world.pod(&format!("y-{index}"), "b1", "20m");
    }
    // Much of pool b's money is elsewhere, on a node that stays.
    world = world.node_of("b", "b2", 32).with(|own| {
        own.nodes[2].annotations.insert("karpenter.sh/do-not-disrupt".into(), "true".into());
        own.nodes[2].unschedulable = true;
        own.nodes[2]
            .taints
            .push(karp_core::model::Taint::new("full", karp_core::model::Effect::NoSchedule));
    });
    let found = world.find(Method::MultiNode);
    assert!(found.commands.is_empty());
    assert!(
        found.verdicts.values().all(|own| own.code() == "score-too-low"),
        "{:?}",
        found.verdicts
    );
}

#[test]
fn what_the_replacement_will_not_be_counts_nothing() {
    // inventory-255, inventory-271: the pool sells on demand only, spot would be much cheaper
    let world = balanced().node("n1", 4).pod("a", "n1", "1500m").with(|own| {
        own.kinds = vec![also(kind(2, "0.19"), "z1", Spot, "0.01"), kind(4, "0.2")];
        own.pools[0].template.requirements.push(karp_core::model::RequirementEntry::new(
            "karpenter.sh/capacity-type",
            karp_core::model::Operator::In,
            ["on-demand"],
        ));
    });
    assert_eq!(world.verdict(ONE, "n1"), "score-too-low");
}

#[test]
fn an_oversized_node_goes_and_a_full_one_stays() {
    // inventory-264, inventory-234, inventory-268
    let world = balanced()
        .node("large", 32)
        .pod("small", "large", "100m")
        .node("full", 4)
        .pod("packed", "full", "3500m");
    assert_eq!(world.chosen(ONE), ["large"]);
    assert_eq!(world.verdict(ONE, "full"), "not-reached");
    let alone = balanced().node("full", 4).pod("packed", "full", "3500m");
    assert_eq!(alone.verdict(ONE, "full"), "not-cheaper");
}
