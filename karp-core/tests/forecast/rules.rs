//! Single rules of a forecast, each on a cluster of two or three nodes.

use karp_core::{
    budget::{Decider, DisruptionReason},
    disrupt::Method,
    forecast::{Assumptions, Forecast, Happening, WaitReason, forecast},
    model::{
        CapacityType::{OnDemand, Spot},
        ConditionStatus, LabelSelector, NodePool, ObjectId, PodDisruptionBudget, PodId, Span, usd,
    },
    policy::Policy,
    snapshot::SnapshotBuilder,
};

use crate::fixture::*;

fn week(cluster: SnapshotBuilder) -> Forecast {
    forecast(&cluster.build().unwrap(), &Policy::compat(), &Assumptions::default())
}

/// Events in words, with the seconds since the start.
fn story(week: &Forecast) -> Vec<String> {
    let line = |event: &karp_core::forecast::Event| {
        format!("{} {event}", event.at.since(week.from).as_seconds())
    };
    week.events.iter().map(line).collect()
}

fn node_of(week: &Forecast, pod: &str) -> String {
    let pod = week.cluster.pods.iter().find(|own| own.id == PodId::new("default", pod)).unwrap();
    pod.status.node.as_ref().unwrap().to_string()
}

#[test]
fn a_half_empty_node_is_replaced_and_its_pods_move_when_the_replacement_is_there() {
    let general = pool("general");
    let machines = [machine(("a", &general), "m.huge", OnDemand)];
    let week = week(cluster([general], machines).pods([pod("web", "1500m").bound_to("a")]));
    assert_eq!(
        story(&week),
        [
            "15 singleNode: replace a by general-new-1 (m.small, spot) (0.03 instead of 0.80 USD per hour)",
            "165 a is gone, 1 pods moved",
        ]
    );
    assert_eq!(node_of(&week, "web"), "general-new-1");
    let curve: Vec<_> = week.curve.iter().map(|point| point.fleet.machines).collect();
    assert_eq!(curve, [1, 2, 1]);
    let event = &week.events[0];
    assert_eq!((event.before.machines, event.after.machines), (1, 1));
    assert_eq!(
        (event.before.price, event.after.price),
        (usd("0.80").unwrap(), usd("0.03").unwrap())
    );
    assert!(week.end.is_settled);
    assert!(week.spent_pico() * 20 < week.unchanged_pico());
}

#[test]
fn budgets_hold_back_until_their_window_opens() {
    let mut general = pool("general");
    // Nothing by day: from six to 22 o'clock.
    general.disruption.budgets.push(scheduled("0", "0 6 * * *", Span::hours(16)));
    let machines = ["a", "b"].map(|name| machine((name, &general), "m.large", OnDemand));
    let week = week(cluster([general], machines));
    let ten_hours = Span::hours(10);
    assert_eq!(story(&week)[0], "36015 emptiness: delete a, b (0.00 instead of 0.76 USD per hour)");
    let held = &week.held[0];
    assert_eq!((held.from, held.to), (week.from, week.from + ten_hours));
    assert_eq!((held.reason, held.decided_by), (DisruptionReason::Empty, Decider::Budget(1)));
    assert_eq!(held.nodes.len(), 2);
}

#[test]
fn a_budget_of_one_lets_nodes_go_one_after_another() {
    let mut general = pool("general");
    general.disruption.budgets = vec![budget("1")];
    let machines = ["a", "b", "c"].map(|name| machine((name, &general), "m.large", OnDemand));
    let week = week(cluster([general], machines));
    let starts: Vec<i64> =
        week.commands().map(|(at, _)| at.since(week.from).as_seconds()).collect();
    assert_eq!(starts, [15, 15 + 75, 15 + 75 + 75]);
    assert!(week.commands().all(|(_, command)| command.nodes.len() == 1));
}

#[test]
fn pods_that_come_restart_the_quiet_time() {
    let mut general = pool("general");
    general.disruption.consolidate_after = Span::hours(1).into();
    let machines = [machine(("a", &general), "m.huge", OnDemand)];
    let waiting = pod("web", "1500m");
    let week = week(cluster([general], machines).pods([waiting]));
    assert_eq!(node_of(&week, "web"), "general-new-1");
    assert!(story(&week)[0].starts_with("3615 singleNode: replace a"), "{:?}", story(&week));
}

#[test]
fn pods_that_wait_are_served_before_anything_is_removed() {
    let general = pool("general");
    let week = week(cluster([general], []).pods([pod("web", "3")]));
    assert_eq!(story(&week), ["0 provisioning: buy general-new-1 (m.medium, spot)"]);
    assert_eq!(node_of(&week, "web"), "general-new-1");
    assert_eq!(week.end.pods_waiting, 0);
}

#[test]
fn an_old_claim_is_deleted_whatever_budgets_say_and_its_pods_get_a_machine_first() {
    let mut general = pool("general");
    general.disruption.budgets = vec![budget("0")];
    let (node, mut claim) = machine(("a", &general), "m.small", OnDemand);
    claim.expire_after = Span::hours(24 + 5).into();
    let week = week(cluster([general], [(node, claim)]).pods([pod("web", "1").bound_to("a")]));
    let five_hours = 5 * 3600;
    assert_eq!(
        story(&week),
        [
            format!("{five_hours} expiry: a reached its age"),
            format!("{five_hours} provisioning: buy general-new-1 (m.small, spot)"),
            format!("{} a is gone, 1 pods moved", five_hours + 60),
        ]
    );
    assert_eq!(node_of(&week, "web"), "general-new-1");
}

#[test]
fn a_protected_pod_holds_its_node_until_its_time_is_over() {
    let general = pool("general");
    let machines = [machine(("a", &general), "m.huge", OnDemand)];
    let batch = protected(pod("batch", "1").bound_to("a"), "2h");
    let week = week(cluster([general], machines).pods([batch]));
    assert!(story(&week)[0].starts_with("7215 singleNode: replace a"), "{:?}", story(&week));
}

#[test]
fn a_pod_that_is_protected_for_good_stays_though_its_node_expires() {
    let general = pool("general");
    let (node, mut claim) = machine(("a", &general), "m.small", OnDemand);
    claim.expire_after = Span::hours(25).into();
    let pods =
        [protected(pod("batch", "1").bound_to("a"), "true"), pod("web", "500m").bound_to("a")];
    let week = week(cluster([general], [(node, claim)]).pods(pods));
    assert_eq!(node_of(&week, "batch"), "a");
    assert_eq!(node_of(&week, "web"), "general-new-1");
    let held = week.events.iter().filter(|event| matches!(event.what, Happening::Held { .. }));
    assert_eq!(held.count(), 1);
}

#[test]
fn the_deadline_of_a_claim_forces_a_protected_pod_off() {
    let general = pool("general");
    let (node, mut claim) = machine(("a", &general), "m.small", OnDemand);
    claim.expire_after = Span::hours(25).into();
    claim.termination_grace_period = Some(Span::hours(2));
    let batch = protected(pod("batch", "1").bound_to("a"), "true");
    let week = week(cluster([general], [(node, claim)]).pods([batch]));
    assert!(
        story(&week).contains(&format!("{} a is gone, 1 pods moved", 3 * 3600)),
        "{:?}",
        story(&week)
    );
}

#[test]
fn a_pod_disruption_budget_that_allows_none_keeps_its_node() {
    let general = pool("general");
    let machines = [machine(("a", &general), "m.huge", OnDemand)];
    let mut pdb = PodDisruptionBudget::new(ObjectId::new("default", "web"));
    pdb.selector = Some(LabelSelector::label("app", "web"));
    let web = pod("web", "1").label("app", "web").bound_to("a");
    let week = week(cluster([general], machines).pods([web]).pod_disruption_budgets([pdb]));
    assert!(week.events.is_empty());
    assert!(week.end.is_settled);
}

#[test]
fn a_drifted_node_is_replaced_at_any_price_and_only_once() {
    let mut general = pool("general");
    general.disruption.consolidate_after = "Never".parse().unwrap();
    let (node, mut claim) = machine(("a", &general), "m.small", Spot);
    claim.status.conditions.push(is("Drifted", noon()));
    let week = week(cluster([general], [(node, claim)]).pods([pod("web", "1").bound_to("a")]));
    let methods: Vec<Method> = week.commands().map(|(_, command)| command.method).collect();
    assert_eq!(methods, [Method::Drift]);
    assert_eq!(week.end.waits.len(), 1);
    assert_eq!(week.end.waits[0].reason, WaitReason::Expiry);
}

#[test]
fn a_changed_template_drifts_what_was_made_from_the_old_one() {
    let mut general = pool("general");
    general.disruption.consolidate_after = "Never".parse().unwrap();
    general.hash = "17".to_owned();
    let (node, mut claim) = machine(("a", &general), "m.small", Spot);
    let stamp = karp_core::lifecycle::HashStamp::new("16", NodePool::HASH_VERSION);
    claim.annotations = stamp.annotations();
    let week = week(cluster([general], [(node, claim)]).pods([pod("web", "1").bound_to("a")]));
    let methods: Vec<Method> = week.commands().map(|(_, command)| command.method).collect();
    assert_eq!(methods, [Method::Drift]);
}

#[test]
fn a_drifted_node_of_a_static_pool_is_replaced_by_the_cheapest_that_its_requirements_allow() {
    let mut fixed = pool("fixed");
    fixed.replicas = Some(1);
    let (node, mut claim) = machine(("a", &fixed), "m.large", OnDemand);
    claim.status.conditions.push(is("Drifted", noon()));
    let week = week(cluster([fixed], [(node, claim)]));
    assert_eq!(
        story(&week)[0],
        "0 staticDrift: replace a by fixed-new-1 (m.small, spot) (0.00 instead of 0.38 USD per hour)"
    );
}

#[test]
fn machines_that_are_under_way_join_and_those_that_leave_are_gone() {
    let general = pool("general");
    let (_, mut coming) = machine(("a", &general), "m.small", Spot);
    coming.status.node = None;
    coming.status.conditions.retain(|own| own.kind == "Launched");
    let (node, mut going) = machine(("b", &general), "m.small", OnDemand);
    going.deleting_since = Some(noon());
    let mut cluster = cluster([general], [(node, going)]).pods([pod("web", "1").bound_to("b")]);
    cluster = cluster.node_claims([coming]);
    let week = week(cluster);
    assert_eq!(story(&week)[0], "60 b is gone, 1 pods moved");
    assert_eq!(node_of(&week, "web"), "a-claim");
    let claim = &week.cluster.node_claims[0];
    let initialized = claim.status.conditions.iter().find(|own| own.kind == "Initialized").unwrap();
    assert_eq!(initialized.status, ConditionStatus::True);
}

#[test]
fn a_forecast_may_end_early() {
    let general = pool("general");
    let machines = [machine(("a", &general), "m.huge", OnDemand)];
    let snapshot = cluster([general], machines).build().unwrap();
    let mut assumptions = Assumptions::default();
    assumptions.most_passes = 1;
    let week = forecast(&snapshot, &Policy::compat(), &assumptions);
    assert!(week.end.ended_early && !week.end.is_settled);
}
