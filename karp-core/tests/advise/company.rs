//! Spread, affinity and anti-affinity, of the pod and of others.

use karp_core::{
    model::{PodAffinityTerm, TopologySpread, label},
    policy::Policy,
};

use super::fixture::*;

#[test]
fn a_skew_is_raised_by_the_least_that_helps_or_becomes_a_wish() {
    // Three pods run in z1; the pool reaches z1 alone, z2 is empty.
    let running = (0..3).map(|i| pod(&format!("old-{i}")).label("app", "a").bound_to("n"));
    let spread = TopologySpread::new(ZONE, 1).selecting(app("a"));
    let found = helps(
        world()
            .node_pool(pool().requirement(is_in(ZONE, &["z1"])))
            .nodes([
                node("n").resource("cpu", "2"),
                node("empty").label(ZONE, "z2").resource("cpu", "0"),
            ])
            .pods(running)
            .pod(pod("p").label("app", "a").spread(spread)),
    );
    assert_eq!(
        found[..2],
        [
            format!("make the spread over {ZONE} of pods like `default/p` ScheduleAnyway"),
            format!("raise maxSkew over {ZONE} of pods like `default/p` from 1 to 4"),
        ]
    );
}

#[test]
fn fewer_domains_may_do() {
    let mut spread = TopologySpread::new(ZONE, 1).selecting(app("a"));
    spread.min_domains = Some(3);
    let pods = (0..3).map(|i| pod(&format!("p-{i}")).label("app", "a").spread(spread.clone()));
    let found = helps(world().node_pool(pool()).pods(pods));
    assert!(
        found.contains(&format!(
            "lower minDomains over {ZONE} of pods like `default/p-2` from 3 to 2"
        )) || found.contains(&format!(
            "lower minDomains over {ZONE} of pods like `default/p-0` from 3 to 2"
        )),
        "{found:?}"
    );
}

#[test]
fn a_spread_of_the_policy_becomes_a_wish() {
    let mut policy = Policy::compat();
    let mut spread = TopologySpread::new(ZONE, 1);
    spread.min_domains = Some(3);
    policy.default_spread = vec![spread];
    let service = karp_core::model::Service {
        id: karp_core::model::ObjectId::new("default", "a"),
        selector: Some([("app".to_owned(), "a".to_owned())].into()),
    };
    let pods = (0..3).map(|i| pod(&format!("p-{i}")).label("app", "a"));
    let found = helps_under(world().node_pool(pool()).services([service]).pods(pods), &policy);
    let text = format!("make the policy's default spread over {ZONE} ScheduleAnyway");
    assert_eq!(found, [text]);
}

#[test]
fn a_demand_to_be_near_nobody_becomes_a_wish() {
    let near = PodAffinityTerm::new(ZONE, app("cache"));
    let found = helps(world().node_pool(pool()).pod(pod("p").near(near)));
    assert_eq!(
        found,
        [format!("make the affinity over {ZONE} of pods like `default/p` preferred")]
    );
}

#[test]
fn a_demand_to_be_away_becomes_a_wish() {
    let away = || PodAffinityTerm::new(ZONE, app("a"));
    let running = ["n1", "n2"].map(|node| pod(node).label("app", "a").bound_to(node));
    let found = helps(
        world()
            .node_pool(pool())
            .nodes([node("n1"), node("n2").label(ZONE, "z2")])
            .pods(running)
            .pod(pod("p").away_from(away())),
    );
    assert_eq!(
        found,
        [format!("make the anti-affinity over {ZONE} of pods like `default/p` preferred")]
    );
}

#[test]
fn pods_that_avoid_others_also_in_what_runs_already_stop_doing_so() {
    let own =
        |name: &str| pod(name).label("app", "a").away_from(PodAffinityTerm::new(ZONE, app("a")));
    let found =
        helps(world().node_pool(pool()).nodes([node("n1"), node("n2").label(ZONE, "z2")]).pods([
            own("old-1").bound_to("n1"),
            own("old-2").bound_to("n2"),
            own("p"),
        ]));
    assert_eq!(
        found,
        [format!("make the anti-affinity over {ZONE} of pods like `default/p` preferred")]
    );
}

#[test]
fn the_term_of_others_that_avoid_the_pod_becomes_a_wish() {
    let grumpy =
        |name: &str| pod(name).label("app", "db").away_from(PodAffinityTerm::new(ZONE, app("a")));
    let found = helps(
        world()
            .node_pool(pool())
            .nodes([node("n1"), node("n2").label(ZONE, "z2")])
            .pods([grumpy("db-1").bound_to("n1"), grumpy("db-2").bound_to("n2")])
            .pod(pod("p").label("app", "a")),
    );
    assert_eq!(
        found,
        [format!("make the anti-affinity over {ZONE} of pods like `default/db-1` preferred")]
    );
}

#[test]
fn a_place_on_one_host_of_ones_own_needs_no_advice() {
    let alone = |name: &str| {
        pod(name).label("app", "a").away_from(PodAffinityTerm::new(label::HOSTNAME, app("a")))
    };
    let all = all(world().node_pool(pool()).pods([alone("p-1"), alone("p-2")]), &Policy::compat());
    assert_eq!(all, []);
}
