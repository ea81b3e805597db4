//! What `taint` promises, as tests.

use super::{Effect, Taint, Toleration, TolerationOperator, label, untolerated};

const ALL_EFFECTS: [Effect; 3] = [Effect::NoExecute, Effect::NoSchedule, Effect::PreferNoSchedule];

// TNT-1
#[test]
fn the_taints_of_a_starting_node_are_ephemeral() {
    for (key, effects) in [
        (label::NOT_READY_TAINT, &[Effect::NoSchedule, Effect::NoExecute][..]),
        (label::UNREACHABLE_TAINT, &[Effect::NoSchedule]),
        (label::CLOUD_UNINITIALIZED_TAINT, &[Effect::NoSchedule]),
        (label::UNREGISTERED_TAINT, &[Effect::NoExecute]),
    ] {
        for effect in ALL_EFFECTS {
            let taint = Taint::new(key, effect);
            assert_eq!(taint.is_ephemeral(), effects.contains(&effect), "{taint}");
            assert_eq!(taint.clone().with_value("x").is_ephemeral(), taint.is_ephemeral());
        }
    }
}

// TNT-2, TNT-3
#[test]
fn a_readiness_taint_is_ephemeral_with_any_effect() {
    for effect in ALL_EFFECTS {
        assert!(Taint::new("readiness.k8s.io/storage", effect).is_ephemeral());
    }
}

// TNT-4, TNT-5, TNT-6: a taint that is absent is not in any list, hence not ephemeral either.
#[test]
fn other_taints_stay() {
    for key in [
        "team",
        "x.readiness.k8s.io/a",
        "a/readiness.k8s.io/",
        "readiness.k8s.io",
        label::DISRUPTED_TAINT,
    ] {
        for effect in ALL_EFFECTS {
            assert!(!Taint::new(key, effect).is_ephemeral(), "{key}");
        }
    }
}

#[test]
fn taints_are_the_same_by_key_and_effect() {
    let taint = Taint::new("team", Effect::NoSchedule);
    assert!(taint.is_same(&taint.clone().with_value("blue")));
    assert!(!taint.is_same(&Taint::new("team", Effect::NoExecute)));
    assert!(!taint.is_same(&Taint::new("other", Effect::NoSchedule)));
}

#[test]
fn tolerations_match_key_value_and_effect() {
    let taint = Taint::new("team", Effect::NoSchedule).with_value("blue");
    for (toleration, tolerates) in [
        (Toleration::everything(), true),
        (Toleration::everything().with_effect(Effect::NoSchedule), true),
        (Toleration::everything().with_effect(Effect::NoExecute), false),
        (Toleration::exists("team"), true),
        (Toleration::exists("other"), false),
        (Toleration::equal("team", "blue"), true),
        (Toleration::equal("team", "red"), false),
        (Toleration::equal("team", ""), false),
        (Toleration::equal("team", "blue").with_effect(Effect::NoSchedule), true),
        (Toleration::equal("team", "blue").with_effect(Effect::PreferNoSchedule), false),
        (Toleration::equal("", "blue"), true),
        (Toleration::default(), false),
    ] {
        assert_eq!(toleration.tolerates(&taint), tolerates, "{toleration}");
    }
    assert!(Toleration::equal("team", "").tolerates(&Taint::new("team", Effect::NoSchedule)));
}

#[test]
fn numeric_tolerations_compare_plain_integers() {
    use TolerationOperator::{Gt, Lt};
    for (operator, own, its, tolerates) in [
        (Gt, "5", "6", true),
        (Gt, "5", "5", false),
        (Gt, "5", "4", false),
        (Lt, "5", "4", true),
        (Lt, "5", "5", false),
        (Lt, "5", "6", false),
        (Gt, "-5", "-4", true),
        (Lt, "0", "-1", true),
        (Gt, "9", "10", true),
        (Gt, "5", "06", false),
        (Gt, "05", "6", false),
        (Gt, "5", "+6", false),
        (Gt, "+5", "6", false),
        (Lt, "5", "-0", false),
        (Lt, "5", "-04", false),
        (Gt, "5", "6.0", false),
        (Gt, "5", "six", false),
        (Gt, "", "6", false),
        (Gt, "5", "", false),
        (Gt, "-", "6", false),
        (Gt, "0", "9223372036854775807", true),
        (Gt, "0", "9223372036854775808", false),
        (Lt, "0", "-9223372036854775808", true),
    ] {
        let taint = Taint::new("speed", Effect::NoSchedule).with_value(its);
        let toleration = Toleration::equal("speed", own).with_operator(operator);
        assert_eq!(toleration.tolerates(&taint), tolerates, "{toleration} and {taint}");
    }
}

#[test]
fn every_untolerated_taint_is_reported_in_order() {
    let taints = [
        Taint::new("a", Effect::PreferNoSchedule),
        Taint::new("b", Effect::NoSchedule),
        Taint::new("c", Effect::NoExecute),
    ];
    let left = |tolerations: &[Toleration]| {
        untolerated(&taints, tolerations).map(|taint| taint.key.clone()).collect::<Vec<_>>()
    };
    assert_eq!(left(&[]), ["a", "b", "c"]);
    assert_eq!(left(&[Toleration::exists("b")]), ["a", "c"]);
    assert!(left(&[Toleration::everything()]).is_empty());
}

#[test]
fn json_is_that_of_kubernetes() {
    let json = r#"{"key":"a","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}"#;
    let toleration: Toleration = serde_json::from_str(json).unwrap();
    assert_eq!(toleration.toleration_seconds, Some(300));
    assert_eq!(serde_json::to_string(&toleration).unwrap(), json);
    for json in [
        r#"{"key": "a", "value": "b"}"#,
        r#"{"key": "a", "value": "b", "operator": "", "effect": ""}"#,
        r#"{"key": "a", "value": "b", "operator": null, "effect": null}"#,
    ] {
        let toleration: Toleration = serde_json::from_str(json).unwrap();
        assert_eq!(toleration, Toleration::equal("a", "b"), "{json}");
    }
    assert!(serde_json::from_str::<Toleration>(r#"{"operator": "Like"}"#).is_err());
    let json = r#"{"key":"a","value":"b","effect":"NoSchedule"}"#;
    let taint: Taint = serde_json::from_str(json).unwrap();
    assert_eq!(taint.to_string(), "a=b:NoSchedule");
    assert_eq!(serde_json::to_string(&taint).unwrap(), json);
}

#[test]
fn effects_read_back_and_others_are_refused() {
    for effect in ALL_EFFECTS {
        assert_eq!(effect.to_string().parse(), Ok(effect));
    }
    assert!("noschedule".parse::<Effect>().is_err());
}
