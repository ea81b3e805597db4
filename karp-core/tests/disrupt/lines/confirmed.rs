//! What is looked at again 15 s later.

use karp_core::{
    disrupt::Method,
    model::{ConditionStatus, NodeName},
};

use super::fixture::{World, annotate};

fn replaced() -> World {
    World::new().node("n1", 8).pod("a", "n1", "1500m")
}

fn merged() -> World {
    World::new().node("n1", 8).node("n2", 8).pod("a", "n1", "1").pod("b", "n2", "500m")
}

fn deleted() -> World {
    World::new().node("n1", 4).node("n2", 4).pod("a", "n1", "1").pod("b", "n2", "2")
}

#[test]
fn what_is_unchanged_is_carried_out() {
    // inventory-203, inventory-208, inventory-209
    let worlds = [
        (replaced(), Method::SingleNode),
        (merged(), Method::MultiNode),
        (deleted(), Method::SingleNode),
        (World::new().node("n1", 2).node("n2", 2), Method::Emptiness),
    ];
    for (world, method) in worlds {
        let command = world.command(method);
        assert_eq!(world.confirm(&command), Ok(command.clone()));
    }
}

#[test]
fn budgets_that_shrank_end_a_command() {
    // inventory-159 to inventory-161
    let lone = World::new().node("n1", 2);
    for (world, method) in
        [(lone, Method::Emptiness), (merged(), Method::MultiNode), (replaced(), Method::SingleNode)]
    {
        let command = world.command(method);
        assert_eq!(world.budget("0").confirm(&command), Err("Budget".to_owned()), "{method}");
    }
}

#[test]
fn nodes_that_are_no_candidates_any_more_end_a_command() {
    // inventory-159 to inventory-161
    let lone = World::new().node("n1", 2);
    for (world, method) in
        [(lone, Method::Emptiness), (merged(), Method::MultiNode), (replaced(), Method::SingleNode)]
    {
        let command = world.command(method);
        let busy = world.says("n1", "Consolidatable", ConditionStatus::False);
        assert_eq!(busy.confirm(&command), Err("Churn".to_owned()), "{method}");
    }
}

#[test]
fn pods_that_were_promised_to_a_node_end_a_command() {
    // inventory-159 to inventory-161
    for (world, method) in [(merged(), Method::MultiNode), (replaced(), Method::SingleNode)] {
        let command = world.command(method);
        let mut promised = world;
        promised.memory.nominated.insert("n1".into());
        assert_eq!(promised.confirm(&command), Err("Budget".to_owned()), "{method}");
    }
}

#[test]
fn pods_that_came_change_what_is_needed() {
    // inventory-204: the types that were to be asked for no longer do
    let world = replaced();
    let command = world.command(Method::SingleNode);
    assert_eq!(world.pod("late", "n1", "3").confirm(&command), Err("Scheduling".to_owned()));
    // inventory-205, inventory-206, inventory-207
    for world in [replaced(), deleted()] {
        let command = world.command(Method::SingleNode);
        let node = command.nodes[0].clone();
        let came = |world: World| world.pod("late", node.as_str(), "10m");
        let held = came(world).with(|own| annotate(own.pod_named("late"), "true"));
        assert_eq!(held.confirm(&command), Err("Churn".to_owned()));
    }
    for world in [replaced(), deleted()] {
        let command = world.command(Method::SingleNode);
        let node = command.nodes[0].clone();
        let kept = world.pod("late", node.as_str(), "10m").kept("late");
        assert_eq!(kept.confirm(&command), Err("Churn".to_owned()));
    }
}

#[test]
fn of_empty_nodes_those_that_still_are_go() {
    // inventory-186, inventory-098
    let world = World::new().node("n1", 2).node("n2", 2);
    let command = world.command(Method::Emptiness);
    let left = world.pod("late", "n1", "100m").confirm(&command).unwrap();
    assert_eq!(left.nodes.iter().map(NodeName::as_str).collect::<Vec<_>>(), ["n2"]);
}

#[test]
fn a_merge_that_failed_leaves_a_single_node_its_turn() {
    // inventory-210: a pod that came lets only one of them go
    let world = merged();
    let command = world.command(Method::MultiNode);
    let later = world.pod("late", "n1", "7");
    assert!(later.confirm(&command).is_err());
    assert_eq!(later.chosen(Method::SingleNode).len(), 1);
}
