//! The eviction queue (EVQ-1 to EVQ-14) and what budgets say of pods (PDB-1 to PDB-13).

use karp_core::{
    lifecycle::{Action, EventReason, EvictionAnswer, EvictionQueue, Next, QueuedPod, Target},
    model::{
        EvictionBudgets, IntOrPercent, LabelSelector, NodeName, ObjectId, Pod, PodDisruptionBudget,
        Span, Timestamp, Uid, label, pod_rules,
    },
};

use crate::fixture::*;

fn entry(pod: &Pod, deadline: Option<Timestamp>) -> QueuedPod {
    let node = Target { name: NodeName::from("n1"), uid: Uid::new("uid-of-node") };
    QueuedPod { pod: Target::pod(pod), node, deadline, reason: "Drifted".into() }
}

fn web(name: &str) -> Pod {
    pod(name).label("app", "web")
}

fn budget(name: &str, allowed: i32) -> PodDisruptionBudget {
    let mut budget = PodDisruptionBudget::new(ObjectId::new("default", name));
    budget.selector = Some(LabelSelector::label("app", "web"));
    budget.disruptions_allowed = allowed;
    budget
}

fn queue(pods: &[Pod]) -> EvictionQueue {
    let mut queue = EvictionQueue::new();
    for pod in pods {
        queue.add(entry(pod, None));
    }
    queue
}

fn pass(
    queue: &mut EvictionQueue,
    pods: &[Pod],
    budgets: &[PodDisruptionBudget],
    at: Timestamp,
) -> Next {
    let (pods, budgets) = (arcs(pods.to_vec()), arcs(budgets.to_vec()));
    queue.advance(&pods, &EvictionBudgets::new(&budgets), at)
}

fn evicted(next: &Next) -> Vec<&str> {
    let names = next.actions.iter().filter_map(|action| match action {
        Action::Evict { pod } => Some(pod.name.name()),
        _ => None,
    });
    names.collect()
}

fn forced(next: &Next) -> Vec<(&str, i64)> {
    let names = next.actions.iter().filter_map(|action| match action {
        Action::DeletePod { pod, grace } => Some((pod.name.name(), grace.as_seconds())),
        _ => None,
    });
    names.collect()
}

// EVQ-1, EVQ-2, EVQ-13 and TER-21
#[test]
fn pods_that_are_gone_are_dropped_without_a_word() {
    let mut queue = queue(&[web("a")]);
    let mut reborn = web("a");
    reborn.uid = Uid::new("uid-of-another");
    let next = pass(&mut queue, &[reborn], &[], now());
    assert!(next.actions.is_empty() && queue.is_empty());
    let mut queue = self::queue(&[web("a")]);
    assert_eq!(queue.answer(&Target::pod(&web("a")), &EvictionAnswer::Gone), None);
    assert!(queue.is_empty());
}

// EVQ-3, EVQ-4, EVQ-8
#[test]
fn pods_that_nothing_holds_are_evicted_and_told_why() {
    for budgets in [vec![], vec![budget("b", 1)]] {
        let mut queue = queue(&[web("a")]);
        assert_eq!(evicted(&pass(&mut queue, &[web("a")], &budgets, now())), ["a"]);
        let event = queue.answer(&Target::pod(&web("a")), &EvictionAnswer::Accepted).unwrap();
        assert_eq!(
            (event.reason, event.message.as_str()),
            (EventReason::Evicted, "Evicted pod: Drifted")
        );
        assert!(queue.is_empty());
    }
}

// EVQ-5, EVQ-6 and TER-13
#[test]
fn pods_that_budgets_hold_stay_in_the_queue() {
    let text = "Failed to drain node, evicting pod violates a PDB (PodDisruptionBudget=[default/b]) (Pod=default/a)";
    let several = "Failed to drain node, eviction does not support multiple PDBs \
                   (PodDisruptionBudget=[default/b, default/c]) (Pod=default/a)";
    for (budgets, text) in
        [(vec![budget("b", 0)], text), (vec![budget("c", 5), budget("b", 5)], several)]
    {
        let mut queue = queue(&[web("a")]);
        let next = pass(&mut queue, &[web("a")], &budgets, now());
        let [Action::Publish(event)] = &next.actions[..] else { panic!("{next:?}") };
        assert_eq!((event.reason, event.message.as_str()), (EventReason::FailedDraining, text));
        assert_eq!((queue.len(), waits(&next)), (1, vec!["pod-held"]));
    }
}

#[test]
fn what_the_server_says_of_budgets_counts_too() {
    let mut queue = queue(&[web("a")]);
    let blocked = EvictionAnswer::Blocked { message: "too many".into() };
    let event = queue.answer(&Target::pod(&web("a")), &blocked).unwrap();
    assert_eq!(event.message, "Failed to drain node, too many (Pod=default/a)");
    assert_eq!(queue.answer(&Target::pod(&web("a")), &EvictionAnswer::Failed), None);
    assert_eq!(queue.len(), 1);
}

#[test]
fn two_pods_do_not_share_the_last_eviction_of_a_budget() {
    let pods = [web("a"), web("b"), web("c")];
    let mut queue = queue(&pods);
    let next = pass(&mut queue, &pods, &[budget("b", 2)], now());
    assert_eq!(evicted(&next), ["a", "b"]);
    // A pod that the budget does not count as healthy takes nothing of it.
    let mut broken = web("a");
    broken.status.ready = Some(false);
    let mut lenient = budget("b", 0);
    lenient.always_allows_unhealthy = true;
    let mut queue = self::queue(&[broken.clone(), web("b")]);
    assert_eq!(evicted(&pass(&mut queue, &[broken, web("b")], &[lenient], now())), ["a"]);
}

#[test]
fn pods_that_must_not_be_disrupted_stay_until_they_are_due() {
    let held = annotated(pod("a"), label::DO_NOT_DISRUPT, "true");
    let mut queue = EvictionQueue::new();
    queue.add(entry(&held, Some(now() + minutes(10))));
    let at = |queue: &mut EvictionQueue, at| {
        let next = pass(queue, std::slice::from_ref(&held), &[], at);
        (evicted(&next).len(), forced(&next).len())
    };
    assert_eq!(at(&mut queue, now()), (0, 0));
    assert_eq!(at(&mut queue, now() + minutes(9) + Span::seconds(30)), (0, 0));
    assert_eq!(at(&mut queue, now() + minutes(9) + Span::seconds(30) + Span::nanos(1)), (0, 1));
}

// EVQ-10, EVQ-11
#[test]
fn pods_that_are_due_go_whatever_holds_them() {
    let mut queue = queue(&[web("a")]);
    assert!(forced(&pass(&mut queue, &[web("a")], &[budget("b", 0)], now())).is_empty());
    queue.add(entry(&web("a"), Some(now() + Span::seconds(25))));
    let next = pass(&mut queue, &[web("a")], &[budget("b", 0)], now() + Span::seconds(10));
    assert_eq!(forced(&next), [("a", 15)]);
    assert_eq!(events(&next), [EventReason::Disrupted]);
    // Deleted and stopping in time, it is done with.
    let mut stopping = web("a");
    stopping.status.deleting_since = Some(now() + Span::seconds(25));
    let next = pass(&mut queue, &[stopping], &[], now() + Span::seconds(21));
    assert!(next.actions.is_empty() && queue.is_empty());
}

// EVQ-12
#[test]
fn the_earlier_deadline_is_kept() {
    let (early, late) = (now() + Span::seconds(40), now() + Span::seconds(4000));
    for deadlines in [
        [Some(early), Some(late)],
        [Some(late), Some(early)],
        [Some(early), None],
        [None, Some(early)],
    ] {
        let mut queue = EvictionQueue::new();
        for deadline in deadlines {
            queue.add(entry(&web("a"), deadline));
        }
        assert_eq!(queue.len(), 1);
        let next = pass(&mut queue, &[web("a")], &[budget("b", 0)], now() + Span::seconds(11));
        assert_eq!(forced(&next), [("a", 29)], "{deadlines:?}");
    }
}

// EVQ-14
#[test]
fn pods_get_a_second_after_the_deadline() {
    let mut queue = EvictionQueue::new();
    queue.add(entry(&web("a"), Some(now() - minutes(10))));
    assert_eq!(forced(&pass(&mut queue, &[web("a")], &[], now())), [("a", 1)]);
}

#[test]
fn pauses_grow_from_a_tenth_of_a_second_to_ten() {
    let (mut queue, mut at, mut pauses) = (queue(&[web("a")]), now(), Vec::new());
    for _ in 0..9 {
        let again = pass(&mut queue, &[web("a")], &[budget("b", 0)], at).look_again_at().unwrap();
        pauses.push((again - at).as_millis());
        at = again;
    }
    assert_eq!(pauses, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
    let early = pass(&mut queue, &[web("a")], &[], at - Span::nanos(1));
    assert!(early.actions.is_empty());
}

#[test]
fn a_pause_ends_when_the_pod_is_due() {
    let mut queue = EvictionQueue::new();
    queue.add(entry(&web("a"), Some(now() + Span::seconds(100))));
    let mut at = now();
    for _ in 0..20 {
        let next = pass(&mut queue, &[web("a")], &[budget("b", 0)], at);
        if !forced(&next).is_empty() {
            assert_eq!(at, now() + Span::seconds(70) + Span::nanos(1));
            return;
        }
        at = next.look_again_at().unwrap();
    }
    panic!("never forced");
}

fn forbidding() -> [PodDisruptionBudget; 3] {
    let mut all = budget("all", 9);
    all.min_available = Some(IntOrPercent::Percent(100));
    let mut none = budget("none", 9);
    none.max_unavailable = Some(IntOrPercent::Percent(0));
    let mut zero = budget("zero", 9);
    zero.max_unavailable = Some(IntOrPercent::Int(0));
    [all, none, zero]
}

fn movable(pod: &Pod, budgets: &[PodDisruptionBudget]) -> bool {
    EvictionBudgets::new(&arcs(budgets.to_vec())).can_be_moved(pod, now())
}

// PDB-1 to PDB-3, PDB-9 to PDB-11
#[test]
fn a_budget_may_let_pods_go_that_are_not_well() {
    let blocks = |pod: &Pod, budgets: &[PodDisruptionBudget]| {
        EvictionBudgets::new(&arcs(budgets.to_vec())).blocking(pod, now()).is_some()
    };
    let mut broken = web("a");
    broken.status.ready = Some(false);
    let mut lenient = budget("b", 0);
    lenient.always_allows_unhealthy = true;
    assert!(!blocks(&broken, &[lenient.clone()]));
    assert!(blocks(&broken, &[budget("b", 0)]));
    assert!(blocks(&web("a"), &[lenient.clone()]), "an unknown state is no broken one");
    assert!(!blocks(&pod("a"), &[budget("b", 0)]));
    assert!(!blocks(&web("a").in_namespace("other"), &[budget("b", 0)]));
    lenient.max_unavailable = Some(IntOrPercent::Int(0));
    assert!(movable(&broken, &[lenient]));
    assert!(!movable(&broken, &forbidding()[..1]), "it has to say that it lets them go");
    assert!(movable(&pod("a"), &forbidding()[..1]));
}

// PDB-4 to PDB-8, PDB-12
#[test]
fn budgets_that_never_allow_anything_hold_pods_for_good() {
    let [all, none, zero] = forbidding();
    for budgets in [vec![all.clone()], vec![none], vec![zero], vec![budget("b", 1), budget("c", 1)]]
    {
        assert!(!movable(&web("a"), &budgets), "{budgets:?}");
        assert!(movable(&pod("a"), &budgets), "{budgets:?}");
    }
    assert!(movable(&web("a"), &[budget("b", 0)]), "it may allow one later");
    // Pods that are not evicted at all are held by no budget.
    let held = annotated(web("a"), label::DO_NOT_DISRUPT, "true");
    let budgets = arcs([all]);
    assert_eq!(EvictionBudgets::new(&budgets).blocking_for_good(&held, now()), None);
}

// PDB-13
#[test]
fn pods_that_must_not_be_disrupted_are_not_moved() {
    assert!(!movable(&annotated(web("a"), label::DO_NOT_DISRUPT, "true"), &[]));
    assert!(pod_rules::is_reschedulable(&annotated(web("a"), label::DO_NOT_DISRUPT, "true")));
}

#[test]
fn a_pod_that_is_forced_off_takes_its_share_of_the_budget() {
    let pods = [web("a"), web("b")];
    let mut queue = queue(&pods[..1]);
    queue.add(entry(&pods[1], Some(now())));
    let next = pass(&mut queue, &pods, &[budget("b", 1)], now());
    assert_eq!((evicted(&next), forced(&next)), (vec![], vec![("b", 1)]));
}
