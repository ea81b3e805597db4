//! Pods kept together and kept apart.

use karp_core::model::{
    Effect, LabelSelector, Pod, PodAffinityTerm, Taint, Toleration, WeightedPodAffinityTerm, label,
};

use super::{
    fixture::*,
    topology::{left, node, per_machine, plan_for, skew, spread, web, webs},
};

fn near(key: &str, selector: LabelSelector) -> PodAffinityTerm {
    PodAffinityTerm::new(key, selector)
}

#[test]
fn pods_that_want_to_be_together_share_a_domain() {
    // AFF-4, AFF-5
    let together = |count| webs(count, |pod| pod.near(near(label::HOSTNAME, web())));
    assert_eq!(per_machine(&plan(pool(), together(3))), [3]);
    let ten = plan(pool(), together(10));
    assert_eq!((per_machine(&ten), left(&ten)), (vec![5], 5));
    assert_eq!(codes(&ten, ten.unplaced[0].pod.name()), ["pod-affinity"]);
    // AFF-7, AFF-8
    assert_eq!(per_machine(&plan(pool(), webs(3, |pod| pod.near(near(ZONE, web()))))), [3]);
    let third = webs(3, |pod| pod.near(near(ZONE, web())).on_nodes_with(ZONE, "z3"));
    assert_eq!(skew(&plan(pool(), third), ZONE), [3]);
    // AFF-9: those that are there are nowhere the second may go, so that it may be the first there.
    let apart = ["z2", "z3"].map(|zone| {
        pod(zone).label("app", "web").near(near(ZONE, web())).on_nodes_with(ZONE, zone)
    });
    assert_eq!(skew(&plan(pool(), apart), ZONE), [1, 1]);
}

#[test]
fn a_follower_waits_for_its_target() {
    let follower = |i: usize| pod(&format!("f-{i}")).near(near(ZONE, web()));
    let target = || pod("target").label("app", "web");
    // AFF-21, AFF-25
    let none = plan(pool(), (0..10).map(follower));
    assert_eq!(left(&none), 10);
    // AFF-22: where the target will be is not known yet.
    let unpinned = plan(pool(), (0..10).map(follower).chain([target()]));
    assert_eq!(left(&unpinned), 10);
    // AFF-23
    let pinned = plan(pool(), (0..10).map(follower).chain([target().on_nodes_with(ZONE, "z1")]));
    assert_eq!(left(&pinned), 0);
    // AFF-2
    let hosts = pod("f").near(near(label::HOSTNAME, web()));
    let plan = plan(pool(), [hosts, target()]);
    assert_eq!(per_machine(&plan), [2]);
    // AFF-10
    let mut wishing = pod("p");
    wishing.spec_mut().pod_affinity.preferred.push(WeightedPodAffinityTerm {
        weight: 50,
        pod_affinity_term: near(ZONE, selector("app", "nobody")),
    });
    assert_eq!(left(&super::fixture::plan(pool(), [wishing])), 0);
}

#[test]
fn chains_of_followers_resolve_in_any_order() {
    // AFF-24
    let app = |name: &str, target: Option<&str>| {
        let pod = pod(name).label("app", name);
        match target {
            Some(target) => pod.near(near(label::HOSTNAME, selector("app", target))),
            None => pod,
        }
    };
    let chain = [
        app("ui", Some("cache")),
        app("cache", Some("web")),
        app("web", Some("db")),
        app("db", None),
    ];
    for turn in 0..4 {
        let mut pods = chain.clone();
        pods.rotate_left(turn);
        let plan = plan(pool(), pods);
        assert_eq!(per_machine(&plan), [4]);
    }
}

#[test]
fn pods_that_avoid_each_other_are_kept_apart() {
    // AFF-12
    let apart = webs(4, |pod| pod.away_from(near(label::HOSTNAME, web())));
    assert_eq!(per_machine(&plan(pool(), apart)), [1, 1, 1, 1]);
    // AFF-13
    let pinned = |cpu: &str| {
        let cpu = cpu.to_owned();
        ["z1", "z2", "z3"].map(|zone| {
            pod(zone).label("app", "web").request("cpu", &cpu).on_nodes_with(ZONE, zone)
        })
    };
    let avoiding = pod("p").away_from(near(ZONE, web()));
    let plan_ = plan(pool(), pinned("2").into_iter().chain([avoiding.clone()]));
    assert_eq!(codes(&plan_, "p"), ["pod-anti-affinity"]);
    // AFF-14: it could be anywhere.
    let anywhere = pod("big").label("app", "web").request("cpu", "2");
    assert_eq!(codes(&plan(pool(), [anywhere, avoiding]), "p"), ["pod-anti-affinity"]);
    // AFF-15
    let arm =
        pod("arm").label("app", "web").request("cpu", "2").on_nodes_with(label::ARCH, "arm64");
    let away = pod("p").away_from(near(label::ARCH, web()));
    let plan_ = plan(pool(), [arm, away]);
    assert_eq!(label_of(&plan_, "p", label::ARCH), format!("{} In [amd64]", label::ARCH));
    // AFF-20
    let selves = webs(3, |pod| pod.away_from(near(ZONE, web())));
    assert_eq!(left(&plan(pool(), selves)), 2);
}

#[test]
fn a_pod_is_kept_from_those_that_avoid_it() {
    let avoiding = |required: bool| {
        ["z1", "z2", "z3"].map(|zone| {
            let term = near(ZONE, selector("app", "target"));
            let mut pod = pod(zone).request("cpu", "2").on_nodes_with(ZONE, zone);
            if required {
                pod = pod.away_from(term);
            } else {
                pod.spec_mut()
                    .pod_anti_affinity
                    .preferred
                    .push(WeightedPodAffinityTerm { weight: 10, pod_affinity_term: term });
            }
            pod
        })
    };
    let target = || pod("target").label("app", "target");
    // AFF-16a, AFF-17a
    assert_eq!(left(&plan(pool(), avoiding(false).into_iter().chain([target()]))), 0);
    let refused = plan(pool(), avoiding(true).into_iter().chain([target()]));
    assert_eq!(codes(&refused, "target"), ["pod-anti-affinity"]);
    assert!(refused.unplaced[0].to_string().contains("must be away from it"));
    // AFF-16b, AFF-17b: the same with pods that run already.
    let running = |required: bool| {
        let nodes = ["z1", "z2", "z3"].map(|zone| node(zone, zone)).to_vec();
        let bound = avoiding(required).map(|pod| {
            let on = pod.id.name().to_owned();
            pod.bound_to(on)
        });
        let pods = bound.into_iter().chain([target().request("cpu", "1")]).collect();
        plan_for([pool()], nodes, pods)
    };
    assert_eq!(left(&running(false)), 0);
    assert_eq!(codes(&running(true), "target"), ["pod-anti-affinity"]);
    // AFF-18
    let first = pod("first").request("cpu", "2").away_from(near(ZONE, selector("app", "target")));
    assert_eq!(codes(&plan(pool(), [first, target()]), "target"), ["pod-anti-affinity"]);
}

#[test]
fn namespaces_say_whom_a_term_is_about() {
    let with = |adjust: fn(&mut PodAffinityTerm)| {
        let mut term = near(label::HOSTNAME, web());
        adjust(&mut term);
        let target = pod("target").in_namespace("other").label("app", "web");
        left(&plan(pool(), [target, pod("f").near(term)]))
    };
    // AFF-26, AFF-27, AFF-28
    assert_eq!(with(|_| ()), 1);
    assert_eq!(with(|term| term.namespaces.push("other".to_owned())), 0);
    assert_eq!(with(|term| term.namespace_selector = Some(LabelSelector::default())), 0);
}

#[test]
fn tolerations_decide_over_taints() {
    // TAN-2, TAN-3
    let tainted = || pool().taint(Taint::new("k", Effect::NoSchedule).with_value("v"));
    let with = |toleration: Option<Toleration>| {
        let pod = toleration.into_iter().fold(pod("p"), Pod::tolerate);
        codes(&plan(tainted(), [pod]), "p").len()
    };
    assert_eq!(with(Some(Toleration::exists("k").with_effect(Effect::NoSchedule))), 0);
    assert_eq!(with(Some(Toleration::equal("k", "v").with_effect(Effect::NoSchedule))), 0);
    assert_eq!(with(Some(Toleration::everything())), 0);
    assert_eq!(with(None), 1);
    assert_eq!(with(Some(Toleration::exists("other"))), 1);
    assert_eq!(with(Some(Toleration::equal("k", ""))), 1);
    let mut starting = pool();
    starting.template.startup_taints.push(Taint::new("s", Effect::NoSchedule));
    assert_eq!(left(&plan(starting, [pod("p")])), 0);
}

#[test]
fn a_relaxed_pod_still_counts_with_the_others() {
    // One plain pod and one that is spread over machines, on a pool with a soft taint: both count in one group, so that they are apart.
    let tainted = pool().taint(Taint::new("soft", Effect::PreferNoSchedule));
    let plain = pod("plain").label("app", "web");
    let spread_pod = pod("spread").label("app", "web").spread(spread(label::HOSTNAME, 1));
    assert_eq!(per_machine(&plan(tainted, [plain, spread_pod])), [1, 1]);
}
