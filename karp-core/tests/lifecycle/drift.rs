//! Drift, its hash, and quiet (DRI-1 to DRI-37, QUI-1 to QUI-10, HSH-1 to HSH-7).

use karp_core::{
    lifecycle::{
        self, Action, DriftReason, DriftState, HashStamp, Next, ProviderDrift, QuietState,
        conditions::{CONSOLIDATABLE, DRIFTED, INITIALIZED, LAUNCHED},
    },
    model::{
        CapacityType::{self, OnDemand, Reserved, Spot},
        ConditionStatus::{False, True, Unknown},
        InstanceType, Labels, NodeClaim, NodePool, Offering, Operator, RequirementEntry, Span,
        Timestamp, label, usd,
    },
};

use crate::fixture::*;

const RESERVATION: &str = "test.sh/reservation";

fn kind(name: &str, offerings: &[(&str, CapacityType)]) -> InstanceType {
    let mut kind = InstanceType::new(name);
    for (zone, capacity_type) in offerings {
        let mut offering = Offering::new(*zone, *capacity_type, usd("1").unwrap());
        offering.available = false;
        kind.offerings.push(offering);
    }
    kind
}

fn settled() -> NodeClaim {
    let mut claim = initialized();
    for (key, value) in [
        (label::INSTANCE_TYPE, "m.large"),
        (label::ZONE, "z1"),
        (label::CAPACITY_TYPE, "on-demand"),
        (label::OS, "linux"),
        ("size", "5"),
    ] {
        claim.labels.insert(key.into(), value.into());
    }
    claim.annotations = HashStamp::new("17", "v3").annotations();
    claim
}

struct Case {
    claim: NodeClaim,
    pool: NodePool,
    stamp: HashStamp,
    types: Vec<InstanceType>,
    provider: ProviderDrift,
    at: Timestamp,
}

fn case() -> Case {
    Case {
        claim: settled(),
        pool: pool(),
        stamp: HashStamp::new("17", "v3"),
        types: vec![kind("m.large", &[("z1", OnDemand), ("z2", Spot)])],
        provider: ProviderDrift::None,
        at: now() + Span::hours(2),
    }
}

impl Case {
    fn changed(change: impl FnOnce(&mut Self)) -> Option<String> {
        let mut case = case();
        change(&mut case);
        case.reason()
    }

    fn reason(&self) -> Option<String> {
        let types = arcs(self.types.clone());
        let state = DriftState::new(&self.claim, &self.pool, &self.stamp, &types)
            .with_provider(&self.provider);
        let mut settings = settings();
        settings.reservation_labels = vec![RESERVATION.into()];
        lifecycle::drift(&state, &settings, self.at).reason.map(|reason| reason.to_string())
    }

    fn mark(&self) -> (Next, NodeClaim) {
        let types = arcs(self.types.clone());
        let state = DriftState::new(&self.claim, &self.pool, &self.stamp, &types)
            .with_provider(&self.provider);
        let (next, _) = lifecycle::mark_claim(&state, &settings(), self.at);
        let after = written(&next, &self.claim, &joined(), self.at).0;
        (next, after)
    }
}

fn image() -> ProviderDrift {
    ProviderDrift::Drifted("ImageDrift".into())
}

// DRI-1, DRI-7 to DRI-10
#[test]
fn the_first_rule_that_finds_drift_names_it() {
    assert_eq!(Case::changed(|_| {}), None);
    assert_eq!(Case::changed(|case| case.provider = image()).as_deref(), Some("ImageDrift"));
    let both = Case::changed(|case| {
        case.provider = image();
        case.stamp = HashStamp::new("18", "v3");
    });
    assert_eq!(both.as_deref(), Some("NodePoolDrifted"));
    let both = Case::changed(|case| {
        case.provider = image();
        case.pool = pool().require("team", Operator::Exists, []);
    });
    assert_eq!(both.as_deref(), Some("RequirementsDrifted"));
    for status in [Unknown, False] {
        let unlaunched = Case::changed(|case| {
            case.provider = image();
            set(&mut case.claim, LAUNCHED, status, now());
        });
        assert_eq!(unlaunched, None);
    }
}

trait Requiring {
    fn require<const N: usize>(self, key: &str, operator: Operator, values: [&str; N]) -> Self;
}

impl Requiring for NodePool {
    fn require<const N: usize>(mut self, key: &str, operator: Operator, values: [&str; N]) -> Self {
        self.template.requirements.push(RequirementEntry::new(key, operator, values));
        self
    }
}

// DRI-13 to DRI-20
#[test]
fn labels_must_meet_the_requirements_of_the_pool_as_they_are() {
    use Operator::{DoesNotExist, Exists, Gt, Gte, In, Lt, Lte, NotIn};
    let drifts = |pool: NodePool| Case::changed(|case| case.pool = pool).is_some();
    for (key, operator, values, drifted) in [
        (label::OS, In, vec!["linux"], false),
        (label::OS, In, vec!["linux", "windows"], false),
        (label::OS, In, vec!["windows"], true),
        ("beta.kubernetes.io/os", In, vec!["windows"], true),
        (label::OS, NotIn, vec!["linux"], true),
        (label::OS, Exists, vec![], false),
        (label::OS, DoesNotExist, vec![], true),
        ("size", Gt, vec!["2"], false),
        ("size", Gt, vec!["10"], true),
        ("size", Lt, vec!["10"], false),
        ("size", Lt, vec!["1"], true),
        ("size", Gte, vec!["5"], false),
        ("size", Lte, vec!["4"], true),
        ("team", In, vec!["shop"], true),
        ("team", Exists, vec![], true),
        ("team", Gt, vec!["1"], true),
        ("team", NotIn, vec!["shop"], false),
        ("team", DoesNotExist, vec![], false),
    ] {
        let mut wanted = pool();
        wanted.template.requirements.push(RequirementEntry::new(key, operator, values.clone()));
        assert_eq!(drifts(wanted), drifted, "{key} {operator} {values:?}");
    }
}

// DRI-21
#[test]
fn only_the_claims_that_no_longer_fit_drift() {
    let pool = pool().require(label::OS, Operator::In, ["linux"]);
    let drifts = |os: &str| {
        Case::changed(|case| {
            case.pool = pool.clone();
            case.claim.labels.insert(label::OS.into(), os.into());
        })
    };
    assert_eq!(drifts("linux"), None);
    assert_eq!(drifts("windows").as_deref(), Some("RequirementsDrifted"));
}

// DRI-29 to DRI-32
#[test]
fn hashes_are_compared_only_when_both_are_complete_and_of_one_version() {
    let new = || HashStamp::new("18", "v3");
    for (pool, claim, drifted) in [
        (new(), HashStamp::new("17", "v3"), true),
        (new(), new(), false),
        (HashStamp::new("18", "v2"), HashStamp::new("17", "v3"), false),
        (HashStamp::of(&Labels::new()), HashStamp::new("17", "v3"), false),
        (new(), HashStamp::of(&Labels::new()), false),
        (new(), HashStamp::of(&Labels::from([(label::NODE_POOL_HASH.into(), "17".into())])), false),
    ] {
        assert_eq!(pool.shows_drift_of(&claim), drifted, "{pool:?} {claim:?}");
    }
}

// DRI-3 to DRI-6
#[test]
fn a_type_that_is_gone_from_the_catalog_is_drift() {
    let gone = Some(DriftReason::InstanceTypeNotFound.to_string());
    assert_eq!(
        Case::changed(|case| {
            case.claim.labels.remove(label::INSTANCE_TYPE);
        }),
        gone
    );
    assert_eq!(Case::changed(|case| case.types.clear()), gone);
    assert_eq!(Case::changed(|case| case.types = vec![kind("m.large", &[])]), gone);
    let elsewhere = vec![kind("m.large", &[("z2", OnDemand), ("z1", Spot)])];
    assert_eq!(Case::changed(|case| case.types = elsewhere), gone);
    // Young claims are not looked up, nor those that passed a short time ago.
    for (age, reason) in [(Span::hours(1), None), (Span::hours(1) + Span::nanos(1), gone)] {
        let found = Case::changed(|case| {
            case.types.clear();
            case.at = now() + age;
        });
        assert_eq!(found, reason);
    }
}

#[test]
fn a_claim_that_passed_is_looked_up_again_after_half_an_hour() {
    let case = Case { types: vec![], ..case() };
    let found = |age: i64| {
        let state = DriftState::new(&case.claim, &case.pool, &case.stamp, &[])
            .with_type_found_at(case.at - minutes(age));
        lifecycle::drift(&state, &settings(), case.at).reason
    };
    assert_eq!((found(29), found(30)), (None, Some(DriftReason::InstanceTypeNotFound)));
    let types = arcs([kind("m.large", &[("z1", OnDemand)])]);
    let state = DriftState::new(&case.claim, &case.pool, &case.stamp, &types);
    assert!(lifecycle::drift(&state, &settings(), case.at).found_type);
}

// DRI-33 to DRI-37
#[test]
fn a_reserved_machine_stays_as_long_as_it_can_be_had_reserved_or_on_demand() {
    let drifts = |offerings: &[(&str, CapacityType)]| {
        Case::changed(|case| {
            case.claim.labels.insert(label::CAPACITY_TYPE.into(), "reserved".into());
            case.claim.labels.insert(RESERVATION.into(), "r1".into());
            case.types = vec![kind("m.large", offerings)];
        })
        .is_some()
    };
    assert!(!drifts(&[("z1", Reserved), ("z1", OnDemand)]));
    assert!(!drifts(&[("z1", Reserved)]));
    assert!(!drifts(&[("z1", OnDemand)]));
    assert!(drifts(&[("z1", Spot)]));
    assert!(drifts(&[("z2", Reserved)]));
}

// DRI-2, DRI-11, DRI-12
#[test]
fn the_condition_follows_the_verdict() {
    let drifted = || Case { provider: image(), ..case() };
    let (_, claim) = drifted().mark();
    assert_eq!(standing(&claim, DRIFTED), (True, "ImageDrift"));
    let back = Case { claim: claim.clone(), ..case() };
    assert_eq!(condition(&back.mark().1, DRIFTED), None);
    let open = Case { claim, provider: ProviderDrift::Unknown, ..case() };
    assert_eq!(standing(&open.mark().1, DRIFTED), (True, "ImageDrift"), "nobody knows better");
    let other = Case { claim: foreign(settled()), ..drifted() };
    assert_eq!(other.mark().0, Next::done());
    let mut elsewhere = drifted();
    elsewhere.pool.name = "other".into();
    assert_eq!(elsewhere.mark().0, Next::done());
    let mut going = drifted();
    going.claim.deleting_since = Some(now());
    assert_eq!(going.mark().0, Next::done());
    assert_eq!(drifted().mark().0.look_again_at(), Some(drifted().at + minutes(5)));
}

fn quiet_after(span: &str) -> NodePool {
    let mut pool = pool();
    pool.disruption.consolidate_after = span.parse().unwrap();
    pool
}

// QUI-2 to QUI-7, QUI-10
#[test]
fn a_machine_is_quiet_when_no_pod_came_or_went_for_long_enough() {
    let quiet = |claim: &NodeClaim, pool: &NodePool, at| lifecycle::quiet_state(claim, pool, at);
    let mut claim = initialized();
    let pool = quiet_after("30s");
    let end = now() + Span::seconds(30);
    assert_eq!(quiet(&claim, &pool, end - Span::nanos(1)), QuietState::QuietAt(end));
    assert_eq!(quiet(&claim, &pool, end), QuietState::Quiet);
    claim.status.last_pod_event_at = Some(now() + Span::seconds(20));
    assert_eq!(quiet(&claim, &pool, end), QuietState::QuietAt(end + Span::seconds(20)));
    assert_eq!(quiet(&claim, &quiet_after("0s"), now()), QuietState::Quiet);
    assert_eq!(quiet(&claim, &quiet_after("Never"), end), QuietState::Never);
    for status in [Unknown, False] {
        set(&mut claim, INITIALIZED, status, now());
        assert_eq!(quiet(&claim, &pool, end), QuietState::Never);
    }
    let mut fixed = quiet_after("0s");
    fixed.replicas = Some(1);
    assert_eq!(quiet(&initialized(), &fixed, end), QuietState::Never);
}

// QUI-1, QUI-8 to QUI-10
#[test]
fn both_conditions_are_written_at_once() {
    let mut drifted = Case { provider: image(), pool: quiet_after("30s"), ..case() };
    let (next, claim) = drifted.mark();
    assert_eq!((standing(&claim, DRIFTED).0, standing(&claim, CONSOLIDATABLE).0), (True, True));
    assert_eq!(next.actions.len(), 1);
    let mut busy = Case { claim, pool: quiet_after("30s"), ..case() };
    busy.claim.status.last_pod_event_at = Some(busy.at);
    let (next, claim) = busy.mark();
    assert_eq!((condition(&claim, DRIFTED), condition(&claim, CONSOLIDATABLE)), (None, None));
    assert_eq!(next.actions.len(), 1);
    assert_eq!(waits(&next), ["recheck", "quiet"]);
    drifted.pool.replicas = Some(1);
    let (_, claim) = drifted.mark();
    assert_eq!(standing(&claim, DRIFTED).0, True, "static pools drift");
    assert_eq!(condition(&claim, CONSOLIDATABLE), None);
}

fn roll_out(stored: &HashStamp, computed: &HashStamp, claims: &[NodeClaim]) -> (Next, Vec<Labels>) {
    let next = lifecycle::roll_out_hash(&pool(), stored, computed, claims, &settings());
    let after = claims.iter().map(|claim| {
        let mut claim = claim.clone();
        for action in &next.actions {
            if let Action::UpdateClaim(change) = action
                && change.target.name == claim.name
            {
                change.apply(&mut claim, now());
            }
        }
        claim.annotations
    });
    (next.clone(), after.collect())
}

// HSH-1, HSH-4 to HSH-7
#[test]
fn a_new_way_to_count_reaches_claims_without_making_them_drift() {
    let (old, new) = (HashStamp::new("17", "v2"), HashStamp::new("99", "v3"));
    let stamped = |name: &str, stamp: &HashStamp| {
        let mut claim = initialized();
        claim.name = name.into();
        claim.annotations = stamp.annotations();
        claim
    };
    let mut drifted = stamped("b", &old);
    set(&mut drifted, DRIFTED, True, now());
    let current = stamped("c", &HashStamp::new("55", "v3"));
    let claims = [stamped("a", &old), drifted, current];
    let (next, after) = roll_out(&old, &new, &claims);
    let stamps: Vec<HashStamp> = after.iter().map(HashStamp::of).collect();
    let wanted = [new.clone(), HashStamp::new("17", "v3"), HashStamp::new("55", "v3")];
    assert_eq!(stamps, wanted);
    let Some(Action::UpdatePool(change)) = next.actions.last() else { panic!("{next:?}") };
    assert_eq!(HashStamp::of(&change.annotations), new);
    // Of equal versions only the pool is written, and only if its template changed.
    let (next, after) = roll_out(&HashStamp::new("17", "v3"), &new, &claims);
    assert_eq!((next.actions.len(), HashStamp::of(&after[0])), (1, old));
    assert!(roll_out(&new, &new, &claims).0.actions.is_empty());
    let mut other = pool();
    other.template.node_class = class("OtherNodeClass");
    let none: [NodeClaim; 0] = [];
    let next = lifecycle::roll_out_hash(&other, &HashStamp::default(), &new, &none, &settings());
    assert_eq!(next, Next::done());
}

// DRI-22 to DRI-28, HSH-2, HSH-3: what is hashed, by the numbers that other controllers write.
#[cfg(feature = "k8s")]
#[test]
fn every_static_field_of_the_template_changes_the_hash_and_no_other_does() {
    use karp_core::k8s::drift_hash::{NODE_POOL_HASH_VERSION, node_pool_hash};
    use serde_json::{Value, json};

    let full = || {
        json!({"spec": {"limits": {"cpu": "1"}, "weight": 1, "disruption": {"consolidateAfter": "0s"},
            "template": {"metadata": {"labels": {"a": "b"}, "annotations": {"a": "b"}}, "spec": {
                "taints": [{"key": "a", "effect": "NoSchedule"}],
                "startupTaints": [{"key": "a", "effect": "NoSchedule"}],
                "nodeClassRef": {"group": "g", "kind": "k", "name": "n"},
                "requirements": [], "expireAfter": "1h", "terminationGracePeriod": "1h"}}}})
    };
    let stamp =
        |pool: &Value| HashStamp::new(node_pool_hash(pool).to_string(), NODE_POOL_HASH_VERSION);
    let shows = |path: &str, value: Value| {
        let mut changed = full();
        *changed.pointer_mut(path).unwrap() = value;
        stamp(&changed).shows_drift_of(&stamp(&full()))
    };
    let taint = || json!([{"key": "z", "effect": "NoSchedule"}]);
    for (path, value, drifted) in [
        ("/spec/template/metadata/labels/a", json!("c"), true),
        ("/spec/template/metadata/annotations/a", json!("c"), true),
        ("/spec/template/spec/taints", taint(), true),
        ("/spec/template/spec/startupTaints", taint(), true),
        ("/spec/template/spec/nodeClassRef/name", json!("m"), true),
        ("/spec/template/spec/expireAfter", json!("2h"), true),
        ("/spec/template/spec/terminationGracePeriod", json!("2h"), true),
        ("/spec/template/spec/requirements", json!([{"key": "a", "operator": "Exists"}]), false),
        ("/spec/limits/cpu", json!("2"), false),
        ("/spec/weight", json!(2), false),
        ("/spec/disruption/consolidateAfter", json!("9s"), false),
    ] {
        assert_eq!(shows(path, value), drifted, "{path}");
    }
}
