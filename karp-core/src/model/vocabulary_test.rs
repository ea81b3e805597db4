//! What `vocabulary` promises, as tests.

use super::{
    CapacityType, LabelSyntaxError, Vocabulary, check_label_value, check_qualified_name,
    closest_key, label,
};

#[test]
fn the_core_knows_eight_labels() {
    let words = Vocabulary::core();
    assert_eq!(words.well_known().count(), 8);
    for key in words.well_known() {
        assert!(!words.is_restricted(key), "{key}");
        assert!(check_qualified_name(key).is_ok(), "{key}");
    }
}

#[test]
fn karps_own_domain_and_the_host_name_are_restricted() {
    let words = Vocabulary::core();
    for (key, is_restricted) in [
        ("karpenter.sh/registered", true),
        ("karpenter.sh/initialized", true),
        ("karpenter.sh/custom", true),
        ("sub.karpenter.sh/custom", true),
        ("a.b.karpenter.sh/custom", true),
        ("kubernetes.io/hostname", true),
        ("mykarpenter.sh/custom", false),
        ("karpenter.sh", false),
        ("karpenter.sh.example.com/custom", false),
        ("kubernetes.io/custom", false),
        ("kops.k8s.io/instancegroup", false),
        ("node.kubernetes.io/custom", false),
        ("team", false),
        ("", false),
    ] {
        assert_eq!(words.is_restricted(key), is_restricted, "{key}");
    }
}

#[test]
fn a_provider_extends_the_vocabulary() {
    let words = Vocabulary::core()
        .with_restricted_label("example.com/reserved")
        .with_closed_values("example.com/tenancy", ["default", "dedicated"]);
    assert!(words.is_restricted("example.com/reserved"));
    assert_eq!(words.closed_values("example.com/tenancy").unwrap().len(), 2);
    let capacity: Vec<_> = words.closed_values(label::CAPACITY_TYPE).unwrap().iter().collect();
    assert_eq!(capacity, ["on-demand", "reserved", "spot"]);
    assert_eq!(words.closed_values(label::ZONE), None);
    assert_eq!(words.canonical_value(label::ZONE, "z1"), "z1");
}

#[test]
fn the_closest_key_is_the_first_in_order() {
    assert_eq!(closest_key("team", ["z.io/team", "a.io/team"]), Some("a.io/team"));
    assert_eq!(closest_key("x.io/team", ["team", "steam"]), Some("steam"));
    assert_eq!(closest_key("other", ["team"]), None);
    assert_eq!(closest_key("team", []), None);
}

#[test]
fn keys_are_qualified_names() {
    let longest = format!("{}/{}", "a".repeat(253), "b".repeat(63));
    for text in ["a", "A-b_c.d", "example.com/Team", "a/b", "1.2/3", longest.as_str()] {
        assert_eq!(check_qualified_name(text), Ok(()), "{text}");
    }
    let owned = |text: &str| text.to_owned();
    for (text, error) in [
        ("", LabelSyntaxError::NameEmpty { text: owned("") }),
        ("a/", LabelSyntaxError::NameEmpty { text: owned("a/") }),
        ("/a", LabelSyntaxError::PrefixShape { text: owned("/a") }),
        ("A/a", LabelSyntaxError::PrefixShape { text: owned("A/a") }),
        ("a..b/c", LabelSyntaxError::PrefixShape { text: owned("a..b/c") }),
        ("-a/c", LabelSyntaxError::PrefixShape { text: owned("-a/c") }),
        ("a-/c", LabelSyntaxError::PrefixShape { text: owned("a-/c") }),
        ("a_b/c", LabelSyntaxError::PrefixShape { text: owned("a_b/c") }),
        ("a/b/c", LabelSyntaxError::Slashes { text: owned("a/b/c") }),
        ("-a", LabelSyntaxError::NameShape { text: owned("-a") }),
        ("a.", LabelSyntaxError::NameShape { text: owned("a.") }),
        ("a b", LabelSyntaxError::NameShape { text: owned("a b") }),
        ("ä", LabelSyntaxError::NameShape { text: owned("ä") }),
    ] {
        assert_eq!(check_qualified_name(text), Err(error));
    }
    let long_name = "a".repeat(64);
    let error = LabelSyntaxError::NameTooLong { text: long_name.clone() };
    assert_eq!(check_qualified_name(&long_name), Err(error));
    let long_prefix = format!("{}/a", "a".repeat(254));
    let error = LabelSyntaxError::PrefixTooLong { text: long_prefix.clone() };
    assert_eq!(check_qualified_name(&long_prefix), Err(error));
}

#[test]
fn values_are_names_or_empty() {
    for text in ["", "a", "m5.large", "10.0.20348", "A_b-C", &"x".repeat(63)] {
        assert_eq!(check_label_value(text), Ok(()), "{text}");
    }
    for text in ["-1", "a/b", "a ", "_a", ".", "é", &"x".repeat(64)] {
        assert!(check_label_value(text).is_err(), "{text}");
    }
}

#[test]
fn capacity_types_read_back_and_others_are_refused() {
    for capacity_type in CapacityType::ALL {
        assert_eq!(capacity_type.to_string().parse(), Ok(capacity_type));
        let json = serde_json::to_string(&capacity_type).unwrap();
        assert_eq!(json, format!("\"{capacity_type}\""));
        assert_eq!(serde_json::from_str::<CapacityType>(&json).unwrap(), capacity_type);
    }
    let error = "Spot".parse::<CapacityType>().unwrap_err();
    assert!(error.to_string().starts_with("`Spot` is not a capacity type"));
}
