//! Which pods hold, leave or need another place (PRE-1 to PRE-14, PRE-19).

use karp_core::{
    lifecycle::EventReason,
    model::{DoNotDisrupt, Pod, PodPhase, Span, Timestamp, label, pod_rules},
};

use crate::fixture::*;

fn saying(text: &str, started: Option<Timestamp>) -> Pod {
    let mut pod = annotated(pod("p"), label::DO_NOT_DISRUPT, text);
    pod.status.started_at = started;
    pod
}

// PRE-1 to PRE-9
#[test]
fn do_not_disrupt_holds_for_ever_or_for_a_time() {
    use EventReason::{
        DoNotDisruptGracePeriodElapsed as Elapsed, DoNotDisruptUntil as Until,
        InvalidDoNotDisruptAnnotation as Invalid,
    };
    let started = Some(now() - minutes(10));
    for (text, started, active, event) in [
        ("true", started, true, None),
        ("true", None, true, None),
        ("10m1s", started, true, Some(Until)),
        ("10m", started, false, Some(Elapsed)),
        ("1h30m", started, true, Some(Until)),
        ("1ms", None, true, None),
        ("false", started, false, Some(Invalid)),
        ("", started, false, Some(Invalid)),
        ("0s", started, false, Some(Invalid)),
        ("-5m", started, false, Some(Invalid)),
        ("1d", started, false, Some(Invalid)),
        ("TRUE", started, false, Some(Invalid)),
    ] {
        let pod = saying(text, started);
        let found = DoNotDisrupt::of(&pod, now());
        let told = found.event(&pod).map(|event| event.reason);
        assert_eq!((found.is_active(), told), (active, event), "{text:?} {found:?}");
        assert_eq!(pod_rules::is_disruptable(&pod, now()), !active, "{text:?}");
    }
    assert_eq!(DoNotDisrupt::of(&pod("p"), now()), DoNotDisrupt::Absent);
}

#[test]
fn people_are_told_until_when() {
    let pod = saying("30m", Some(now()));
    let event = DoNotDisrupt::of(&pod, now()).event(&pod).unwrap();
    assert_eq!(event.message, "Pod is not disrupted until 2026-01-15T12:30:00Z");
    let pod = saying("1d", None);
    let event = DoNotDisrupt::of(&pod, now()).event(&pod).unwrap();
    let text = "Invalid karpenter.sh/do-not-disrupt annotation: ";
    assert!(event.message.starts_with(text) && event.message.contains("`1d`"), "{event:?}");
}

// PRE-10 to PRE-14
#[test]
fn pods_that_have_ended_are_held_by_nothing() {
    let mut ended = saying("true", None);
    ended.status.phase = PodPhase::Succeeded;
    assert!(pod_rules::is_disruptable(&ended, now()));
    let mut leaving = saying("true", None);
    leaving.status.deleting_since = Some(now());
    assert!(pod_rules::is_disruptable(&leaving, now()));
    assert!(pod_rules::is_disruptable(&pod("p"), now()));
}

// PRE-19
#[test]
fn pods_that_will_need_another_place() {
    let leaving = |mut pod: Pod| {
        pod.status.deleting_since = Some(now() + Span::seconds(30));
        pod
    };
    let stateful = || owned_by(pod("p"), "apps/v1", "StatefulSet");
    // One of a stateful set that is being deleted comes back, even when it had finished before.
    let mut ended = stateful();
    ended.status.phase = PodPhase::Failed;
    for (pod, wanted) in [
        (pod("p"), true),
        (leaving(pod("p")), false),
        (stateful(), true),
        (leaving(stateful()), true),
        (ended.clone(), false),
        (leaving(ended), true),
        (owned_by(pod("p"), "apps/v1", "DaemonSet"), false),
        (owned_by(pod("p"), "v1", "Node"), false),
        (saying("true", None), true),
    ] {
        assert_eq!(pod_rules::is_reschedulable(&pod), wanted, "{pod:?}");
    }
}
