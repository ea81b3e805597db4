//! Whether a machine of a class can start as a type at all; an incompatible type is listed, but can't be bought.

use crate::node_class::{AmiFamily, ClassSpec, NetworkInterface};

use super::figures::TypeFigures;

/// Whether EC2 would start a machine of this class as this type.
///
/// The placement group's strategy is not looked at: only EC2 knows it.
pub(super) fn holds(figures: &TypeFigures, class: &ClassSpec) -> bool {
    image_boots(figures, class.family)
        && class
            .network_interfaces
            .as_ref()
            .is_none_or(|interfaces| interfaces_attach(figures, interfaces, class.ip_prefix_count))
        && (!class.nested_virtualization || figures.nested_virtualization)
        && (!class.connection_tracking || figures.hypervisor == "nitro")
}

/// Amazon Linux 2023 needs a newer arm64 processor than that of the first generation.
fn image_boots(figures: &TypeFigures, family: AmiFamily) -> bool {
    !(family == AmiFamily::Al2023 && figures.name.starts_with("a1."))
}

/// Whether the type has the network cards, places, addresses and fabric adapters that the interfaces need.
fn interfaces_attach(
    figures: &TypeFigures,
    interfaces: &[NetworkInterface],
    prefixes: u32,
) -> bool {
    let efa_only = interfaces.iter().filter(|interface| interface.efa_only).count();
    let efa_limit = usize::try_from(figures.efa_interfaces.unwrap_or(0)).unwrap_or(usize::MAX);
    figures.ena
        && prefixes < figures.ipv4_per_eni
        && efa_only <= efa_limit
        && interfaces.iter().all(|interface| {
            let places = figures.card_enis.of_card(interface.card);
            places.is_some_and(|places| interface.device < places)
        })
}
