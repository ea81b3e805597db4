//! What pools say of themselves (CNT-1 to CNT-11, RDY-1 to RDY-20) and the count of their claims (POL-1 to POL-24).

use std::sync::Arc;

use karp_core::{
    lifecycle::{
        self, Action, ClaimStage, ClassSight, ConditionChange, Generations, Next, PoolCensus,
        PoolChange, RegistrationOutcome, RegistrationRecord,
        conditions::{
            DISRUPTION_REASON, NODE_CLASS_READY, NODE_REGISTRATION_HEALTHY, READY,
            VALIDATION_SUCCEEDED,
        },
    },
    model::{
        ConditionStatus::{self, False, True, Unknown},
        Node, NodeClaim, NodePool, NodePoolName, Resources, Uid, label,
    },
    snapshot::StateNode,
};

use crate::fixture::*;

fn others() -> NodePool {
    let mut pool = pool();
    pool.template.node_class = class("OtherNodeClass");
    pool
}

fn change(next: &Next) -> Option<&PoolChange> {
    next.actions.iter().find_map(|action| match action {
        Action::UpdatePool(change) => Some(change.as_ref()),
        _ => None,
    })
}

fn after(next: &Next, pool: &NodePool) -> NodePool {
    let mut pool = pool.clone();
    for condition in change(next).iter().flat_map(|change| &change.conditions) {
        condition.apply(&mut pool.conditions, now());
    }
    pool
}

fn says<'a>(pool: &'a NodePool, kind: &str) -> (ConditionStatus, &'a str) {
    let own = pool.conditions.iter().find(|condition| condition.kind == kind);
    own.map_or((Unknown, ""), |own| (own.status, &own.reason))
}

fn machine_of(pool: &str, number: usize, is_initialized: bool) -> StateNode {
    let id = format!("fake:///{pool}{number}");
    let mut claim = NodeClaim::new(format!("{pool}-{number}"), &NodePoolName::from(pool));
    claim.status.provider_id.clone_from(&id);
    claim.status.capacity = Resources::new().with("cpu", 4000).with("memory", 8 << 30);
    let mut node = Node::new(format!("{pool}-node-{number}"))
        .label(label::NODE_POOL, pool)
        .label(label::REGISTERED, "true");
    if is_initialized {
        node = node.label(label::INITIALIZED, "true");
    }
    node.provider_id = id;
    node.capacity = Resources::new().with("cpu", 3000).with("memory", 8 << 30);
    StateNode::merge(Some(&Arc::new(node)), Some(&Arc::new(claim))).unwrap()
}

fn figures(machines: &[StateNode]) -> (i64, i64, i64) {
    let sum = lifecycle::pool_resources(&pool(), machines, |_| false);
    (sum.amount("cpu"), sum.amount("memory"), sum.amount("nodes"))
}

// CNT-2 to CNT-11
#[test]
fn a_pool_has_what_its_machines_have() {
    assert_eq!(figures(&[]), (0, 0, 0));
    let none = lifecycle::pool_resources(&pool(), &[], |_| false);
    let names: Vec<String> = none.iter().map(|(name, _)| name.to_string()).collect();
    assert_eq!(names, ["cpu", "ephemeral-storage", "memory", "nodes", "pods"]);
    assert_eq!(figures(&[machine_of("general", 1, false)]), (3000, 8 << 30, 1));
    let mut joining = machine_of("general", 1, false);
    joining = StateNode::merge(None, joining.claim.as_ref()).unwrap();
    assert_eq!(figures(&[joining]), (4000, 8 << 30, 1), "the claim's, as there is no Node");
    let two = [machine_of("general", 1, true), machine_of("general", 2, true)];
    assert_eq!(figures(&two), (6000, 16 << 30, 2));
    assert_eq!(figures(&two[1..]), (3000, 8 << 30, 1));
    assert_eq!(figures(&[machine_of("other", 1, true)]), (0, 0, 0));
    let mut going = two.clone();
    going[0].deleting = true;
    assert_eq!(figures(&going), (3000, 8 << 30, 1));
    let marked = |machine: &StateNode| &*machine.name == "general-node-1";
    assert_eq!(lifecycle::pool_resources(&pool(), &two, marked).amount("nodes"), 1);
}

// CNT-1, CNT-7 to CNT-9
#[test]
fn the_status_is_written_when_it_is_wrong() {
    let machines = [machine_of("general", 1, true), machine_of("general", 2, true)];
    let count = |pool: &NodePool, present: &Resources| {
        lifecycle::count_pool(pool, (present, &machines), |_| false, &settings(), now())
    };
    let next = count(&pool(), &Resources::new());
    let written = change(&next).unwrap();
    assert_eq!((written.nodes, written.resources.as_ref().unwrap().amount("cpu")), (Some(2), 6000));
    assert_eq!(next.look_again_at(), Some(now() + karp_core::model::Span::seconds(5)));
    let right = lifecycle::pool_resources(&pool(), &machines, |_| false);
    assert_eq!(change(&count(&pool(), &right)), None);
    assert_eq!(count(&others(), &Resources::new()), Next::done());
}

// RDY-1 to RDY-6
#[test]
fn a_pool_is_as_ready_as_its_class() {
    let not_ready =
        ClassSight::NotReady { reason: "SubnetsNotFound".into(), message: "no subnets".into() };
    for (class, status, reason) in [
        (ClassSight::Missing, False, "NodeClassNotFound"),
        (ClassSight::Ready, True, NODE_CLASS_READY),
        (not_ready, False, "SubnetsNotFound"),
        (ClassSight::Unknown, False, "NodeClassReadinessUnknown"),
        (ClassSight::Deleting, False, "NodeClassTerminating"),
    ] {
        let next = lifecycle::judge_pool(&pool(), &class, None, &settings());
        let judged = after(&next, &pool());
        assert_eq!(says(&judged, NODE_CLASS_READY), (status, reason));
        assert_eq!(says(&judged, READY).0, status);
        assert_eq!(lifecycle::is_usable(&judged), status == True);
        assert_eq!(lifecycle::judge_pool(&judged, &class, None, &settings()), Next::done());
    }
    let next = lifecycle::judge_pool(&others(), &ClassSight::Ready, None, &settings());
    assert_eq!(next, Next::done());
}

// RDY-21 to RDY-26; what is wrong with a spec is found by `k8s::validate`.
#[test]
fn a_pool_whose_spec_is_refused_is_not_ready() {
    let next = lifecycle::judge_pool(&pool(), &ClassSight::Ready, Some("bad taint"), &settings());
    let judged = after(&next, &pool());
    assert_eq!(says(&judged, VALIDATION_SUCCEEDED), (False, "NodePoolValidationFailed"));
    assert_eq!(says(&judged, READY).0, False);
    let texts: Vec<&str> = change(&next)
        .unwrap()
        .conditions
        .iter()
        .filter_map(|change| match change {
            ConditionChange::Set { message, .. } if !message.is_empty() => Some(message.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(texts, ["bad taint"]);
    let mended = lifecycle::judge_pool(&judged, &ClassSight::Ready, None, &settings());
    assert_eq!(says(&after(&mended, &judged), READY).0, True);
}

#[test]
fn a_pool_that_says_nothing_can_be_used_and_one_that_contradicts_itself_cannot() {
    assert!(lifecycle::is_usable(&pool()));
    let mut odd = pool();
    odd.conditions = vec![is(READY, True, now()), is(NODE_CLASS_READY, False, now())];
    assert!(!lifecycle::is_usable(&odd));
    let mut going = pool();
    going.deleting_since = Some(now());
    assert!(!lifecycle::is_usable(&going));
}

fn record(outcomes: &[bool]) -> RegistrationRecord {
    let mut record = RegistrationRecord::new();
    for joined in outcomes {
        record.note(*joined);
    }
    record
}

// RDY-14 to RDY-20
#[test]
fn two_failures_among_the_last_four_are_unhealthy() {
    for (outcomes, health) in [
        (vec![], Unknown),
        (vec![true], True),
        (vec![false], True),
        (vec![false, false], False),
        (vec![false, false, true], False),
        (vec![false, false, true, true], False),
        (vec![false, false, true, true, true], True),
    ] {
        assert_eq!(record(&outcomes).health(), health, "{outcomes:?}");
    }
    let own = record(&[false]);
    assert_eq!(
        (own.with(false).health(), own.health()),
        (False, True),
        "a dry run changes nothing"
    );
}

fn note(pool: &NodePool, outcome: &RegistrationOutcome, record: &mut RegistrationRecord) -> Next {
    lifecycle::record_registration(pool, &Uid::new(POOL_UID), outcome, record)
}

fn healthy(status: ConditionStatus) -> NodePool {
    let mut pool = pool();
    pool.conditions = vec![is(NODE_REGISTRATION_HEALTHY, status, now())];
    pool
}

// REG-16, REG-17, LIV-9, LIV-10
#[test]
fn what_becomes_of_machines_shows_on_their_pool() {
    let failed = RegistrationOutcome::Failed { reason: None };
    let mut own = record(&[false]);
    let next = note(&healthy(False), &RegistrationOutcome::Joined, &mut own);
    assert_eq!(says(&after(&next, &healthy(False)), NODE_REGISTRATION_HEALTHY).0, True);
    let mut own = record(&[false, false]);
    assert_eq!(change(&note(&healthy(False), &RegistrationOutcome::Joined, &mut own)), None);
    for status in [True, Unknown] {
        let mut own = record(&[]);
        assert_eq!(change(&note(&healthy(status), &failed, &mut own)), None);
        let next = note(&healthy(status), &failed, &mut own);
        let judged = after(&next, &healthy(status));
        assert_eq!(says(&judged, NODE_REGISTRATION_HEALTHY), (False, "RegistrationFailed"));
    }
    let launch = RegistrationOutcome::Failed { reason: Some("BadImage".into()) };
    let next = note(&pool(), &launch, &mut record(&[false]));
    assert_eq!(says(&after(&next, &pool()), NODE_REGISTRATION_HEALTHY), (False, "BadImage"));
    assert_eq!(change(&note(&healthy(False), &failed, &mut record(&[false]))), None);
}

// REG-18, LIV-11
#[test]
fn what_became_of_an_earlier_pools_machines_counts_for_nobody() {
    let mut own = record(&[]);
    let outcome = RegistrationOutcome::Joined;
    let next = lifecycle::record_registration(&pool(), &Uid::new("old"), &outcome, &mut own);
    assert_eq!((next, own.health()), (Next::done(), Unknown));
}

// RDY-7 to RDY-12
#[test]
fn a_change_of_pool_or_class_forgets_the_record() {
    let reset = |pool: &NodePool, class: Option<i64>, seen: (i64, i64)| {
        let mut own = record(&[true]);
        let (observed_class, observed_pool) = seen;
        let generations = Generations { class, observed_class, observed_pool };
        let next = lifecycle::reset_registration(pool, generations, &mut own, &settings());
        let written = change(&next).map(|change| change.class_generation);
        (says(&after(&next, pool), NODE_REGISTRATION_HEALTHY).0, own.health(), written)
    };
    let kept = |status| (status, True, None);
    assert_eq!(reset(&healthy(True), Some(3), (3, 1)), kept(True));
    assert_eq!(reset(&healthy(False), Some(3), (3, 1)), kept(False));
    assert_eq!(reset(&healthy(True), None, (3, 1)), kept(True));
    let forgotten = (Unknown, Unknown, Some(Some(4)));
    assert_eq!(reset(&healthy(True), Some(4), (3, 1)), forgotten);
    assert_eq!(reset(&healthy(True), Some(4), (4, 0)), forgotten);
    assert_eq!(reset(&pool(), Some(4), (4, 1)), forgotten);
    let mut other = others();
    other.conditions = healthy(True).conditions;
    assert_eq!(reset(&other, Some(4), (3, 1)), kept(True));
}

#[test]
fn a_restart_makes_the_record_up_from_the_condition() {
    for status in [True, False] {
        let mut own = RegistrationRecord::new();
        let generations = Generations { class: Some(1), observed_class: 1, observed_pool: 1 };
        let next =
            lifecycle::reset_registration(&healthy(status), generations, &mut own, &settings());
        assert_eq!((next, own.health()), (Next::done(), status));
    }
}

fn member(name: &str, pool: &str) -> NodeClaim {
    NodeClaim::new(name, &NodePoolName::from(pool))
}

fn counts(census: &PoolCensus) -> (usize, usize, usize) {
    (census.active(), census.deleting(), census.pending())
}

// POL-1 to POL-15
#[test]
fn claims_are_counted_by_pool_and_stage() {
    let mut launched = member("a1", "a");
    launched.status.provider_id = MACHINE.into();
    let mut going = member("a3", "a");
    going.deleting_since = Some(now());
    let mut pending = member("a4", "a");
    set(&mut pending, DISRUPTION_REASON, True, now());
    let mut stray = member("stray", "a");
    stray.labels.clear();
    let claims = [launched, member("a2", "a"), going, pending, stray, member("b1", "b")];
    let pools = PoolCensus::count(&claims, |_| false);
    assert_eq!(pools.keys().map(NodePoolName::as_str).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(counts(&pools[&NodePoolName::from("a")]), (2, 1, 1));
    assert_eq!(counts(&pools[&NodePoolName::from("b")]), (1, 0, 0));
    let marked = PoolCensus::count(&claims, |claim| claim.name == "a2" || claim.name == "a4");
    assert_eq!(counts(&marked[&NodePoolName::from("a")]), (1, 3, 0));
}

#[test]
fn a_claim_is_in_one_stage_at_a_time() {
    use ClaimStage::{Active, Deleting, PendingDisruption};
    let mut census = PoolCensus::new();
    for (stage, wanted) in [
        (Active, (1, 0, 0)),
        (Active, (1, 0, 0)),
        (PendingDisruption, (0, 0, 1)),
        (Deleting, (0, 1, 0)),
        (Active, (1, 0, 0)),
    ] {
        census.observe("a".into(), stage);
        assert_eq!(counts(&census), wanted);
    }
    census.forget(&"a".into());
    census.forget(&"a".into());
    assert_eq!(counts(&census), (0, 0, 0));
}

// POL-17 to POL-24
#[test]
fn places_are_promised_up_to_the_limit() {
    let mut census = PoolCensus::new();
    census.observe("a".into(), ClaimStage::Active);
    census.observe("d".into(), ClaimStage::Deleting);
    census.observe("p".into(), ClaimStage::PendingDisruption);
    let grants: Vec<usize> = [2, 3, 9, 1].map(|wanted| census.reserve(Some(8), wanted)).into();
    assert_eq!((grants, census.total()), (vec![2, 3, 0, 0], 8));
    census.release(2);
    assert_eq!(census.reserve(Some(8), 9), 2);
    census.release(100);
    assert_eq!((census.total(), census.reserve(Some(1), 1)), (3, 0));
    assert_eq!(census.reserve(None, 1_000_000), 1_000_000);
}
