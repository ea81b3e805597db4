//! What is said of pools, apart from their budgets.

use karp_core::{
    lint::{Settings, lint},
    model::{
        NodeClassRef, NodePool, Operator, RequirementEntry,
        Severity::{Error, Info, Warning},
        Span, label,
    },
};

use crate::fixture::{
    cluster, findings, nodes, one_of, only, pool, tells_pools_apart, types, window, with_pool,
};

fn changed(change: impl FnOnce(&mut NodePool)) -> NodePool {
    let mut pool = pool("general");
    change(&mut pool);
    pool
}

#[test]
fn the_good_pool_is_good() {
    assert_eq!(lint(&with_pool(pool("general")), &Settings::default()), []);
}

#[test]
fn a_pool_without_limits_is_told() {
    let bad = changed(|pool| pool.limits = None);
    tells_pools_apart("no-limits", (bad, Warning, "spec.limits"), pool("general"));
    // A static pool has as many machines as its replicas say.
    let fixed = changed(|pool| {
        pool.limits = None;
        pool.replicas = Some(3);
    });
    assert_eq!(findings(&with_pool(fixed), "no-limits"), []);
}

#[test]
fn a_value_that_no_type_has_is_told_with_its_requirement() {
    let bad = pool("general")
        .requirement(one_of(label::ARCH, &["amd64"]))
        .requirement(one_of(label::ZONE, &["z9"]));
    let good = pool("general").requirement(one_of(label::ZONE, &["z1", "z9"]));
    let field = "spec.template.spec.requirements[1]";
    tells_pools_apart("unsatisfiable-requirement", (bad, Error, field), good);
}

#[test]
fn two_requirements_that_no_type_meets_together_are_told_as_a_pair() {
    // Spot is sold in the first zone only.
    let bad = pool("general")
        .requirement(one_of(label::ARCH, &["amd64"]))
        .requirement(one_of(label::CAPACITY_TYPE, &["spot"]))
        .requirement(one_of(label::ZONE, &["z2"]));
    let good = pool("general")
        .requirement(one_of(label::CAPACITY_TYPE, &["spot"]))
        .requirement(one_of(label::ZONE, &["z1", "z2"]));
    let told = findings(&with_pool(bad.clone()), "unsatisfiable-requirement");
    assert!(told[0].message.contains("requirements 1 and 2 together"), "{}", told[0]);
    let field = "spec.template.spec.requirements[2]";
    tells_pools_apart("unsatisfiable-requirement", (bad, Error, field), good);
}

#[test]
fn a_label_of_the_template_counts_as_a_requirement() {
    let bad = pool("general").label(label::ARCH, "s390x");
    let good = pool("general").label(label::ARCH, "arm64");
    let field = "spec.template.spec.requirements";
    tells_pools_apart("unsatisfiable-requirement", (bad, Error, field), good);
}

#[test]
fn min_values_beyond_what_there_is_are_told() {
    let demand =
        |key, least| RequirementEntry::new(key, Operator::Exists, [""; 0]).with_min_values(least);
    let bad = pool("general").requirement(demand(label::ARCH, 3));
    let good = pool("general").requirement(demand(label::ARCH, 2));
    let field = "spec.template.spec.requirements[0].minValues";
    tells_pools_apart("min-values-unreachable", (bad, Error, field), good);
    // The demand falls on what the other requirements leave.
    let bad = pool("general")
        .requirement(one_of(label::ARCH, &["arm64"]))
        .requirement(demand(label::INSTANCE_TYPE, 11));
    let good = pool("general")
        .requirement(one_of(label::ARCH, &["arm64"]))
        .requirement(demand(label::INSTANCE_TYPE, 10));
    let field = "spec.template.spec.requirements[1].minValues";
    tells_pools_apart("min-values-unreachable", (bad, Error, field), good);
}

#[test]
fn spot_from_few_types_is_told() {
    let bad = pool("general").requirement(one_of(label::ARCH, &["arm64"]));
    let field = "spec.template.spec.requirements";
    tells_pools_apart("few-spot-types", (bad.clone(), Warning, field), pool("general"));
    // Ten types are enough for those who ask for no spot.
    let on_demand = bad.requirement(one_of(label::CAPACITY_TYPE, &["on-demand"]));
    assert_eq!(findings(&with_pool(on_demand), "few-spot-types"), []);
}

#[test]
fn names_that_outgrow_their_label_are_told() {
    let (long, short) = ("p".repeat(64), "p".repeat(63));
    tells_pools_apart("name-too-long", (pool(&long), Error, "metadata.name"), pool(&short));
    let of_class = |name: &str| {
        changed(|pool| {
            pool.template.node_class = NodeClassRef {
                group: "example.com".to_owned(),
                kind: "Hangar".to_owned(),
                name: name.to_owned(),
            };
        })
    };
    let told = only(&with_pool(of_class(&long)), "name-too-long");
    assert_eq!(told, (Error, format!("Hangar {long}"), "metadata.name".to_owned()));
    assert_eq!(findings(&with_pool(of_class(&short)), "name-too-long"), []);
}

#[test]
fn keys_of_the_system_are_told() {
    let bad = pool("general").requirement(one_of("karpenter.sh/registered", &["true"]));
    let good = pool("general").requirement(one_of("example.com/registered", &["true"]));
    let field = "spec.template.spec.requirements[0].key";
    tells_pools_apart("restricted-key", (bad, Error, field), good);
    for key in [label::HOSTNAME, label::NODE_POOL, "kubernetes.karpenter.sh/x"] {
        let field = format!("spec.template.metadata.labels[{key}]");
        let bad = pool("general").label(key, "x");
        tells_pools_apart("restricted-key", (bad, Error, &field), pool("general"));
    }
}

#[test]
fn a_grace_period_beyond_the_spot_notice_is_told() {
    let graceful = |seconds, kinds: &[&str]| {
        let mut pool = pool("general").requirement(one_of(label::CAPACITY_TYPE, kinds));
        pool.template.termination_grace_period = Some(Span::seconds(seconds));
        pool
    };
    let (code, field) = ("grace-outlives-spot-notice", "spec.template.spec.terminationGracePeriod");
    let bad = graceful(121, &["spot"]);
    tells_pools_apart(code, (bad, Warning, field), graceful(120, &["spot"]));
    // Where a machine may also be on demand, the period has its use.
    let mixed = graceful(3600, &["spot", "on-demand"]);
    tells_pools_apart(code, (mixed, Info, field), graceful(3600, &["on-demand"]));
}

#[test]
fn the_notice_is_that_of_the_cloud() {
    let mut settings = Settings::default();
    settings.spot_notice = Span::seconds(30);
    let mut pool = pool("general");
    pool.template.termination_grace_period = Some(Span::seconds(31));
    let snapshot = with_pool(pool);
    assert!(lint(&snapshot, &Settings::default()).is_empty());
    assert_eq!(lint(&snapshot, &settings)[0].code, "grace-outlives-spot-notice");
}

#[test]
fn consolidation_that_is_off_while_drift_is_not_is_told() {
    let never = |budgets| {
        changed(|pool| {
            pool.disruption.consolidate_after = "Never".parse().unwrap();
            pool.disruption.budgets = budgets;
        })
    };
    let bad = never(vec![nodes("1")]);
    let (code, field) = ("consolidation-off-but-drifts", "spec.disruption.consolidateAfter");
    tells_pools_apart(code, (bad, Warning, field), never(vec![nodes("0")]));
    tells_pools_apart(code, (never(Vec::new()), Warning, field), pool("general"));
}

#[test]
fn expiry_is_told_and_worse_beside_a_window_that_it_ignores() {
    let expiring = |budgets| {
        changed(|pool| {
            pool.template.expire_after = Span::hours(720).into();
            pool.disruption.budgets = budgets;
        })
    };
    let (code, field) = ("expiry-without-window", "spec.template.spec.expireAfter");
    let guarded = expiring(vec![nodes("10%"), window("0", "0 8 * * mon-fri", 10)]);
    tells_pools_apart(code, (guarded, Warning, field), pool("general"));
    tells_pools_apart(code, (expiring(vec![nodes("10%")]), Info, field), pool("general"));
}

#[test]
fn types_are_not_judged_where_none_are_known() {
    let picky = pool("general").requirement(one_of(label::ZONE, &["z9"]));
    let snapshot = cluster().node_pool(picky).build().unwrap();
    assert_eq!(lint(&snapshot, &Settings::default()), []);
    let excluded = cluster()
        .node_pool(pool("general").requirement(one_of(label::ZONE, &["z9"])))
        .instance_types(types())
        .exclude_pool("general", "node-class-unknown");
    assert_eq!(lint(&excluded.build().unwrap(), &Settings::default()), []);
}
