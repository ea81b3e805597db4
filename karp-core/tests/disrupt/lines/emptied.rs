//! Empty nodes.

use karp_core::{
    disrupt::Method,
    model::{ConditionStatus, label},
};

use super::fixture::{World, now, owner, pool, waiting};

const ALL: Method = Method::Emptiness;

#[test]
fn each_pool_has_its_own_budget() {
    let world = |budget| {
        let mut world = World::new().with(|own| own.pools.clear());
        for index in 0..10 {
            let name = format!("p{index}");
            world.pools.push(pool(&name));
            for node in 0..3 {
                world = world.node_of(&name, &format!("n{index}-{node}"), 2);
            }
        }
        world.budget(budget)
    };
    // inventory-084, inventory-085, inventory-163, inventory-166: in one command
    for (budget, gone) in [("50%", 20), ("100%", 30), ("0%", 0)] {
        let found = world(budget).find(ALL);
        let count: usize = found.commands.iter().map(|command| command.nodes.len()).sum();
        assert_eq!(count, gone, "{budget}");
        assert!(found.commands.len() <= 1);
    }
}

#[test]
fn budgets_of_nothing_leave_every_method_nothing() {
    // inventory-167, inventory-265
    let full = World::new()
        .node("n1", 4)
        .node("n2", 4)
        .node("n3", 4)
        .pod("a", "n1", "100m")
        .pod("b", "n2", "100m")
        .budget("0%");
    for method in [Method::Emptiness, Method::MultiNode, Method::SingleNode] {
        let found = full.find(method);
        assert!(found.commands.is_empty());
        assert!(found.verdicts.values().all(|own| own.code() == "budget-spent"), "{method}");
    }
}

#[test]
fn what_counts_as_empty() {
    let one = || World::new().node("n1", 4);
    // inventory-086, inventory-071
    assert_eq!(one().chosen(ALL), ["n1"]);
    assert!(one().command(ALL).replacements.is_empty());
    // inventory-090
    let no = one().with(|own| {
        own.nodes[0].annotations.insert(label::DO_NOT_DISRUPT.into(), "false".into());
    });
    assert_eq!(no.chosen(ALL), ["n1"]);
    // inventory-089
    let yes = one().with(|own| {
        own.nodes[0].annotations.insert(label::DO_NOT_DISRUPT.into(), "true".into());
    });
    assert!(yes.chosen(ALL).is_empty());
    // inventory-091
    let busy = one().pod("web", "n1", "1");
    assert_eq!(busy.stays(ALL, "n1"), "not-empty");
    // inventory-096
    let ending = one().pod("web", "n1", "1").with(|own| {
        own.pod_named("web").status.deleting_since = Some(now());
    });
    assert_eq!(ending.chosen(ALL), ["n1"]);
    // inventory-097
    let stateful = ending.with(|own| own.pod_named("web").owners = vec![owner("StatefulSet")]);
    assert_eq!(stateful.stays(ALL, "n1"), "not-empty");
    // inventory-087, inventory-124: before drift has its turn
    let drifted = one().drifted("n1");
    assert_eq!(drifted.chosen(ALL), ["n1"]);
}

#[test]
fn empty_nodes_go_in_one_command() {
    // inventory-093, inventory-074
    let two = World::new().node("n1", 4).node("n2", 4);
    assert_eq!(two.command(ALL).nodes.len(), 2);
    // inventory-266: one may go, and the empty one has the first turn
    let one = World::new().node("n1", 4).node("n2", 4).pod("web", "n1", "1").budget("1");
    assert_eq!(one.chosen(ALL), ["n2"]);
}

#[test]
fn room_for_buffers_keeps_a_node() {
    let reserved = |nodes: &[(&str, usize)]| {
        World::new().node("n1", 4).node("n2", 4).with(|own| {
            own.memory.buffer_pods.extend(nodes.iter().map(|(node, pods)| ((*node).into(), *pods)));
        })
    };
    // inventory-100, inventory-222
    assert_eq!(reserved(&[("n1", 1)]).stays(ALL, "n1"), "buffer-pods");
    // inventory-101, inventory-225
    assert_eq!(reserved(&[]).stays(ALL, "n1"), "candidate");
    // inventory-102
    assert_eq!(reserved(&[("n1", 2)]).chosen(ALL), ["n2"]);
    // inventory-103
    assert_eq!(reserved(&[("n1", 2)]).pod("web", "n1", "1").stays(ALL, "n1"), "buffer-pods");
    // inventory-223
    assert_eq!(reserved(&[("n1", 2)]).pod("web", "n1", "100m").chosen(Method::SingleNode), ["n1"]);
    // inventory-104
    assert!(reserved(&[("n1", 1), ("n2", 3)]).chosen(ALL).is_empty());
    // inventory-105
    assert_eq!(reserved(&[("n1", 0)]).stays(ALL, "n1"), "candidate");
    // inventory-224
    let found = reserved(&[("n1", 1)]).pod("web", "n2", "1").find(Method::SingleNode);
    assert!(found.commands.iter().all(|command| command.nodes[0].as_str() != "n1"));
}

#[test]
fn a_node_that_a_waiting_pod_needs_is_no_replacement_but_goes_no_way() {
    // inventory-094: a large cheap node with a small pod; the pod that waits needs all that it has
    let world = World::new().node("n1", 32).pod("small", "n1", "100m").with(|own| {
        own.kinds.retain(|kind| kind.name == *"c32");
        own.pods.push(waiting("huge", "31"));
    });
    assert!(world.chosen(ALL).is_empty());
    assert!(world.chosen(Method::SingleNode).is_empty());
}

#[test]
fn not_quiet_is_not_empty_enough() {
    let world = World::new().node("n1", 4).says("n1", "Consolidatable", ConditionStatus::Unknown);
    assert_eq!(world.stays(ALL, "n1"), "not-consolidatable");
}
