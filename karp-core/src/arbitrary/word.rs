//! The few names and values that everything is made of; not who uses which.

use proptest::{prelude::*, sample::select};

use crate::model::{
    CapacityType, Effect, Price, Taint, Toleration, TolerationOperator, Vocabulary, label,
};

/// Zones.
pub(crate) const ZONES: [&str; 3] = ["z1", "z2", "z3"];
/// Capacity types that are not limited by number.
pub(crate) const CAPACITY_TYPES: [CapacityType; 2] = [CapacityType::OnDemand, CapacityType::Spot];
/// Architectures.
pub(crate) const ARCHITECTURES: [&str; 2] = [label::ARCH_AMD64, label::ARCH_ARM64];
/// A key that the provider knows: `small` or `large`.
pub(crate) const SIZE: &str = "size";
/// A key that the provider knows and that some types say not to have: `optional`.
pub(crate) const SPECIAL: &str = "special";
/// A key that the provider knows, with integers.
pub(crate) const CORES: &str = "cores";
/// A key that only users know.
pub(crate) const TEAM: &str = "team";
/// A key that only users know and that no instance type has.
pub(crate) const RACK: &str = "rack";
/// A key that only users know, with integers.
pub(crate) const LEVEL: &str = "level";
/// A resource of a device.
pub(crate) const DEVICE: &str = "example.com/device";

/// The labels that the provider of the snapshots made here knows beside the core ones: `size`, `special` and `cores`.
pub fn vocabulary() -> Vocabulary {
    Vocabulary::core().with_well_known([SIZE, SPECIAL, CORES])
}

/// Values of a key, in the order in which shrinking prefers them.
pub(crate) fn values_of(key: &str) -> &'static [&'static str] {
    match key {
        label::ZONE | "failure-domain.beta.kubernetes.io/zone" => &ZONES,
        label::CAPACITY_TYPE => &["on-demand", "spot"],
        label::ARCH => &ARCHITECTURES,
        label::INSTANCE_TYPE => &["t0", "t1", "t2"],
        label::NODE_POOL => &["p0", "p1"],
        label::HOSTNAME => &["n0", "n1"],
        SIZE => &["small", "large"],
        SPECIAL => &["optional"],
        CORES => &["1", "2", "4"],
        RACK => &["r1", "r2"],
        LEVEL => &["1", "2", "3"],
        _ => &["a", "b"],
    }
}

/// Whether the values of a key are integers, so that it can be compared.
pub(crate) fn is_integer(key: &str) -> bool {
    matches!(key, CORES | LEVEL)
}

pub(crate) fn taint() -> impl Strategy<Value = Taint> {
    prop_oneof![
        3 => (select(&["a", "b"][..]), select(vec![Effect::NoSchedule, Effect::NoExecute]))
            .prop_map(|(value, effect)| Taint::new("dedicated", effect).with_value(value)),
        2 => Just(Taint::new("soft", Effect::PreferNoSchedule)),
    ]
}

pub(crate) fn toleration() -> impl Strategy<Value = Toleration> {
    prop_oneof![
        3 => select(&["a", "b"][..]).prop_map(|value| Toleration::equal("dedicated", value)),
        1 => Just(Toleration::equal("dedicated", "a").with_effect(Effect::NoSchedule)),
        1 => Just(Toleration::exists("dedicated").with_effect(Effect::NoExecute)),
        1 => Just(Toleration::exists("soft")),
        1 => Just(Toleration::everything()),
        1 => Just(Toleration::exists("").with_operator(TolerationOperator::Exists)
            .with_effect(Effect::PreferNoSchedule)),
    ]
}

/// A price of 10, 20, 30 or 100 cents per hour; equal ones are common.
pub(crate) fn price() -> impl Strategy<Value = Price> {
    select(&[1_i64, 2, 3, 10][..]).prop_map(|tenths| Price::from_pico(tenths * 100_000_000_000))
}
