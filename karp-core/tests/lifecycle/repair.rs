//! Repair, with the policy `BadNode` is false for 30 min (REP-1 to REP-15).

use karp_core::{
    lifecycle::{self, Cause, EventReason, Next},
    model::{
        ConditionStatus::{self, False, True, Unknown},
        Node, NodeClaim, RepairPolicy, Span, Timestamp, label,
    },
};

use crate::fixture::*;

fn repair_with(claim: &NodeClaim, node: &Node, others: &[Node], policies: &[RepairPolicy]) -> Next {
    let mut settings = settings();
    settings.node_repair = true;
    settings.repair_policies = policies.to_vec();
    let mut nodes = others.to_vec();
    nodes.push(node.clone());
    lifecycle::repair(claim, node, &arcs(nodes), &settings, now())
}

fn bad() -> RepairPolicy {
    RepairPolicy::new("BadNode", False, minutes(30))
}

fn repair(claim: &NodeClaim, node: &Node, others: &[Node]) -> Next {
    repair_with(claim, node, others, &[bad()])
}

fn sick(kind: &str, status: ConditionStatus, age: i64) -> Node {
    let mut node = joined();
    node.conditions = vec![is(kind, status, now() - minutes(age))];
    node
}

fn deadline(next: &Next, claim: &NodeClaim) -> Option<Timestamp> {
    let after = claim_after(next, claim);
    after.annotations.get(label::TERMINATION_TIMESTAMP).map(|text| text.parse().unwrap())
}

// REP-1 to REP-5
#[test]
fn a_node_that_has_been_bad_for_too_long_is_replaced() {
    let claim = initialized();
    for (node, replaced) in [
        (sick("BadNode", False, 60), true),
        (sick("BadNode", False, 30), true),
        (sick("BadNode", False, 20), false),
        (sick("OtherNode", False, 60), false),
        (sick("BadNode", True, 60), false),
        (sick("BadNode", Unknown, 60), false),
    ] {
        let next = repair(&claim, &node, &[]);
        let causes = if replaced { vec![Cause::Unhealthy] } else { vec![] };
        assert_eq!(deletions(&next), causes, "{node:?}");
        assert_eq!(deadline(&next, &claim), replaced.then(now));
    }
}

// REP-6, REP-7
#[test]
fn the_deadline_is_now_unless_it_has_passed() {
    let mut claim = initialized();
    claim.termination_grace_period = Some(Span::hours(5));
    let node = sick("BadNode", False, 60);
    assert_eq!(deadline(&repair(&claim, &node, &[]), &claim), Some(now()));
    for (known, wanted) in [(now() - minutes(5), now() - minutes(5)), (now() + minutes(5), now())] {
        claim.annotations.insert(label::TERMINATION_TIMESTAMP.into(), known.to_string());
        assert_eq!(deadline(&repair(&claim, &node, &[]), &claim), Some(wanted));
    }
}

// REP-8, REP-9
#[test]
fn the_condition_that_ends_first_decides_when_to_look_again() {
    let policies = [bad(), RepairPolicy::new("SlowNode", Unknown, minutes(60))];
    let mut node = sick("BadNode", False, 27);
    let look = |node: &Node| repair_with(&initialized(), node, &[], &policies).look_again_at();
    assert_eq!(look(&node), Some(now() + minutes(3)));
    node.conditions.push(is("SlowNode", Unknown, now() - minutes(40)));
    assert_eq!(look(&node), Some(now() + minutes(3)));
    node.conditions[1] = is("SlowNode", Unknown, now() - minutes(59));
    assert_eq!(look(&node), Some(now() + minutes(1)));
}

// REP-10, REP-11
#[test]
fn nothing_that_a_node_or_its_pool_asks_for_stops_repair() {
    let mut node = sick("BadNode", False, 60);
    node.annotations.insert(label::DO_NOT_DISRUPT.into(), "true".into());
    assert_eq!(deletions(&repair(&initialized(), &node, &[])), [Cause::Unhealthy]);
}

fn fleet(count: usize, sick_ones: usize, pool: Option<&str>) -> Vec<Node> {
    let node = |i: usize| {
        let mut node = if i < sick_ones { sick("BadNode", False, 1) } else { joined() };
        node.name = format!("other-{i}").as_str().into();
        node.labels.remove(label::NODE_POOL);
        node.labels.extend(pool.map(|pool| (label::NODE_POOL.to_owned(), pool.to_owned())));
        node
    };
    (0..count).map(node).collect()
}

// REP-12 to REP-14
#[test]
fn nothing_is_repaired_when_more_than_a_fifth_is_unhealthy() {
    let node = sick("BadNode", False, 60);
    let mut poolless = initialized();
    poolless.labels.clear();
    for (claim, pool, text) in [
        (initialized(), Some("general"), "more than 20% nodes are unhealthy in the nodepool"),
        (poolless, None, "more than 20% nodes are unhealthy in the cluster"),
    ] {
        // The Node itself counts, too: 1 of 1, 1 of 3, 2 of 3, 2 of 10, 3 of 10, 3 of 11.
        for (others, sick_ones, repaired) in
            [(0, 0, true), (2, 0, true), (2, 1, false), (9, 1, true), (9, 2, false), (10, 2, true)]
        {
            let next = repair(&claim, &node, &fleet(others, sick_ones, pool));
            assert_eq!(!deletions(&next).is_empty(), repaired, "{sick_ones} of {others} others");
            if !repaired {
                assert_eq!(events(&next), [EventReason::NodeRepairBlocked]);
                assert_eq!(next.look_again_at(), Some(now() + minutes(5)));
                assert!(format!("{next:?}").contains(text));
            }
        }
    }
    // Nodes of other pools don't count.
    let others = fleet(50, 50, Some("other"));
    assert_eq!(deletions(&repair(&initialized(), &node, &others)), [Cause::Unhealthy]);
}

#[test]
fn repair_is_off_unless_it_is_asked_for() {
    let node = sick("BadNode", False, 60);
    let mut settings = settings();
    settings.repair_policies = vec![bad()];
    let nodes = arcs([node.clone()]);
    assert_eq!(lifecycle::repair(&initialized(), &node, &nodes, &settings, now()), Next::done());
    assert_eq!(repair(&foreign(initialized()), &node, &[]), Next::done());
    let mut going = initialized();
    going.deleting_since = Some(now());
    assert_eq!(repair(&going, &node, &[]), Next::done());
    let mut stranger = node;
    stranger.provider_id = "fake:///other".into();
    assert_eq!(repair(&initialized(), &stranger, &[]), Next::done());
}
