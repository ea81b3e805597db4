//! Offerings that were refused are left alone for a while, and longer each time.

use std::{collections::BTreeMap, sync::Arc};

use karp_core::{
    arbitrary,
    decision::PlannedMachine,
    disrupt::{Disruption, Memory, Method},
    model::{
        CapacityType, CapacityType::OnDemand, Condition, ConditionStatus, InstanceType, Node,
        NodeClaim, NodePool, Pod, Span, Timestamp, label, usd,
    },
    policy::{Policy, StockOuts},
    snapshot::Snapshot,
};
use proptest::prelude::*;

use crate::worlds::{calm, cases};

fn remembering() -> Policy {
    let mut policy = Policy::compat();
    policy.stock_outs = Some(StockOuts::default());
    policy
}

/// The offering that a replacement is counted as.
fn asked(machine: &PlannedMachine) -> Option<(String, String, CapacityType)> {
    let cheapest = machine.cheapest.as_ref()?;
    let capacity_type = cheapest.capacity_type.parse().ok()?;
    Some((cheapest.instance_type.to_string(), cheapest.zone.clone(), capacity_type))
}

/// Whatever is proposed is refused: each offering is asked for at growing distances.
fn ask_at_growing_distances(snapshot: &Snapshot, minutes: &[usize]) -> Result<(), TestCaseError> {
    let rules = StockOuts::default();
    let mut memory = Memory::new();
    let mut snapshot = snapshot.clone();
    let mut asked_at: BTreeMap<(String, String, CapacityType), (Timestamp, u32)> = BTreeMap::new();
    for minutes in minutes {
        let now = snapshot.now;
        let look = Disruption::new(&snapshot, &remembering(), &memory);
        let mut refused = Vec::new();
        for method in [Method::Drift, Method::MultiNode, Method::SingleNode] {
            let Ok(found) = look.find(method) else { continue };
            refused
                .extend(found.commands.iter().flat_map(|own| &own.replacements).filter_map(asked));
        }
        refused.sort();
        refused.dedup();
        for offering in refused {
            let entry = asked_at.entry(offering.clone()).or_insert((now, 0));
            let (last, times) = *entry;
            if times > 0 {
                let wait = rules.first.saturating_mul(1 << (times - 1)).min(rules.longest);
                prop_assert!(now.since(last) >= wait, "{offering:?} after {}", now.since(last));
            }
            let is_over = now.since(last) >= rules.longest.saturating_mul(2);
            *entry = (now, if is_over { 1 } else { times + 1 });
            memory.refuse((offering.0.as_str().into(), &offering.1, offering.2), now, &rules);
        }
        snapshot.now = now + Span::minutes(i64::try_from(*minutes).unwrap());
        memory.forget(snapshot.now, &remembering());
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn a_refused_offering_is_not_asked_for_before_its_time(
        (snapshot, _) in calm(arbitrary::snapshot().pods(0..30).nodes(1..7).pools(1..3)),
        minutes in proptest::collection::vec(1_usize..200, 4..16),
    ) {
        ask_at_growing_distances(&snapshot, &minutes)?;
    }
}

/// Sixty nodes with one pod each, and a cheaper type that is out of stock.
fn fleet() -> Snapshot {
    let kind = |name, price| InstanceType::new(name).cpu("4").offering("z1", OnDemand, usd(price));
    let is = |kind: &str| Condition {
        kind: kind.to_owned(),
        status: ConditionStatus::True,
        reason: String::new(),
        changed_at: None,
    };
    let mut pool = NodePool::new("general");
    pool.disruption.budgets[0].nodes = "100%".into();
    let nodes = (0..60).map(|index| {
        let mut node = Node::new(format!("n{index}")).of_pool("general").resource("cpu", "4");
        node.labels.insert(label::INSTANCE_TYPE.to_owned(), "dear".to_owned());
        node.labels.insert(label::ZONE.to_owned(), "z1".to_owned());
        node.labels.insert(label::CAPACITY_TYPE.to_owned(), "on-demand".to_owned());
        node.provider_id = format!("cloud://{index}");
        node.conditions.push(is("Ready"));
        node
    });
    let nodes: Vec<Arc<Node>> = nodes.map(Arc::new).collect();
    let claims = nodes.iter().map(|node| {
        let mut claim = NodeClaim::new(format!("of-{}", node.name), &"general".into());
        claim.labels.extend(node.labels.clone());
        claim.status.node = Some(node.name.clone());
        claim.status.provider_id.clone_from(&node.provider_id);
        claim.status.conditions.push(is("Consolidatable"));
        claim
    });
    let claims: Vec<NodeClaim> = claims.collect();
    let pods = nodes.iter().map(|node| {
        Pod::new(format!("on-{}", node.name)).request("cpu", "3").bound_to(node.name.clone())
    });
    let pods: Vec<Pod> = pods.collect();
    Snapshot::builder(Timestamp::EPOCH)
        .instance_types([kind("dear", "0.2"), kind("cheap", "0.1")])
        .node_pool(pool)
        .nodes(nodes)
        .node_claims(claims)
        .pods(pods)
        .build()
        .unwrap()
}

#[test]
fn nobody_is_moved_after_the_first_launch_that_failed() {
    let (mut snapshot, policy) = (fleet(), remembering());
    let rules = policy.stock_outs.clone().unwrap();
    let mut memory = Memory::new();
    let mut asked = 0;
    // A day of passes, one every five minutes; whatever is asked for fails.
    for _ in 0..288 {
        let look = Disruption::new(&snapshot, &policy, &memory);
        let found = look.find(Method::SingleNode).unwrap();
        if let Some(command) = found.commands.first() {
            assert_eq!(command.replacements[0].instance_types[0].as_str(), "cheap");
            asked += 1;
            memory.refuse(("cheap".into(), "z1", OnDemand), snapshot.now, &rules);
        }
        snapshot.now = snapshot.now + Span::minutes(5);
    }
    // At 0, 15, 45, 105 minutes, 3:45, 7:45 and from then on every 6 hours.
    assert_eq!(asked, 8);
}

#[test]
fn what_was_granted_is_asked_for_again() {
    let (snapshot, rules) = (fleet(), StockOuts::default());
    let mut memory = Memory::new();
    memory.refuse(("cheap".into(), "z1", OnDemand), snapshot.now, &rules);
    let find = |memory: &Memory, policy: &Policy| {
        Disruption::new(&snapshot, policy, memory).find(Method::SingleNode).unwrap().commands.len()
    };
    assert_eq!(find(&memory, &remembering()), 0);
    assert_eq!(find(&memory, &Policy::compat()), 1);
    memory.grant("cheap", "z1", OnDemand);
    assert_eq!(find(&memory, &remembering()), 1);
}
