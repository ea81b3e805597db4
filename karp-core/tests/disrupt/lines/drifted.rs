//! Drifted nodes, of dynamic and of static pools.

use karp_core::{
    disrupt::{Method, Stays},
    model::{ConditionStatus, IntOrPercent, NillableSpan, NodeClaimStatus, Span, label},
};

use super::fixture::{World, annotate, is, pool};

const DRIFT: Method = Method::Drift;

fn drifting(count: usize) -> World {
    (0..count).fold(World::new(), |world, index| {
        let name = format!("n{index}");
        world.node(&name, 2).pod(&format!("web-{index}"), &name, "1500m").drifted(&name)
    })
}

/// Carries a command of drift out, but for its replacements: the nodes count as going.
fn begin(world: &mut World) -> bool {
    let found = world.find(DRIFT);
    let nodes: Vec<_> = found.commands.into_iter().flat_map(|command| command.nodes).collect();
    world.memory.marked.extend(nodes.clone());
    world.memory.queued.extend(nodes.clone());
    !nodes.is_empty()
}

#[test]
fn as_many_as_budgets_allow_one_in_each_pass() {
    // inventory-106, inventory-107, inventory-002
    let mut world = drifting(10).budget("30%");
    let passes = (0..5).filter(|_| begin(&mut world)).count();
    assert_eq!((passes, world.memory.marked.len()), (3, 3));
}

#[test]
fn pools_drift_side_by_side() {
    // inventory-108
    let mut world = World::new().with(|own| own.pools.clear());
    for index in 0..10 {
        let name = format!("p{index}");
        world.pools.push(pool(&name));
        for node in 0..3 {
            let node_name = format!("n{index}-{node}");
            world = world.node_of(&name, &node_name, 2).drifted(&node_name);
            if node < 2 {
                world = world.pod(&format!("web-{index}-{node}"), &node_name, "1500m");
            }
        }
    }
    world = world.budget("1");
    for own in &mut world.pools {
        own.disruption.consolidate_after = NillableSpan::NEVER;
    }
    let passes = (0..30).filter(|_| begin(&mut world)).count();
    assert_eq!((passes, world.memory.marked.len()), (10, 10));
}

#[test]
fn annotations_of_the_node_hold_it_only_when_they_say_true() {
    let noted = |value: &str| {
        drifting(1).with(|own| {
            own.nodes[0].annotations.insert(label::DO_NOT_DISRUPT.into(), value.into());
        })
    };
    // inventory-112, inventory-140
    assert_eq!(noted("true").stays(DRIFT, "n0"), "node-do-not-disrupt");
    // inventory-113, inventory-120: bought before
    assert_eq!(noted("false").command(DRIFT).replacements.len(), 1);
}

#[test]
fn pods_that_may_not_go_get_no_machine_of_their_own() {
    let bounded = |mut world: World| {
        world.claims[0].termination_grace_period = Some(Span::minutes(5));
        world
    };
    let protected = || drifting(1).with(|own| annotate(&mut own.pods[0], "true"));
    // inventory-114
    assert!(protected().chosen(DRIFT).is_empty());
    // inventory-115
    assert!(bounded(protected()).command(DRIFT).replacements.is_empty());
    // inventory-116: a budget that allows nothing for good
    let kept = drifting(1).kept("web-0").with(|own| {
        own.budgets[0].max_unavailable = Some(IntOrPercent::Int(0));
    });
    assert!(bounded(kept).command(DRIFT).replacements.is_empty());
}

#[test]
fn empty_nodes_go_by_drift_where_nothing_is_consolidated() {
    // inventory-122
    let world = World::new().node("n1", 2).drifted("n1").with(|own| {
        own.pools[0].disruption.consolidate_after = NillableSpan::NEVER;
    });
    assert!(world.chosen(Method::Emptiness).is_empty());
    assert!(world.command(DRIFT).replacements.is_empty());
}

#[test]
fn static_pools_are_not_replaced_by_what_pods_need() {
    // inventory-128
    let world = drifting(1).with(|own| own.pools[0].replicas = Some(1));
    assert_eq!(world.stays(DRIFT, "n0"), Stays::PoolStatic.code());
    assert_eq!(world.stays(Method::StaticDrift, "n0"), "candidate");
}

/// A static pool, all of whose nodes drifted.
fn fixed(replicas: u32, nodes: usize, limit: Option<&str>) -> World {
    let mut world = drifting(nodes).with(|own| own.pools[0].replicas = Some(replicas));
    if let Some(limit) = limit {
        world.pools[0] = world.pools[0].clone().limit("nodes", limit);
    }
    world
}

#[test]
fn each_static_pool_has_its_own_room() {
    // inventory-131, inventory-137
    let mut world = World::new().with(|own| own.pools.clear());
    for (name, replicas, limit, budget) in
        [("a", 2, None, "1"), ("b", 2, None, "2"), ("c", 2, None, "100%"), ("d", 2, Some("2"), "2")]
    {
        let mut own = pool(name);
        own.replicas = Some(replicas);
        own.disruption.budgets[0].nodes = budget.into();
        world.pools.push(match limit {
            Some(limit) => own.limit("nodes", limit),
            None => own,
        });
        for node in 0..2 {
            let node = format!("{name}{node}");
            world = world.node_of(name, &node, 2).drifted(&node);
        }
    }
    assert_eq!(world.chosen(Method::StaticDrift), ["a0", "b0", "b1", "c0", "c1"]);
}

#[test]
fn a_limit_leaves_room_for_one_at_a_time() {
    // inventory-135
    let mut world = fixed(5, 5, Some("6"));
    let first = world.chosen(Method::StaticDrift);
    assert_eq!(first.len(), 1);
    // Its replacement is on its way: six claims are there.
    let taken = first[0].clone();
    world.memory.marked.insert(taken.as_str().into());
    world.memory.queued.insert(taken.as_str().into());
    let mut coming = world.claims[1].clone();
    coming.name = "general-6".into();
    coming.status = NodeClaimStatus::default();
    world.claims.push(coming);
    assert!(world.chosen(Method::StaticDrift).is_empty());
}

#[test]
fn static_nodes_stay_unless_they_drifted() {
    // inventory-140
    let mut world = fixed(1, 1, None);
    world.claims[0].status.conditions.retain(|own| own.kind != "Drifted");
    assert_eq!(world.stays(Method::StaticDrift, "n0"), "not-drifted");
    world.claims[0].status.conditions.push(is("Drifted", ConditionStatus::False));
    assert_eq!(world.stays(Method::StaticDrift, "n0"), "not-drifted");
    let held = fixed(1, 1, None).with(|own| {
        own.nodes[0].annotations.insert(label::DO_NOT_DISRUPT.into(), "true".into());
    });
    assert_eq!(held.stays(Method::StaticDrift, "n0"), "node-do-not-disrupt");
}
