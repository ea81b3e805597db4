//! Volumes and network interfaces of a node class.

use std::collections::BTreeMap;

use karp_core::k8s::validate::Pattern;
use karp_core::k8s::validate::schema::{
    Broken, Schema, Subject, boolean, integer, list, long, object, text,
};
use serde_json::Value;

/// Sizes in Ti have a gap: of two-digit sizes below 58 only those ending in 0 to 7 pass. The number
/// before Ti and T may be missing.
static VOLUME_SIZE: Pattern = Pattern::new(
    r"^((?:[1-9][0-9]{0,3}|[1-4][0-9]{4}|[5][0-8][0-9]{3}|59000)Gi|(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|[6][0-3][0-9]{3}|64000)G|([1-9]||[1-5][0-7]|58)Ti|([1-9]||[1-5][0-9]|6[0-3]|64)T)$",
    "a size such as `100Gi`, from 1Gi to 59000Gi, 1G to 64000G, 1Ti to 58Ti (from 10 to 57 only \
     those that end in 0 to 7), 1T to 64T",
);

/// Volumes; absent means those of the image family.
pub(super) fn block_device_mappings() -> Schema {
    const TYPES: [&str; 7] = ["standard", "io1", "io2", "gp2", "sc1", "st1", "gp3"];

    let ebs = object([
        ("deleteOnTermination", boolean()),
        ("encrypted", boolean()),
        ("iops", long().into()),
        ("kmsKeyID", text().into()),
        ("snapshotID", text().into()),
        ("throughput", long().into()),
        ("volumeInitializationRate", integer().at_least(100).at_most(300).into()),
        ("volumeSize", text().like(&VOLUME_SIZE).into()),
        ("volumeType", text().one_of(&TYPES).into()),
    ])
    .rule(a_volume_has_content);
    list(object([("deviceName", text().into()), ("ebs", ebs), ("rootVolume", boolean())]))
        .at_most(50)
        .rule(one_root_volume)
}

/// Network interfaces.
pub(super) fn network_interfaces() -> Schema {
    list(object([
        ("networkCardIndex", integer().at_least(0).required()),
        ("deviceIndex", integer().at_least(0).required()),
        ("interfaceType", text().one_of(&["interface", "efa-only"]).required()),
    ]))
    .at_most(150)
    .rule(interfaces_fit_their_cards)
}

fn a_volume_has_content(ebs: &Subject<'_>, broken: &mut Broken) {
    let snapshot = ebs.get("snapshotID").and_then(Value::as_str);
    if snapshot.is_none() && !ebs.has("volumeSize") {
        broken.here("expected `snapshotID` or `volumeSize`");
    }
    if ebs.has("volumeInitializationRate") && snapshot.is_none_or(str::is_empty) {
        broken.at("volumeInitializationRate", "needs a `snapshotID`");
    }
}

fn one_root_volume(devices: &Subject<'_>, broken: &mut Broken) {
    let is_root = |device: &&Value| device.get("rootVolume") == Some(&Value::Bool(true));
    if devices.items().iter().filter(is_root).count() > 1 {
        broken.here("only one volume can have `rootVolume: true`");
    }
}

fn interfaces_fit_their_cards(interfaces: &Subject<'_>, broken: &mut Broken) {
    let mut places = BTreeMap::new();
    let mut efa_cards = BTreeMap::new();
    let mut has_primary = interfaces.items().is_empty();
    for (index, interface) in interfaces.items().iter().enumerate() {
        let number = |field| interface.get(field).map(number).unwrap_or_default();
        let (card, device) = (number("networkCardIndex"), number("deviceIndex"));
        let is_efa = interface.get("interfaceType").and_then(Value::as_str) == Some("efa-only");
        has_primary |= (card, device) == (0, 0) && !is_efa;
        if let Some(first) = places.insert((card, device), index) {
            let message = format!("card {card}, device {device} is taken by [{first}]");
            broken.at(format!("[{index}]"), message);
        }
        if is_efa && let Some(first) = efa_cards.insert(card, index) {
            let message = format!("card {card} has an `efa-only` interface already, [{first}]");
            broken.at(format!("[{index}]"), message);
        }
    }
    if !has_primary {
        broken.here("expected an interface of type `interface` at card 0, device 0");
    }
}

/// An index, however its number is written; other numbers have been refused before.
fn number(value: &Value) -> i64 {
    value.as_i64().or_else(|| value.to_string().trim_end_matches(".0").parse().ok()).unwrap_or(-1)
}
