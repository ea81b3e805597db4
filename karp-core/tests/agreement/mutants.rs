//! Every plan that is spoilt so that no order of the pods could have made it is refused.
//!
//! Random plans of few pods are spoilt in one systematic way after another: what the plan says, or what it was made for. The slow rules then try
//! every order of the pods and every form of each ([`slow::is_possible`]); where none makes the plan, the verifier must refuse a placement of it.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    sync::Arc,
};

use karp_core::{
    arbitrary, check,
    check::Violation,
    decision::Plan,
    model::{
        Effect, HostPort, InstanceType, LabelSelector, Labels, NodeName, NodePool, Operator, Pod,
        PodAffinityTerm, PodId, Protocol, Requirement, Resources, Taint, TopologySpread, label,
    },
    policy::Policy,
    snapshot::Snapshot,
};
use proptest::{
    prelude::*,
    sample::Index,
    test_runner::{Config, TestCaseError, TestRunner},
};

use crate::slow;

/// Worlds that are looked at; always the same.
const WORLDS: u32 = 60;
/// Spoilt plans that each way must give at least, so that it proves something.
const LEAST: usize = 1;

/// Spoils a plan or what it was made for; false where that can't be done. The number chooses among several possibilities.
type Mutation = fn(&mut Snapshot, &mut Plan, Index) -> bool;

const MUTATIONS: [(&str, Mutation); 17] = [
    ("a pod on another place", pod_elsewhere),
    ("two pods swapped", pods_swapped),
    ("a machine in another domain", other_domain),
    ("a requirement of a machine gone", requirement_gone),
    ("a type too many", type_too_many),
    ("a type gone", type_gone),
    ("a port taken twice", port_twice),
    ("all pods spread", all_spread),
    ("spread over a label", spread_more),
    ("a pod that must be alone", alone),
    ("a pod that needs company", company),
    ("a label of a node gone", node_label_gone),
    ("a node in another zone", node_elsewhere),
    ("a smaller node", smaller_node),
    ("a smaller type", smaller_type),
    ("a tainted place", tainted),
    ("a label of a pool gone", pool_label_gone),
];

/// Worlds of few pods; in half of them there is a node.
fn worlds() -> impl Strategy<Value = Snapshot> {
    let few = arbitrary::snapshot().pods(2..8).instance_types(1..5).pools(1..3).daemon_sets(0..2);
    let few = few.with_topology().with_host_ports();
    prop_oneof![few.clone().nodes(0..2), few.pods(2..6).nodes(1..3).pools(1..2)]
}

/// What became of a plan that was spoilt.
#[derive(Clone, Copy, Debug)]
enum Outcome {
    /// Possible in some order.
    Sound,
    /// Possible in some order, and refused.
    Refused,
    /// Possible in no order, and refused.
    Caught,
}

/// Plans that were spoilt in one way, by what became of them.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    sound: usize,
    refused: usize,
    caught: usize,
}

impl Tally {
    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Sound => self.sound += 1,
            Outcome::Refused => self.refused += 1,
            Outcome::Caught => self.caught += 1,
        }
    }
}

#[test]
fn every_plan_that_no_order_can_make_is_refused() {
    let tallies: RefCell<BTreeMap<&str, Tally>> = RefCell::default();
    // Smaller and smaller cases of a failure don't count.
    let failed = Cell::new(false);
    let mut runner = TestRunner::new_with_rng(
        Config { cases: worlds_to_look_at(), failure_persistence: None, ..Config::default() },
        TestRunner::deterministic().rng().clone(),
    );
    let cases = (worlds(), any::<[Index; 2]>());
    let outcome = runner.run(&cases, |(snapshot, numbers)| {
        let policy = Policy::compat();
        let plan = slow::provision(&snapshot, &policy);
        if !(1..=6).contains(&plan.totals().placed) {
            return Ok(());
        }
        prop_assert!(slow::is_possible(&snapshot, &policy, &plan), "the judge refuses {plan}");
        for (name, mutation) in MUTATIONS {
            for number in numbers {
                let (mut snapshot, mut spoilt) = (snapshot.clone(), plan.clone());
                if mutation(&mut snapshot, &mut spoilt, number) {
                    let outcome = look(&snapshot, &spoilt, name);
                    failed.set(failed.get() || outcome.is_err());
                    let outcome = outcome?;
                    if !failed.get() {
                        tallies.borrow_mut().entry(name).or_default().add(outcome);
                    }
                }
            }
        }
        Ok(())
    });
    let tallies = tallies.into_inner();
    for (name, tally) in &tallies {
        println!("{name}: {tally:?}");
    }
    outcome.unwrap_or_else(|error| {
        panic!("{}", error.to_string().lines().take(6).collect::<Vec<_>>().join("\n"))
    });
    for (name, _) in MUTATIONS {
        let caught = tallies.get(name).map_or(0, |tally| tally.caught);
        assert!(caught >= LEAST, "{name}: only {caught} plans were spoilt");
    }
}

/// A tenth of what the variable `PROPTEST_CASES` says, as each gives many plans, or a few.
fn worlds_to_look_at() -> u32 {
    let asked = Config::default().cases;
    if asked == 256 { WORLDS } else { asked / 10 }
}

fn look(snapshot: &Snapshot, plan: &Plan, name: &str) -> Result<Outcome, TestCaseError> {
    let policy = Policy::compat();
    let verdict = check(snapshot, &policy, plan);
    let found = verdict.map_or_else(|found| found.as_slice().to_vec(), |()| Vec::new());
    let is_refused = found.iter().any(is_about_places);
    if slow::is_possible(snapshot, &policy, plan) {
        return Ok(if is_refused { Outcome::Refused } else { Outcome::Sound });
    }
    let case = || serde_json::to_string(snapshot).expect("snapshots are JSON");
    prop_assert!(is_refused, "{name} is not seen: {found:?}\n{plan:?}\n{}", case());
    Ok(Outcome::Caught)
}

/// Whether a violation is about pods that have a place.
fn is_about_places(violation: &Violation) -> bool {
    !matches!(
        violation,
        Violation::FalseRefusal { .. }
            | Violation::Fits { .. }
            | Violation::MissingRefusal { .. }
            | Violation::PassedOver { .. }
    )
}

/// Pods of all places, place by place.
fn places(plan: &mut Plan) -> Vec<&mut Vec<PodId>> {
    plan.existing
        .values_mut()
        .chain(plan.machines.iter_mut().map(|machine| &mut machine.pods))
        .collect()
}

/// A place with at least `least` pods.
fn some_place(plan: &mut Plan, least: usize, number: Index) -> Option<(usize, Vec<PodId>)> {
    let places = places(plan);
    let enough = places.iter().enumerate().filter(|(_, pods)| pods.len() >= least);
    let enough: Vec<(usize, Vec<PodId>)> =
        enough.map(|(at, pods)| (at, (**pods).clone())).collect();
    (!enough.is_empty()).then(|| enough[number.index(enough.len())].clone())
}

fn pod_elsewhere(snapshot: &mut Snapshot, plan: &mut Plan, number: Index) -> bool {
    for node in &snapshot.nodes {
        plan.existing.entry(node.name.clone()).or_default();
    }
    let moved = some_place(plan, 1, number).filter(|_| places(plan).len() > 1);
    if let Some((at, _)) = moved {
        let mut places = places(plan);
        let pod = places[at].pop().expect("it has a pod");
        let others = places.len() - 1;
        let to = (at + 1 + number.index(others)) % (others + 1);
        places[to].push(pod);
    }
    plan.existing.retain(|_, pods| !pods.is_empty());
    moved.is_some() && plan.machines.iter().all(|machine| !machine.pods.is_empty())
}

fn pods_swapped(_: &mut Snapshot, plan: &mut Plan, number: Index) -> bool {
    let mut places = places(plan);
    if places.len() < 2 {
        return false;
    }
    let first = number.index(places.len() - 1);
    let (before, after) = places.split_at_mut(first + 1);
    let (one, other) = (&mut before[first][0], &mut after[0][0]);
    std::mem::swap(one, other);
    true
}

fn other_domain(_: &mut Snapshot, plan: &mut Plan, number: Index) -> bool {
    let Some(machine) = some(&mut plan.machines, number) else { return false };
    let other = ["z1", "z2", "z3"][number.index(3)];
    let requirements = Arc::make_mut(&mut machine.requirements);
    let changed = Requirement::equals(label::ZONE, other);
    let is_new = requirements.get(label::ZONE) != Some(&changed);
    requirements.replace(changed);
    is_new
}

fn requirement_gone(_: &mut Snapshot, plan: &mut Plan, number: Index) -> bool {
    let Some(machine) = some(&mut plan.machines, number) else { return false };
    let requirements = Arc::make_mut(&mut machine.requirements);
    let keys: Vec<String> = requirements.keys().map(str::to_owned).collect();
    requirements.remove(&keys[number.index(keys.len())]).is_some()
}

fn type_too_many(snapshot: &mut Snapshot, plan: &mut Plan, number: Index) -> bool {
    let Some(machine) = some(&mut plan.machines, number) else { return false };
    let all = snapshot.types_of(&machine.node_pool);
    let missing = all.iter().find(|kind| !machine.instance_types.contains(&kind.name));
    let Some(missing) = missing else { return false };
    machine.instance_types =
        machine.instance_types.iter().cloned().chain([missing.name.clone()]).collect();
    true
}

fn type_gone(snapshot: &mut Snapshot, plan: &mut Plan, number: Index) -> bool {
    let Some(machine) = some(&mut plan.machines, number) else { return false };
    let gone = machine.instance_types[number.index(machine.instance_types.len())].clone();
    let types = snapshot.instance_types.values_mut();
    types.for_each(|types| *types = types.iter().filter(|one| one.name != gone).cloned().collect());
    true
}

fn port_twice(snapshot: &mut Snapshot, plan: &mut Plan, number: Index) -> bool {
    let Some((_, pods)) = some_place(plan, 2, number) else { return false };
    let port = HostPort::new(7070, Protocol::Tcp);
    for pod in &pods {
        pod_mut(snapshot, pod).spec_mut().host_ports.push(port);
    }
    true
}

fn all_spread(snapshot: &mut Snapshot, plan: &mut Plan, number: Index) -> bool {
    let key = [label::ZONE, label::HOSTNAME][number.index(2)];
    let pods: Vec<PodId> = places(plan).into_iter().flat_map(|pods| pods.clone()).collect();
    for id in &pods {
        let spread = TopologySpread::new(key, 1).selecting(LabelSelector::default());
        pod_mut(snapshot, id).spec_mut().topology_spread.push(spread);
    }
    pods.len() > 1
}

fn spread_more(snapshot: &mut Snapshot, plan: &mut Plan, number: Index) -> bool {
    let key = [label::ZONE, label::HOSTNAME, label::CAPACITY_TYPE][number.index(3)];
    let spread = TopologySpread::new(key, 1).selecting(LabelSelector::default());
    let Some((_, pods)) = some_place(plan, 1, number) else { return false };
    let last = pods.last().expect("it has a pod");
    pod_mut(snapshot, last).spec_mut().topology_spread.push(spread);
    true
}

fn alone(snapshot: &mut Snapshot, plan: &mut Plan, number: Index) -> bool {
    let key = [label::ZONE, label::HOSTNAME][number.index(2)];
    let Some((_, pods)) = some_place(plan, 1, number) else { return false };
    let term = PodAffinityTerm::new(key, LabelSelector::default());
    let pod = &pods[number.index(pods.len())];
    pod_mut(snapshot, pod).spec_mut().pod_anti_affinity.required.push(term);
    true
}

fn company(snapshot: &mut Snapshot, plan: &mut Plan, number: Index) -> bool {
    let key = [label::ZONE, label::HOSTNAME][number.index(2)];
    let Some((_, pods)) = some_place(plan, 1, number) else { return false };
    let term = PodAffinityTerm::new(key, LabelSelector::label("app", ["a", "b"][number.index(2)]));
    let pod = &pods[number.index(pods.len())];
    pod_mut(snapshot, pod).spec_mut().pod_affinity.required.push(term);
    true
}

fn node_label_gone(snapshot: &mut Snapshot, plan: &mut Plan, number: Index) -> bool {
    change_node(snapshot, plan, number, |labels| {
        // Pods may not demand what is restricted.
        let may_be_demanded =
            |key: &&String| !key.starts_with("karpenter.sh/") && *key != label::HOSTNAME;
        let keys: Vec<String> = labels.keys().filter(may_be_demanded).cloned().collect();
        let key = keys.get(number.index(keys.len().max(1)))?;
        let old = labels.remove(key)?;
        Some((key.clone(), old))
    })
}

fn node_elsewhere(snapshot: &mut Snapshot, plan: &mut Plan, number: Index) -> bool {
    change_node(snapshot, plan, number, |labels| {
        let old = labels.get(label::ZONE).cloned().unwrap_or_else(|| "z1".to_owned());
        let others: Vec<&str> = ["z1", "z2", "z3"].into_iter().filter(|one| *one != old).collect();
        labels.insert(label::ZONE.to_owned(), others[number.index(2)].to_owned());
        Some((label::ZONE.to_owned(), old))
    })
}

/// Changes the labels of a node that gets pods, and of its claim; its first pod demands what it had.
fn change_node(
    snapshot: &mut Snapshot,
    plan: &Plan,
    number: Index,
    change: impl Fn(&mut Labels) -> Option<(String, String)>,
) -> bool {
    let used: Vec<&str> = plan.existing.keys().map(NodeName::as_str).collect();
    if used.is_empty() {
        return false;
    }
    let name = used[number.index(used.len())];
    let nodes = snapshot.nodes.iter_mut().filter(|node| node.name == *name);
    let of_nodes: Vec<_> =
        nodes.filter_map(|node| change(&mut Arc::make_mut(node).labels)).collect();
    let claims = snapshot.node_claims.iter_mut().filter(|claim| claim.name == *name);
    let of_claims = claims.filter_map(|claim| change(&mut Arc::make_mut(claim).labels));
    let Some((key, old)) = of_nodes.into_iter().chain(of_claims).next() else { return false };
    let first = &plan.existing[name][0];
    pod_mut(snapshot, first).spec_mut().node_selector.insert(key, old);
    true
}

fn smaller_node(snapshot: &mut Snapshot, plan: &mut Plan, number: Index) -> bool {
    let Some(node) = some(&mut snapshot.nodes, number) else { return false };
    let node = Arc::make_mut(node);
    node.allocatable = shrunk(&node.allocatable);
    plan.existing.contains_key(&node.name)
}

fn smaller_type(snapshot: &mut Snapshot, plan: &mut Plan, number: Index) -> bool {
    let Some(machine) = some(&mut plan.machines, number) else { return false };
    let smaller = machine.instance_types[number.index(machine.instance_types.len())].clone();
    for types in snapshot.instance_types.values_mut() {
        let shrink = |kind: &Arc<InstanceType>| {
            let mut kind = InstanceType::clone(kind);
            kind.capacity =
                if kind.name == smaller { shrunk(&kind.capacity) } else { kind.capacity };
            Arc::new(kind)
        };
        *types = types.iter().map(shrink).collect();
    }
    true
}

fn shrunk(amounts: &Resources) -> Resources {
    amounts.iter().map(|(name, amount)| (name.clone(), amount / 4)).collect()
}

fn tainted(snapshot: &mut Snapshot, plan: &mut Plan, number: Index) -> bool {
    let taint = || Taint::new("new", Effect::NoSchedule);
    if let Some(machine) = some(&mut plan.machines, number) {
        let mut pools = snapshot.node_pools.iter_mut();
        let pool = pools.find(|pool| pool.name == machine.node_pool).expect("machines have pools");
        Arc::make_mut(pool).template.taints.push(taint());
        return true;
    }
    let Some(node) = some(&mut snapshot.nodes, number) else { return false };
    Arc::make_mut(node).taints.push(taint());
    plan.existing.contains_key(&node.name)
}

fn pool_label_gone(snapshot: &mut Snapshot, plan: &mut Plan, number: Index) -> bool {
    let Some(machine) = some(&mut plan.machines, number) else { return false };
    let mut pools = snapshot.node_pools.iter_mut();
    let pool = pools.find(|pool| pool.name == machine.node_pool).expect("machines have pools");
    let template = &mut NodePool::clone(pool).template;
    let mut changed = NodePool::clone(pool);
    let is_changed = if let Some(key) = template.labels.keys().next() {
        changed.template.labels.remove(key).is_some()
    } else {
        let entries = &mut changed.template.requirements;
        entries.retain(|entry| entry.operator != Operator::In);
        entries.len() < template.requirements.len()
    };
    *pool = Arc::new(changed);
    is_changed
}

fn some<T>(list: &mut [T], number: Index) -> Option<&mut T> {
    let count = list.len();
    (count > 0).then(|| &mut list[number.index(count)])
}

fn pod_mut<'s>(snapshot: &'s mut Snapshot, id: &PodId) -> &'s mut Pod {
    let pod = snapshot.pods.iter_mut().find(|pod| pod.id == *id);
    Arc::make_mut(pod.expect("the pod is there"))
}
