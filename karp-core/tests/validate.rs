//! What validation says beyond the verdict: stages, updates, defaults, metadata, unknown kinds.

use karp_core::k8s::validate::{Profile, Registry, Report, Stage, Verdict};
use serde_json::{Value, json};

fn pool(change: &Value) -> Value {
    let mut pool = json!({
        "apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "general"},
        "spec": {"template": {"spec": {
            "nodeClassRef": {"group": "example.com", "kind": "NodeClass", "name": "a"},
            "requirements": [],
        }}},
    });
    merge(&mut pool, change);
    pool
}

fn merge(value: &mut Value, change: &Value) {
    match (value, change) {
        (Value::Object(object), Value::Object(changes)) => {
            for (key, change) in changes {
                merge(object.entry(key).or_insert(Value::Null), change);
            }
        }
        (value, change) => *value = change.clone(),
    }
}

fn report(change: &Value) -> Report {
    Registry::core(Profile::V1_14_1).validate(&pool(change))
}

fn update(old: &Value, new: &Value) -> Report {
    Registry::core(Profile::V1_14_1).validate_update(&pool(new), &pool(old))
}

fn messages(report: &Report) -> Vec<String> {
    report.errors.iter().map(|issue| format!("{} {issue}", issue.stage)).collect()
}

#[test]
fn a_duration_beyond_64_bits_of_nanoseconds_fails_to_decode() {
    let long = report(&json!({"spec": {"template": {"spec": {"expireAfter": "2562048h"}}}}));
    assert!(long.fails_at(Stage::Decode) && !long.fails_at(Stage::Admission));
    let longest = report(&json!({"spec": {"template": {"spec": {"expireAfter": "2562047h"}}}}));
    assert_eq!(longest.verdict(), Verdict::Accept);
}

#[test]
fn a_quantity_with_a_fractional_exponent_fails_to_decode() {
    let found = report(&json!({"spec": {"limits": {"cpu": "1e1.5"}}}));
    assert!(found.fails_at(Stage::Decode) && !found.fails_at(Stage::Admission));
}

#[test]
fn an_integer_beyond_its_bits_fails_to_decode() {
    let mut buffer = json!({
        "apiVersion": "autoscaling.x-k8s.io/v1beta1", "kind": "CapacityBuffer",
        "metadata": {"name": "a"}, "spec": {"replicas": 2_147_483_648_i64},
    });
    let registry = Registry::core(Profile::V1_14_1);
    assert!(registry.validate(&buffer).fails_at(Stage::Decode));
    merge(&mut buffer, &json!({"spec": {"replicas": 2_147_483_647}}));
    assert_eq!(registry.validate(&buffer).verdict(), Verdict::Accept);
}

#[test]
fn repeated_reasons_and_conditions_are_refused() {
    let budget = json!([{"nodes": "1", "reasons": ["Drifted", "Drifted"]}]);
    let found =
        report(&json!({"spec": {"disruption": {"consolidateAfter": "0s", "budgets": budget}}}));
    assert_eq!(
        messages(&found),
        ["admission spec.disruption.budgets[0].reasons[1]: \"Drifted\" is in the list already"]
    );
    let ready = json!({"type": "Ready", "status": "True", "reason": "Ready", "message": "", "lastTransitionTime": "2024-02-29T00:00:00Z"});
    let found = report(&json!({"status": {"conditions": [ready, ready]}}));
    assert!(found.fails_at(Stage::Admission));
}

#[test]
fn impossible_days_and_hours_are_no_times() {
    for (time, is_time) in [
        ("2024-02-29T23:59:59Z", true),
        ("9999-12-31t00:00:00.5+01:00", true),
        ("2023-02-29T00:00:00Z", false),
        ("2024-01-01T24:00:00Z", false),
        ("2024-13-01T00:00:00Z", false),
        ("2024-01-01 00:00:00Z", false),
    ] {
        let taint = json!([{"key": "a", "effect": "NoSchedule", "timeAdded": time}]);
        let found = report(&json!({"spec": {"template": {"spec": {"taints": taint}}}}));
        assert_eq!(found.verdict() == Verdict::Accept, is_time, "{time}");
    }
}

#[test]
fn everything_wrong_is_told_at_once_and_only_once() {
    let requirements = json!([
        {"key": "karpenter.sh/x", "operator": "Exists"},
        {"key": "a", "operator": "in", "values": "b"},
    ]);
    let found = report(
        &json!({"spec": {"weight": 0, "template": {"spec": {"requirements": requirements}}}}),
    );
    let fields: Vec<_> = found.errors.iter().map(|issue| issue.field.as_str()).collect();
    let at = "spec.template.spec.requirements";
    assert_eq!(
        fields,
        [
            format!("{at}[1].operator").as_str(),
            &format!("{at}[1].values"),
            "spec.weight",
            &format!("{at}[0].key")
        ]
    );
}

#[test]
fn what_an_update_leaves_alone_is_tolerated() {
    let broken = json!({"spec": {"template": {"spec": {"terminationGracePeriod": "1d"}}}});
    let mut changed = broken.clone();
    merge(&mut changed, &json!({"spec": {"weight": 7}}));
    let found = update(&broken, &changed);
    assert_eq!(found.verdict(), Verdict::Accept);
    assert_eq!(found.warnings[0].field, "spec.template.spec.terminationGracePeriod");
    assert!(found.warnings[0].message.starts_with("tolerated"));
    merge(&mut changed, &json!({"spec": {"template": {"spec": {"terminationGracePeriod": "2d"}}}}));
    assert_eq!(update(&broken, &changed).verdict(), Verdict::Reject);
}

#[test]
fn a_rule_is_not_tolerated_when_another_field_of_its_object_changes() {
    let weight = json!({"spec": {"weight": 7, "replicas": 1}});
    assert_eq!(update(&weight, &weight).verdict(), Verdict::Accept);
    assert_eq!(
        update(&weight, &json!({"spec": {"weight": 7, "replicas": 2}})).verdict(),
        Verdict::Reject
    );
}

#[test]
fn another_object_is_no_former_state() {
    let registry = Registry::core(Profile::V1_14_1);
    let other = pool(&json!({"metadata": {"name": "other"}}));
    let found = registry.validate_update(&pool(&json!({})), &other);
    assert_eq!(found.errors[0].field, "metadata.name");
}

#[test]
fn defaults_are_those_of_the_server() {
    let stored = Registry::core(Profile::V1_14_1).defaulted(&pool(&json!({
        "spec": {"bogus": 1, "weight": null, "template": {"spec": {"expireAfter": null}}},
        "status": {},
    })));
    assert_eq!(stored["spec"]["template"]["spec"]["expireAfter"], "720h");
    assert_eq!(
        stored["spec"]["disruption"],
        json!({"consolidateAfter": "0s", "consolidationPolicy": "WhenEmptyOrUnderutilized", "budgets": [{"nodes": "10%"}]})
    );
    assert_eq!(stored["status"], json!({"nodes": 0}));
    assert!(stored["spec"].get("bogus").is_none() && stored["spec"].get("weight").is_none());
    let empty = pool(&json!({"spec": {"disruption": {"consolidateAfter": "1m", "budgets": []}}}));
    assert_eq!(
        Registry::core(Profile::Head).defaulted(&empty)["spec"]["disruption"]["budgets"],
        json!([])
    );
}

#[test]
fn metadata_is_checked_as_on_every_kind() {
    for (metadata, field) in [
        (json!({"name": null}), "metadata.name"),
        (json!({"name": "Upper"}), "metadata.name"),
        (json!({"name": 5}), "metadata.name"),
        (json!({"name": "a".repeat(254)}), "metadata.name"),
        (json!({"labels": {"a b": "c"}}), "metadata.labels[\"a b\"]"),
        (json!({"labels": {"a": 1}}), "metadata.labels.a"),
        (json!({"annotations": []}), "metadata.annotations"),
    ] {
        let found = report(&json!({"metadata": metadata}));
        assert_eq!(
            found.errors.first().map(|issue| issue.field.as_str()),
            Some(field),
            "{metadata}"
        );
    }
    assert_eq!(report(&json!({"metadata": {"name": "", "generateName": "a-"}})).errors, []);
    let found = report(&json!({"metadata": {"namespace": "shop", "lables": {}}}));
    assert_eq!((found.verdict(), found.warnings.len()), (Verdict::Accept, 2));
}

#[test]
fn kinds_of_others_are_accepted_and_misspelt_ones_of_ours_refused() {
    let registry = Registry::core(Profile::V1_14_1);
    let found = registry.validate(&json!({"apiVersion": "v1", "kind": "Service"}));
    assert_eq!((found.verdict(), found.warnings.len()), (Verdict::Accept, 1));
    for (version, kind, field) in [
        ("karpenter.sh/v1", "Nodepool", "kind"),
        ("karpenter.sh/v1beta1", "NodePool", "apiVersion"),
    ] {
        let found = registry.validate(&json!({"apiVersion": version, "kind": kind}));
        assert_eq!((found.verdict(), found.errors[0].field.as_str()), (Verdict::Reject, field));
    }
    assert!(registry.validate(&json!({"kind": "NodePool"})).fails_at(Stage::Decode));
    assert!(registry.validate(&json!([])).fails_at(Stage::Decode));
}

#[test]
fn profiles_are_known_by_name() {
    for profile in Profile::ALL {
        assert_eq!(profile.name().parse(), Ok(profile));
    }
    assert!("v1".parse::<Profile>().is_err());
}
