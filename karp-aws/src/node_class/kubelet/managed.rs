//! The twelve settings that the definition of 1.14.1 knows, with their admission rules.

use karp_core::k8s::validate::Pattern;
use karp_core::k8s::validate::schema::{
    Broken, Schema, Subject, alternatives, boolean, entry, integer, list, map, object, text,
};
use karp_core::model::Span;
use serde_json::Value;

use super::threshold::{RESERVABLE, SIGNALS};

/// The settings, in alphabetical order.
pub(super) const MANAGED: [&str; 12] = [
    "clusterDNS",
    "cpuCFSQuota",
    "evictionHard",
    "evictionMaxPodGracePeriod",
    "evictionSoft",
    "evictionSoftGracePeriod",
    "imageGCHighThresholdPercent",
    "imageGCLowThresholdPercent",
    "kubeReserved",
    "maxPods",
    "podsPerCore",
    "systemReserved",
];

/// A percentage, a quantity, or nothing.
static THRESHOLD: Pattern = Pattern::new(
    r"^(([0-9]{1,2}(\.[0-9]{1,2})?|100(\.0{1,2})?)%||(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?)$",
    "a percentage such as `5%`, or a quantity such as `500Mi`",
);

static QUANTITY: Pattern = Pattern::new(
    r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$",
    "a quantity such as `100m` or `500Mi`",
);

/// The block as the definition of 1.14.1 has it.
pub(in crate::node_class) fn managed_fields() -> Schema {
    let percent = || integer().at_least(0).at_most(100).into();
    let reserved = || map(text().like(&QUANTITY)).rule(reserved_resources);
    let thresholds = || map(text().like(&THRESHOLD)).rule(known_signals);
    object([
        ("clusterDNS", list(text()).into()),
        ("cpuCFSQuota", boolean()),
        ("evictionHard", thresholds()),
        ("evictionMaxPodGracePeriod", integer().into()),
        ("evictionSoft", thresholds()),
        ("evictionSoftGracePeriod", map(text().decoded_by(duration)).rule(known_signals)),
        ("imageGCHighThresholdPercent", percent()),
        ("imageGCLowThresholdPercent", percent()),
        ("kubeReserved", reserved()),
        ("maxPods", integer().at_least(0).into()),
        ("podsPerCore", integer().at_least(0).into()),
        ("systemReserved", reserved()),
    ])
    .rule(high_exceeds_low)
    .rule(soft_thresholds_have_grace_periods)
}

fn duration(text: &str) -> Option<String> {
    text.parse::<Span>().err().map(|error| error.to_string())
}

fn reserved_resources(reserved: &Subject<'_>, broken: &mut Broken) {
    for key in reserved.keys() {
        let value = reserved.get(key).and_then(Value::as_str).unwrap_or_default();
        if !RESERVABLE.contains(&key) {
            let known = alternatives(&RESERVABLE);
            broken.entry(key, format!("expected {known}, found `{key}`"));
        } else if value.starts_with('-') {
            broken.entry(key, format!("may not be negative, found `{value}`"));
        }
    }
}

fn known_signals(signals: &Subject<'_>, broken: &mut Broken) {
    for key in signals.keys().filter(|key| !SIGNALS.contains(key)) {
        let known = alternatives(&SIGNALS);
        broken.entry(key, format!("expected {known}, found `{key}`"));
    }
}

fn high_exceeds_low(kubelet: &Subject<'_>, broken: &mut Broken) {
    let percent = |field| kubelet.get(field).and_then(Value::as_f64);
    let high = percent("imageGCHighThresholdPercent");
    let low = percent("imageGCLowThresholdPercent");
    if let (Some(high), Some(low)) = (high, low)
        && high <= low
    {
        let message =
            format!("expected more than `imageGCLowThresholdPercent`, {low}, found {high}");
        broken.at("imageGCHighThresholdPercent", message);
    }
}

fn soft_thresholds_have_grace_periods(kubelet: &Subject<'_>, broken: &mut Broken) {
    let pairs =
        [("evictionSoft", "evictionSoftGracePeriod"), ("evictionSoftGracePeriod", "evictionSoft")];
    for (one, other) in pairs {
        let entries = kubelet.get(one).and_then(Value::as_object);
        for key in entries.into_iter().flat_map(|entries| entries.keys()) {
            let partner = kubelet.get(other).and_then(|other| other.get(key));
            if partner.is_none() {
                broken.at(entry(one, key), format!("needs an entry in `{other}`, too"));
            }
        }
    }
}
