//! Whatever happens in whatever order: budgets, protected pods and limits are respected. Long run:
//! `PROPTEST_CASES=100000 cargo test --release -p karp-core --all-features --test disrupt sequences`.

use std::{collections::BTreeMap, sync::Arc};

use karp_core::{
    arbitrary,
    disrupt::{Command, Method},
    model::{Pod, PodId, Span, label},
    policy::Policy,
    snapshot::Snapshot,
};
use proptest::{collection::vec, prelude::*, sample::select};

use crate::{
    cluster::{Cluster, is},
    rules::Rules,
    worlds::{cases, settled},
};

/// Something that happens.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    /// The controller looks, and carries out the first thing that it finds.
    Pass,
    /// As long as that.
    Time(i64),
    /// The replacements of a command have joined.
    Complete(usize),
    /// A replacement fails, and its command with it.
    Fail(usize),
    /// A pod is made like another one, on a node or waiting.
    Pod(usize, bool),
    /// A pod ends.
    End(usize),
    /// A pod asks not to be disturbed, or no longer.
    Protect(usize),
    /// A budget allows so many evictions.
    Evictions(usize, i32),
    /// A claim says that it drifted, or that it is quiet, or neither.
    Says(usize, &'static str),
    /// A node is gone.
    Lose(usize),
    /// A node stops answering, or answers again.
    Ready(usize),
    /// Waiting pods are placed, if need be on new machines.
    Schedule,
    /// Pods are promised to a node.
    Promise(usize),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        8 => Just(Event::Pass),
        2 => select(&[15_i64, 600, 3_600, 18_000][..]).prop_map(Event::Time),
        3 => any::<usize>().prop_map(Event::Complete),
        1 => any::<usize>().prop_map(Event::Fail),
        2 => any::<(usize, bool)>().prop_map(|(pod, waits)| Event::Pod(pod, waits)),
        2 => any::<usize>().prop_map(Event::End),
        1 => any::<usize>().prop_map(Event::Protect),
        1 => (any::<usize>(), 0..3_i32).prop_map(|(budget, most)| Event::Evictions(budget, most)),
        2 => (any::<usize>(), select(&["Consolidatable", "Drifted", ""][..]))
            .prop_map(|(claim, kind)| Event::Says(claim, kind)),
        1 => any::<usize>().prop_map(Event::Lose),
        1 => any::<usize>().prop_map(Event::Ready),
        1 => Just(Event::Schedule),
        1 => any::<usize>().prop_map(Event::Promise),
    ]
}

fn policies() -> impl Strategy<Value = Policy> {
    (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(better, spot, fixed)| {
        let mut policy = if better { Policy::better() } else { Policy::compat() };
        policy.feature_gates.spot_to_spot_consolidation = spot;
        policy.feature_gates.static_capacity = fixed;
        policy
    })
}

/// A pass as a controller makes it: the first method that finds something, confirmed 15 s later, carried out.
fn pass(cluster: &mut Cluster) -> Result<Vec<Method>, TestCaseError> {
    let mut begun = Vec::new();
    for method in Method::ALL {
        let look = cluster.look();
        let Ok(found) = look.find(method) else { continue };
        is_allowed(cluster, method, &found.commands)?;
        drop(look);
        cluster.memory.note_turns(&found);
        if found.commands.is_empty() {
            continue;
        }
        cluster.wait(Span::seconds(15));
        for command in &found.commands {
            let look = cluster.look();
            let Ok(confirmed) = look.confirm(command) else { continue };
            drop(look);
            // Drift is carried out at once, and not looked at again.
            if method.is_consolidation() {
                is_allowed(cluster, method, std::slice::from_ref(&confirmed))?;
            }
            begun.extend(cluster.start(&confirmed).then_some(method));
        }
        if !begun.is_empty() {
            return Ok(begun);
        }
    }
    Ok(begun)
}

/// Whether commands of one method may all be carried out now.
fn is_allowed(
    cluster: &Cluster,
    method: Method,
    commands: &[Command],
) -> Result<(), TestCaseError> {
    let rules = Rules { snapshot: &cluster.snapshot, memory: &cluster.memory };
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    for command in commands {
        prop_assert_eq!(command.method, method);
        let objection = rules.objection(command);
        prop_assert!(objection.is_none(), "{command}: {}", objection.unwrap_or_default());
        for name in &command.nodes {
            let nodes = cluster.snapshot.nodes.iter();
            let node = nodes.clone().find(|node| node.name == *name).unwrap();
            *taken.entry(node.labels[label::NODE_POOL].as_str()).or_default() += 1;
        }
    }
    for (name, count) in taken {
        let pool = cluster.snapshot.node_pools.iter().find(|pool| pool.name == *name).unwrap();
        let left = rules.left(pool, method);
        prop_assert!(count <= left, "{method}: {count} nodes of {name}, {left} may go");
    }
    Ok(())
}

fn happen(cluster: &mut Cluster, event: Event) -> Result<Vec<Method>, TestCaseError> {
    let snapshot = &mut cluster.snapshot;
    match event {
        Event::Pass => return pass(cluster),
        Event::Time(seconds) => cluster.wait(Span::seconds(seconds)),
        Event::Complete(index) => cluster.complete(index),
        Event::Fail(index) => cluster.fail(index),
        Event::Schedule => cluster.schedule(),
        Event::Pod(index, waits) => add_pod(cluster, index, waits),
        Event::End(index) => {
            if !snapshot.pods.is_empty() {
                snapshot.pods.remove(index % snapshot.pods.len());
            }
        }
        Event::Protect(index) => {
            if let Some(pod) = nth(&mut snapshot.pods, index) {
                let annotations = Arc::make_mut(&mut pod.annotations);
                if annotations.remove(label::DO_NOT_DISRUPT).is_none() {
                    annotations.insert(label::DO_NOT_DISRUPT.to_owned(), "true".to_owned());
                }
            }
        }
        Event::Evictions(index, most) => {
            if let Some(budget) = nth(&mut snapshot.pod_disruption_budgets, index) {
                budget.disruptions_allowed = most;
            }
        }
        Event::Says(index, kind) => {
            if let Some(claim) = nth(&mut snapshot.node_claims, index) {
                let conditions = &mut claim.status.conditions;
                conditions.retain(|own| !matches!(&*own.kind, "Consolidatable" | "Drifted"));
                conditions.extend((!kind.is_empty()).then(|| is(kind)));
            }
        }
        Event::Lose(index) => {
            let name = nth(&mut snapshot.nodes, index).map(|node| node.name.clone());
            if let Some(name) = name {
                cluster.remove_node(&name);
            }
        }
        Event::Ready(index) => {
            if let Some(node) = nth(&mut snapshot.nodes, index) {
                let was_ready = node.conditions.iter().any(|own| own.kind == "Ready");
                node.conditions.clear();
                node.conditions.extend((!was_ready).then(|| is("Ready")));
            }
        }
        Event::Promise(index) => {
            let name = nth(&mut snapshot.nodes, index).map(|node| node.name.clone());
            cluster.memory.nominated = name.into_iter().collect();
        }
    }
    Ok(Vec::new())
}

fn nth<T: Clone>(list: &mut [Arc<T>], index: usize) -> Option<&mut T> {
    let count = list.len().max(1);
    list.get_mut(index % count).map(Arc::make_mut)
}

fn add_pod(cluster: &mut Cluster, index: usize, waits: bool) {
    let snapshot = &mut cluster.snapshot;
    let count = snapshot.pods.len();
    let Some(of) = snapshot.pods.get(index % count.max(1)) else { return };
    let mut pod = Pod::clone(of);
    pod.id = PodId::new(pod.id.namespace(), format!("{}-like", pod.id.name()));
    pod.created_at = snapshot.now;
    if waits {
        pod.status.node = None;
    }
    if !snapshot.pods.iter().any(|other| other.id == pod.id) {
        snapshot.pods.push(Arc::new(pod));
        cluster.sort();
    }
}

fn live(
    (snapshot, seed): (Snapshot, u64),
    policy: &Policy,
    events: &[Event],
) -> Result<Vec<Method>, TestCaseError> {
    let mut cluster = Cluster::new(snapshot, policy, seed);
    let mut begun = Vec::new();
    for event in events {
        begun.extend(happen(&mut cluster, *event)?);
    }
    Ok(begun)
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn budgets_protected_pods_and_limits_are_respected(
        world in settled(arbitrary::snapshot().pods(0..30).nodes(1..9).pools(1..4)),
        policy in policies(),
        events in vec(event(), 1..14),
    ) {
        live(world, &policy, &events)?;
    }

    #[test]
    fn also_where_pods_depend_on_others(
        world in settled(
            arbitrary::snapshot().pods(0..30).nodes(1..9).pools(1..4).with_topology().with_volumes(),
        ),
        policy in policies(),
        events in vec(event(), 1..10),
    ) {
        live(world, &policy, &events)?;
    }
}

/// Sequences in which nothing were ever begun would prove nothing.
#[test]
fn in_many_sequences_something_is_done() {
    use proptest::{strategy::ValueTree as _, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let strategy = settled(arbitrary::snapshot().pods(0..30).nodes(1..9).pools(1..4));
    let mut begun: BTreeMap<Method, usize> = BTreeMap::new();
    let events = [Event::Pass, Event::Complete(0), Event::Pass];
    for _ in 0..60 {
        let world = strategy.new_tree(&mut runner).unwrap().current();
        for method in live(world, &Policy::compat(), &events).unwrap() {
            *begun.entry(method).or_default() += 1;
        }
    }
    for method in [Method::Emptiness, Method::Drift, Method::SingleNode] {
        assert!(begun.get(&method).is_some_and(|count| *count >= 2), "{begun:?}");
    }
}
