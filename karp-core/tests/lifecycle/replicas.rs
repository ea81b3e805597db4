//! Static pools (STA-1 to STA-21 up, STD-1 to STD-18 down).

use std::sync::Arc;

use karp_core::{
    lifecycle::{
        self, Action, Cause, HashStamp, Next, PoolCensus, StaticState,
        conditions::{DISRUPTION_REASON, READY},
    },
    model::{
        ConditionStatus::{False, True},
        Effect, Node, NodeClaim, NodePool, NodePoolName, Operator, Pod, RequirementEntry, Span,
        Taint, label,
    },
};

use crate::fixture::*;

fn fixed(replicas: u32) -> NodePool {
    let mut pool = pool();
    pool.replicas = Some(replicas);
    pool
}

fn claims(count: usize) -> Vec<Arc<NodeClaim>> {
    let member = |i| {
        let mut claim = NodeClaim::new(format!("general-{i}"), &NodePoolName::from("general"));
        claim.node_class = class("TestNodeClass");
        claim.status.provider_id = format!("fake:///{i}");
        claim.created_at = now();
        claim
    };
    arcs((1..=count).map(member))
}

fn census(claims: &[Arc<NodeClaim>]) -> PoolCensus {
    let mut pools = PoolCensus::count(claims.iter().map(Arc::as_ref), |_| false);
    pools.remove(&NodePoolName::from("general")).unwrap_or_default()
}

fn up(pool: &NodePool, claims: &[Arc<NodeClaim>], census: &mut PoolCensus) -> Next {
    let state = StaticState::new(pool, claims);
    lifecycle::scale_up(&state, &HashStamp::new("17", "v3"), census, &settings(), now())
}

fn created(next: &Next) -> Vec<&NodeClaim> {
    let created = next.actions.iter().filter_map(|action| match action {
        Action::CreateClaim(claim) => Some(claim.as_ref()),
        _ => None,
    });
    created.collect()
}

// STA-2 to STA-5
#[test]
fn only_usable_static_pools_of_ours_get_machines() {
    let mut foreign = fixed(2);
    foreign.template.node_class = class("OtherNodeClass");
    let mut unready = fixed(2);
    unready.conditions = vec![is(READY, False, now())];
    let mut going = fixed(2);
    going.deleting_since = Some(now());
    for pool in [foreign, unready, going, pool()] {
        assert_eq!(up(&pool, &[], &mut PoolCensus::new()), Next::done());
    }
}

// STA-6 to STA-9, STA-12, STA-14
#[test]
fn a_static_pool_gets_what_it_lacks() {
    for (replicas, there, wanted) in
        [(2, 0, 2), (3, 1, 2), (3, 3, 0), (1, 4, 0), (0, 0, 0), (500, 3, 497)]
    {
        let claims = claims(there);
        let next = up(&fixed(replicas), &claims, &mut census(&claims));
        assert_eq!(created(&next).len(), wanted, "{there} of {replicas}");
        assert_eq!(next.look_again_at(), Some(now() + minutes(1)));
        let names: std::collections::BTreeSet<_> =
            created(&next).iter().map(|claim| claim.name.clone()).collect();
        assert_eq!(names.len(), wanted, "names differ");
        assert!(claims.iter().all(|claim| !names.contains(&claim.name)), "names are new");
    }
}

// STA-9
#[test]
fn whoever_asks_twice_asks_for_the_same_claims() {
    let (pool, mut counted) = (fixed(3), PoolCensus::new());
    let first = up(&pool, &[], &mut counted);
    let again = up(&pool, &[], &mut PoolCensus::new());
    assert_eq!(created(&first), created(&again));
    counted.release(3);
    let there = arcs(created(&first).into_iter().cloned());
    assert!(created(&up(&pool, &there, &mut census(&there))).is_empty());
}

// STA-10, STA-11, STA-15
#[test]
fn the_limit_on_nodes_is_never_exceeded() {
    let limited = |replicas| fixed(replicas).limit("nodes", "10");
    let there = claims(3);
    let mut counted = census(&there);
    let next = up(&limited(3), &there, &mut counted);
    assert_eq!((created(&next).len(), counted.reserve(Some(10), 99)), (0, 7));
    counted.release(7);
    assert_eq!(created(&up(&limited(15), &there, &mut counted)).len(), 7);
    assert_eq!(counted.reserve(Some(10), 1), 0);
    let next = up(&limited(15), &there, &mut counted);
    assert_eq!((created(&next).len(), waits(&next)), (0, vec!["limit-reached"]));
    assert_eq!(next.look_again_at(), Some(now() + Span::seconds(30)));
    let mut counted = PoolCensus::new();
    let total: usize = (0..10).map(|_| created(&up(&limited(99), &[], &mut counted)).len()).sum();
    assert_eq!(total, 10);
}

#[test]
fn claims_that_wait_for_their_replacement_count() {
    let mut there = claims(2);
    let kind = DISRUPTION_REASON;
    let status = True;
    set(Arc::make_mut(&mut there[0]), kind, status, now());
    assert!(created(&up(&fixed(2), &there, &mut census(&there))).is_empty());
}

// STA-13
#[test]
fn claims_are_made_as_the_template_says() {
    let mut pool = fixed(1);
    let template = &mut pool.template;
    template.labels.insert("team".into(), "shop".into());
    template.annotations.insert("note".into(), "x".into());
    template.taints = vec![Taint::new("dedicated", Effect::NoSchedule)];
    template.requirements = vec![
        RequirementEntry::new(label::OS, Operator::In, ["linux"]),
        RequirementEntry::new(label::REGISTERED, Operator::In, ["true"]),
    ];
    let next = up(&pool, &[], &mut PoolCensus::new());
    let claim = created(&next)[0];
    assert_eq!((claim.labels["team"].as_str(), claim.annotations["note"].as_str()), ("shop", "x"));
    assert_eq!(claim.labels[label::NODE_POOL], "general");
    assert_eq!(claim.labels[&class("TestNodeClass").label_key()], "default");
    assert_eq!(claim.requirements, pool.template.requirements[..1]);
    assert_eq!(claim.taints, pool.template.taints);
    assert_eq!(claim.node_class, class("TestNodeClass"));
    assert_eq!(HashStamp::of(&claim.annotations), HashStamp::new("17", "v3"));
    assert_eq!(claim.owners[0].uid, pool.uid);
}

// STA-16
#[test]
fn nothing_is_created_before_everything_was_seen() {
    let pool = fixed(2);
    let state = StaticState::new(&pool, &[]).unsynced();
    let mut counted = PoolCensus::new();
    let next = lifecycle::scale_up(&state, &HashStamp::default(), &mut counted, &settings(), now());
    assert!(next.actions.is_empty() && waits(&next) == ["unsynced"]);
    assert_eq!((next.look_again_at(), counted.total()), (Some(now() + Span::seconds(1)), 0));
}

fn down(pool: &NodePool, claims: &[Arc<NodeClaim>], nodes: &[Node], pods: &[Pod]) -> Vec<String> {
    let (nodes, pods) = (arcs(nodes.to_vec()), arcs(pods.to_vec()));
    let state = StaticState::new(pool, claims).with_nodes(&nodes, &pods);
    let next = lifecycle::scale_down(&state, |_| false, &settings(), now());
    assert!(deletions(&next).iter().all(|cause| *cause == Cause::ScaledDown));
    let names = next.actions.iter().filter_map(|action| match action {
        Action::DeleteClaim { claim, .. } => Some(claim.name.to_string()),
        _ => None,
    });
    names.collect()
}

// STD-1 to STD-8
#[test]
fn exactly_the_excess_goes() {
    for (replicas, there, gone) in [(2, 4, 2), (4, 4, 0), (9, 4, 0), (0, 4, 4), (0, 0, 0)] {
        assert_eq!(down(&fixed(replicas), &claims(there), &[], &[]).len(), gone);
    }
    let mut foreign = fixed(0);
    foreign.template.node_class = class("OtherNodeClass");
    let mut going = fixed(0);
    going.deleting_since = Some(now());
    for pool in [foreign, going, pool()] {
        assert!(down(&pool, &claims(4), &[], &[]).is_empty());
    }
    let mut leaving = claims(4);
    for own in &mut leaving[..3] {
        Arc::make_mut(own).deleting_since = Some(now());
    }
    assert!(down(&fixed(1), &leaving, &[], &[]).is_empty());
    assert_eq!(down(&fixed(0), &leaving, &[], &[]), ["general-4"]);
    let mut others = claims(4);
    for own in &mut others {
        Arc::make_mut(own).labels.insert(label::NODE_POOL.into(), "other".into());
    }
    assert!(down(&fixed(0), &others, &[], &[]).is_empty());
}

fn node_of(number: usize) -> Node {
    let mut node = Node::new(format!("n{number}")).of_pool("general");
    node.provider_id = format!("fake:///{number}");
    node
}

fn on(number: usize, priority: i32) -> Pod {
    let mut pod = pod(&format!("p{number}")).bound_to(format!("n{number}").as_str());
    pod.spec_mut().priority = priority;
    pod
}

// STD-10 to STD-16
#[test]
fn idle_nodes_go_before_cheap_ones_before_dear_ones_before_protected_ones() {
    let daemon = |number| owned_by(on(number, 0), "apps/v1", "DaemonSet");
    let protected = |number| annotated(on(number, -1000), label::DO_NOT_DISRUPT, "true");
    let pods = [
        protected(1),
        on(2, 1000),
        on(3, 0),
        daemon(4),
        on(5, 1001),
        on(6, -1),
        annotated(daemon(7), label::DO_NOT_DISRUPT, "true"),
    ];
    let nodes: Vec<Node> = (1..=7).map(node_of).collect();
    let order =
        ["general-4", "general-6", "general-3", "general-2", "general-5", "general-1", "general-7"];
    for replicas in [6_usize, 4, 2, 0] {
        let pool = fixed(u32::try_from(replicas).unwrap());
        assert_eq!(down(&pool, &claims(7), &nodes, &pods), order[..7 - replicas], "{replicas}");
    }
    let mut unlaunched = claims(7);
    Arc::make_mut(&mut unlaunched[4]).status.provider_id.clear();
    assert_eq!(down(&fixed(6), &unlaunched, &nodes, &pods), ["general-5"]);
}

#[test]
fn of_equal_nodes_the_one_with_less_life_left_goes() {
    let mut claims = claims(2);
    let old = Arc::make_mut(&mut claims[1]);
    old.created_at = now() - Span::hours(700);
    let nodes = [node_of(1), node_of(2)];
    assert_eq!(down(&fixed(1), &claims, &nodes, &[on(1, 0), on(2, 0)]), ["general-2"]);
}
