//! What holds in every life, whatever fails: no machine is leaked or taken from others, no protected pod leaves early, everything comes to its
//! end. Long run: `PROPTEST_CASES=100000 cargo test -p karp-core --all-features --test lifecycle lives`.

use std::sync::Arc;

use karp_core::{
    lifecycle::{
        self, Action, ClaimState, Interruption, InterruptionKind, Next, NodeState, Sight,
        conditions,
    },
    model::{Condition, ConditionStatus, Labels, Node, NodeClaim, Pod, Span, label},
};
use proptest::{collection::vec, prelude::*, sample::select};

use crate::{fixture::*, world::World};

/// Something that happens.
#[derive(Clone, Debug)]
enum Event {
    Create(bool),
    Crash,
    DeleteClaim(usize),
    DeleteNode(usize),
    Interrupt(usize, InterruptionKind),
    Join(usize),
    Lose(usize),
    Pass(u64),
    Pod(usize, &'static str),
    Sweep(u64),
    Tick(i64),
}

fn event() -> impl Strategy<Value = Event> {
    let interruption = select(
        &[
            InterruptionKind::SpotInterrupted,
            InterruptionKind::SystemStatus,
            InterruptionKind::InstanceTerminated,
        ][..],
    );
    prop_oneof![
        2 => any::<bool>().prop_map(Event::Create),
        1 => Just(Event::Crash),
        1 => (0_usize..4).prop_map(Event::DeleteClaim),
        1 => (0_usize..4).prop_map(Event::DeleteNode),
        1 => ((0_usize..4), interruption).prop_map(|(index, kind)| Event::Interrupt(index, kind)),
        4 => (0_usize..4).prop_map(Event::Join),
        1 => (0_usize..4).prop_map(Event::Lose),
        8 => any::<u64>().prop_map(Event::Pass),
        4 => Just(Event::Pass(0)),
        4 => ((0_usize..4), select(&["", "web", "web", "true", "5m"][..]))
            .prop_map(|(index, protection)| Event::Pod(index, protection)),
        1 => any::<u64>().prop_map(Event::Sweep),
        6 => select(&[1_i64, 5, 10, 60, 400][..]).prop_map(Event::Tick),
    ]
}

fn happen(world: &mut World, event: &Event) {
    match *event {
        Event::Create(bounded) => world.create(bounded.then(|| minutes(5))),
        Event::Crash => world.crash(),
        Event::DeleteClaim(index) => {
            let name = world.claims.keys().nth(index).cloned();
            name.map(|name| world.delete_claim(&name));
        }
        Event::DeleteNode(index) => {
            let name = world.nodes.keys().nth(index).cloned();
            name.map(|name| world.delete_node(&name));
        }
        Event::Interrupt(index, kind) => {
            let notice = Interruption::new(kind, world.now);
            let claim = world.claims.values().nth(index).cloned();
            if let Some(claim) = claim {
                let (settings, now) = (world.settings.clone(), world.now);
                let next = lifecycle::interrupt(&claim, None, &notice, &settings, now);
                world.carry_out(&next);
            }
        }
        Event::Join(index) => world.join(index),
        Event::Lose(index) => world.lose(index),
        Event::Pass(faults) => world.pass(faults),
        Event::Pod(index, protection) => world.add_pod(index, protection),
        Event::Sweep(faults) => world.sweep(faults),
        Event::Tick(seconds) => world.tick(Span::seconds(seconds)),
    }
}

/// Everybody wants everything to end, nothing fails any more, and pods go.
fn wind_down(world: &mut World) {
    while let Some(name) =
        world.claims.values().find(|own| own.deleting_since.is_none()).map(|own| own.name.clone())
    {
        world.delete_claim(&name);
    }
    for _ in 0..60 {
        let now = world.now;
        world.pods.values_mut().for_each(|pod| {
            pod.status.deleting_since.get_or_insert(now);
        });
        world.pass(0);
        world.pass(0);
        world.sweep(0);
        world.tick(Span::seconds(31));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(256), ..ProptestConfig::default() })]

    #[test]
    fn whatever_fails_every_life_ends_and_nobody_is_hurt(
        min_available in 0_usize..3,
        steal in prop::bool::weighted(0.3),
        events in vec(event(), 1..80),
    ) {
        let mut world = World::new(min_available);
        if steal {
            world.steal();
        }
        for event in &events {
            happen(&mut world, event);
        }
        wind_down(&mut world);
        let left: Vec<_> = world
            .claims
            .values()
            .filter(|claim| claim.status.provider_id != "fake:///foreign")
            .collect();
        prop_assert!(left.is_empty(), "claims left: {left:?}");
        for (id, machine) in &world.machines {
            prop_assert_eq!(machine.is_gone, machine.owner.is_some(), "machine {}", id);
        }
        let left: Vec<_> =
            world.nodes.values().filter(|node| node.provider_id != "fake:///foreign").collect();
        prop_assert!(left.iter().all(|node| node.finalizers.is_empty()), "nodes left: {left:?}");
    }

    #[test]
    fn one_claim_never_has_two_machines(events in vec(event(), 1..80)) {
        let mut world = World::new(0);
        for event in &events {
            happen(&mut world, event);
            let mut owners: Vec<_> =
                world.machines.values().filter_map(|machine| machine.owner.clone()).collect();
            let count = owners.len();
            owners.sort();
            owners.dedup();
            prop_assert_eq!(owners.len(), count);
        }
    }

    #[test]
    fn a_rule_whose_answer_was_carried_out_has_nothing_new_to_write(
        events in vec(event(), 1..60),
    ) {
        let mut world = World::new(1);
        for event in &events {
            happen(&mut world, event);
        }
        // Answers of the same instant may lead on; after a few passes nothing moves any more.
        for _ in 0..8 {
            world.pass(0);
        }
        for name in world.claims.keys() {
            let next = &world.about_claim(name)[0];
            prop_assert!(writes(next).is_empty(), "{:?}", next);
        }
        for name in world.nodes.keys() {
            let next = world.about_node(name);
            prop_assert!(writes(&next).is_empty(), "{:?}", next);
        }
    }

    /// Every action may be repeated: a shell that does not know whether a write took effect writes again.
    #[test]
    fn a_write_that_is_repeated_changes_nothing(
        claim in any_claim(), node in any_node(), sight in any_sight(),
    ) {
        let mut node = node;
        node.provider_id.clone_from(&claim.status.provider_id);
        let nodes = arcs([node.clone()]);
        let state = ClaimState::new(&claim).with_nodes(&nodes).with_sight(&sight);
        let claims = arcs([claim.clone()]);
        let going = NodeState::new(&node).with_claims(&claims).with_sight(&sight);
        for next in [advance(&state, now()), lifecycle::terminate_node(&going, &settings(), now())] {
            let once = written(&next, &claim, &node, now());
            prop_assert_eq!(&written(&next, &once.0, &once.1, now()), &once);
        }
    }

    #[test]
    fn the_order_of_lists_reaches_no_answer(
        claims in vec(any_claim(), 0..4),
        nodes in vec(any_node(), 0..4),
        pods in vec(any_pod(), 0..6),
    ) {
        let sorted = answers(&claims, &nodes, &pods);
        let (mut claims, mut nodes, mut pods) = (claims, nodes, pods);
        claims.reverse();
        nodes.reverse();
        pods.reverse();
        let shuffled = answers(&claims, &nodes, &pods);
        prop_assert_eq!(sorted, shuffled);
    }

    /// Nonsense in, an answer out, twice the same.
    #[test]
    fn rules_answer_whatever_they_are_asked(
        claim in any_claim(), node in any_node(), pods in vec(any_pod(), 0..6), sight in any_sight(),
    ) {
        let nodes = arcs([node.clone()]);
        let state = ClaimState::new(&claim).with_nodes(&nodes).with_sight(&sight);
        let first = advance(&state, now());
        prop_assert_eq!(&first, &advance(&state, now()));
        let (claims, pods) = (arcs([claim.clone()]), arcs(pods));
        let state = NodeState::new(&node).with_claims(&claims).with_pods(&pods).with_sight(&sight);
        let first = lifecycle::terminate_node(&state, &settings(), now());
        prop_assert_eq!(first, lifecycle::terminate_node(&state, &settings(), now()));
        let mut all = settings();
        all.node_repair = true;
        let next = lifecycle::repair(&claim, &node, &nodes, &all, now());
        prop_assert!(next.actions.len() <= 2);
        lifecycle::check_consistency(&claim, &node, &settings(), now());
        lifecycle::hydrate(&claim, Some(&node), &settings());
        lifecycle::expire(&claim, &settings(), now());
    }
}

/// Cases of one property: few by default, as many as the environment says in a long run.
fn cases(usual: u32) -> u32 {
    ProptestConfig::default().cases.max(usual)
}

/// Actions that change an object of the cluster.
fn writes(next: &Next) -> Vec<&Action> {
    let is_write = |action: &&Action| {
        !matches!(
            action,
            Action::Publish(_)
                | Action::Launch { .. }
                | Action::LookUp { .. }
                | Action::QueueEvictions(_)
                | Action::Terminate(_)
        )
    };
    next.actions.iter().filter(is_write).collect()
}

/// What every rule that sees several objects says.
fn answers(claims: &[NodeClaim], nodes: &[Node], pods: &[Pod]) -> Vec<Next> {
    let unique = |names: Vec<String>| {
        let mut seen = names.clone();
        seen.sort();
        seen.dedup();
        seen.len() == names.len()
    };
    let names = claims.iter().map(|claim| claim.name.to_string()).collect();
    if !unique(names) || !unique(nodes.iter().map(|node| node.name.to_string()).collect()) {
        return Vec::new();
    }
    let (claims, nodes, pods) = (arcs(claims.to_vec()), arcs(nodes.to_vec()), arcs(pods.to_vec()));
    let sight = alive();
    let mut of_nodes: Vec<(String, Next)> = nodes
        .iter()
        .map(|node| {
            let state =
                NodeState::new(node).with_claims(&claims).with_pods(&pods).with_sight(&sight);
            (node.name.to_string(), lifecycle::terminate_node(&state, &settings(), now()))
        })
        .collect();
    of_nodes.sort_by(|a, b| a.0.cmp(&b.0));
    let mut answers: Vec<Next> = of_nodes.into_iter().map(|(_, next)| next).collect();
    answers.push(lifecycle::collect_claims(&claims, &nodes, &[], &settings(), now()));
    let later = now() + minutes(9);
    answers.push(lifecycle::collect_machines(&[machine()], &claims, &nodes, later));
    let mut fixed = pool();
    fixed.replicas = Some(1);
    let state = lifecycle::StaticState::new(&fixed, &claims).with_nodes(&nodes, &pods);
    answers.push(lifecycle::scale_down(&state, |_| false, &settings(), now()));
    answers
}

fn any_condition() -> impl Strategy<Value = Condition> {
    let kinds = [
        conditions::LAUNCHED,
        conditions::REGISTERED,
        conditions::INITIALIZED,
        conditions::DRAINED,
        conditions::READY,
    ];
    let statuses = [ConditionStatus::True, ConditionStatus::False, ConditionStatus::Unknown];
    (select(kinds.to_vec()), select(statuses.to_vec()), -600_i64..10)
        .prop_map(|(kind, status, age)| is(kind, status, now() + Span::seconds(age)))
}

fn any_claim() -> impl Strategy<Value = NodeClaim> {
    let deadline = select(vec![None, Some("rubbish"), Some("2026-01-15T12:00:20Z")]);
    (0_u8..4, any::<[bool; 3]>(), vec(any_condition(), 0..5), deadline).prop_map(
        |(number, [is_going, is_bare, is_launched], conditions, deadline)| {
            let mut claim = claim();
            claim.name = format!("general-{number}").as_str().into();
            claim.deleting_since = is_going.then(now);
            if is_bare {
                claim.finalizers.clear();
            }
            if is_launched {
                claim.status.provider_id = format!("fake:///m{number}");
            }
            claim.status.conditions = conditions;
            let noted = deadline.map(|text| (label::TERMINATION_TIMESTAMP.into(), text.into()));
            claim.annotations.extend(noted);
            claim
        },
    )
}

fn any_node() -> impl Strategy<Value = Node> {
    (0_u8..4, any::<[bool; 2]>(), vec(any_condition(), 0..2)).prop_map(
        |(number, [is_going, is_ready], conditions)| {
            let mut node = if is_ready { joined() } else { joining() };
            node.name = format!("n{number}").as_str().into();
            node.provider_id = format!("fake:///m{number}");
            node.deleting_since = is_going.then(now);
            if !is_ready {
                node.conditions = conditions;
            }
            node
        },
    )
}

fn any_pod() -> impl Strategy<Value = Pod> {
    let text = select(vec!["", "true", "5m", "-1s", "rubbish"]);
    (any::<u16>(), 0_u8..4, text, option_of_seconds(), option_of_seconds()).prop_map(
        |(number, node, text, grace, stops)| {
            let mut pod = pod(&format!("p{number}")).bound_to(format!("n{node}").as_str());
            pod.spec_mut().termination_grace_period = grace.map(Span::seconds);
            pod.status.deleting_since = stops.map(|seconds| now() + Span::seconds(seconds - 90));
            if !text.is_empty() {
                pod.annotations =
                    Arc::new(Labels::from([(label::DO_NOT_DISRUPT.into(), text.into())]));
            }
            pod
        },
    )
}

fn option_of_seconds() -> impl Strategy<Value = Option<i64>> {
    prop::option::of(select(vec![0_i64, 10, 30, 60, 300]))
}

fn any_sight() -> impl Strategy<Value = Sight> {
    select(vec![Sight::Unknown, alive(), Sight::Ending(machine()), Sight::Gone, Sight::Foreign])
}
