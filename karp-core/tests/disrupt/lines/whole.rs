//! Passes among other things that happen.

use karp_core::{
    disrupt::{Command, Method},
    model::{ConditionStatus, NodeClaim, label, usd},
};

use super::fixture::{World, is, waiting};

/// Claims that were launched for pods of nodes that go.
fn coming(name: &str, world: &World) -> NodeClaim {
    let mut claim = world.claims[0].clone();
    claim.name = name.into();
    claim.status.node = None;
    claim.status.provider_id = format!("cloud://{name}");
    claim.status.conditions.clear();
    claim
}

#[test]
fn pods_of_nodes_that_go_may_wait_for_machines_that_come() {
    // inventory-001
    let mut world = World::new();
    for index in 0..10 {
        world = world.node(&format!("n{index}"), 4);
    }
    world = world.pod("web", "n9", "2").drifted("n9");
    for index in 0..9 {
        world.memory.marked.insert(format!("n{index}").as_str().into());
        world.claims.push(coming(&format!("new-{index}"), &world));
    }
    // The pod of a node that merely drifted may not: its node is kept rather than emptied towards machines that may never join.
    assert_eq!(world.verdict(Method::Drift, "n9"), "needs-uninitialized-node");
    let going = world.with(|own| own.memory.marked.extend(["n9".into()]));
    assert_eq!(going.stays(Method::Drift, "n9"), "node-deleting");
}

#[test]
fn pods_that_wait_get_no_machine_beside_the_replacement() {
    // inventory-007
    let world = World::new().node("n1", 8).node("n2", 8).pod("a", "n1", "1").pod("b", "n2", "1");
    let command = world.with(|own| own.pods.push(waiting("c", "100m"))).command(Method::MultiNode);
    assert_eq!(command.replacements.len(), 1);
    assert_eq!(command.replacements[0].pods.len(), 3);
}

#[test]
fn what_comes_for_others_is_not_consolidated() {
    // inventory-008
    let mut world = World::new().node("n1", 4).pod("a", "n1", "1").node("new", 4);
    world.memory.marked.insert("n1".into());
    world.node_named("new").labels.remove(label::INITIALIZED);
    for method in Method::ALL {
        assert!(world.chosen(method).is_empty(), "{method}");
        assert_eq!(world.stays(method, "new"), "not-initialized");
    }
}

#[test]
fn a_command_says_what_it_does() {
    // inventory-275, inventory-270, inventory-274
    let world = World::new().node("n1", 8).pod("a", "n1", "1500m");
    let replaced = world.command(Method::SingleNode);
    assert_eq!(
        replaced.to_string(),
        "singleNode: replace n1 by 1 machines (0.10 instead of 0.40 USD per hour)"
    );
    let emptied = World::new().node("n1", 8).node("n2", 2).command(Method::Emptiness);
    assert_eq!(emptied.to_string(), "emptiness: delete n1, n2 (0.00 instead of 0.50 USD per hour)");
    assert_eq!(emptied.savings_pico(), i128::from(usd("0.5").unwrap().pico()));
    let written = serde_json::to_string(&replaced).unwrap();
    assert_eq!(serde_json::from_str::<Command>(&written).unwrap(), replaced);
}

#[test]
fn nothing_is_found_in_nothing() {
    // inventory-246
    let world =
        World::new().with(|own| own.pools[0].conditions.push(is("Ready", ConditionStatus::True)));
    for method in Method::ALL {
        assert!(world.find(method).commands.is_empty());
    }
}
