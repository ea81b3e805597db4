//! The kind `EC2NodeClass`: fields in the order of the definition, then the rules between them.

use karp_core::k8s::validate::schema::{
    Broken, Schema, Subject, alternatives, boolean, integer, long, object, open_object, text,
};
use karp_core::k8s::validate::{Kind, LabelRules, Pattern, Profile, Scope};
use serde_json::{Value, json};

use super::device::{block_device_mappings, network_interfaces};
use super::family::{self, CUSTOM, FAMILIES};
use super::kubelet;
use super::selector::{amis, capacity_reservations, security_groups, subnets};
use super::status::status;
use super::tag::tags;

/// Group of the kind.
pub(super) const GROUP: &str = "karpenter.k8s.aws";

static PLACEMENT_GROUP_ID: Pattern = Pattern::new("^pg-[0-9a-z]+$", "an id such as `pg-0abc123`");

const SWITCH: [&str; 2] = ["enabled", "disabled"];

/// The kind as a profile has it. Its spec is optional: without one, no rule runs.
pub(super) fn node_class(profile: Profile) -> Kind {
    let kind = Kind::new(GROUP, "v1", "EC2NodeClass", Scope::Cluster)
        .spec(spec(profile))
        .status(status())
        .runtime(aliases_have_two_parts);
    match profile {
        Profile::V1_14_1 => kind,
        Profile::Head => kind.runtime(check_kubelet),
    }
}

fn spec(profile: Profile) -> Schema {
    object([
        ("subnetSelectorTerms", subnets().required()),
        ("securityGroupSelectorTerms", security_groups().required()),
        ("capacityReservationSelectorTerms", capacity_reservations()),
        ("placementGroupSelector", placement_group()),
        ("associatePublicIPAddress", boolean()),
        ("ipPrefixCount", integer().at_least(0).into()),
        ("amiSelectorTerms", amis().required()),
        ("amiFamily", text().one_of(&FAMILIES).into()),
        ("userData", text().into()),
        ("role", text().rule(not_empty)),
        ("instanceProfile", text().rule(not_empty)),
        ("tags", tags()),
        (
            "kubelet",
            match profile {
                Profile::V1_14_1 => kubelet::managed_fields(),
                Profile::Head => open_object(),
            },
        ),
        ("blockDeviceMappings", block_device_mappings()),
        ("instanceStorePolicy", text().one_of(&["RAID0"]).into()),
        ("networkInterfaces", network_interfaces()),
        ("detailedMonitoring", boolean()),
        ("metadataOptions", metadata_options()),
        ("connectionTracking", connection_tracking()),
        ("context", text().into()),
        ("cpuOptions", object([("nestedVirtualization", text().one_of(&SWITCH).into())])),
    ])
    .rule(one_identity)
    .rule(family_fits_alias)
}

fn placement_group() -> Schema {
    object([("name", text().at_least(1).into()), ("id", text().like(&PLACEMENT_GROUP_ID).into())])
        .rule(|group, broken| exactly_one(group, ["name", "id"], broken))
}

fn metadata_options() -> Schema {
    object([
        ("httpEndpoint", text().one_of(&SWITCH).default("enabled")),
        ("httpProtocolIPv6", text().one_of(&SWITCH).default("disabled")),
        ("httpPutResponseHopLimit", long().at_least(1).at_most(64).default(1)),
        ("httpTokens", text().one_of(&["required", "optional"]).default("required")),
    ])
    .default(json!({
        "httpEndpoint": "enabled",
        "httpProtocolIPv6": "disabled",
        "httpPutResponseHopLimit": 1,
        "httpTokens": "required",
    }))
}

/// Seconds after which idle connections are forgotten.
fn connection_tracking() -> Schema {
    object([
        ("tcpEstablishedTimeout", integer().at_least(60).at_most(432_000).into()),
        ("udpStreamTimeout", integer().at_least(60).at_most(180).into()),
        ("udpTimeout", integer().at_least(30).at_most(60).into()),
    ])
    .rule(|tracking, broken| {
        let fields = ["tcpEstablishedTimeout", "udpStreamTimeout", "udpTimeout"];
        if !fields.iter().any(|field| tracking.has(field)) {
            broken.here(format!("expected {}", alternatives(&fields)));
        }
    })
}

fn one_identity(spec: &Subject<'_>, broken: &mut Broken) {
    exactly_one(spec, ["role", "instanceProfile"], broken);
}

fn exactly_one(subject: &Subject<'_>, fields: [&str; 2], broken: &mut Broken) {
    let [one, other] = fields;
    match (subject.has(one), subject.has(other)) {
        (true, true) => broken.at(other, format!("excludes `{one}`")),
        (false, false) => broken.here(format!("expected `{one}` or `{other}`")),
        (true, false) | (false, true) => {}
    }
}

fn family_fits_alias(spec: &Subject<'_>, broken: &mut Broken) {
    let family = spec.get("amiFamily").and_then(Value::as_str);
    let mut aliases = family::aliases(spec.value).peekable();
    match family {
        None if aliases.peek().is_none() => {
            broken.at("amiFamily", "required where no term has an alias");
        }
        None | Some(CUSTOM) => {}
        Some(family) => {
            for (_, alias) in aliases {
                if let Some(other) = family::of_alias(alias).filter(|other| *other != family) {
                    let message = format!(
                        "expected `{other}`, as in the alias `{alias}`, or `{CUSTOM}`, found `{family}`"
                    );
                    broken.at("amiFamily", message);
                }
            }
        }
    }
}

fn not_empty(text: &Subject<'_>, broken: &mut Broken) {
    if text.text().is_empty() {
        broken.here("may not be empty");
    }
}

/// `al2023@a@b` is admitted, and nobody objects later, but its version can't be read.
fn aliases_have_two_parts(class: &Value, _: &LabelRules, broken: &mut Broken) {
    let Some(spec) = class.get("spec") else { return };
    for (index, alias) in family::aliases(spec) {
        if alias.split('@').count() != 2 {
            let message = format!("`{alias}` can't be used: a version holds no `@`");
            broken.warn(format!("spec.amiSelectorTerms[{index}].alias"), message);
        }
    }
}

/// What became a matter of controllers when the definition opened the block to any field.
fn check_kubelet(class: &Value, _: &LabelRules, broken: &mut Broken) {
    let Some(spec) = class.get("spec") else { return };
    if let Some(settings) = spec.get("kubelet") {
        kubelet::check(settings, family::resolved(spec), "spec.kubelet", broken);
    }
}
