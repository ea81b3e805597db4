//! How many pods a machine can run; not whether they fit.

use crate::{Settings, node_class::ClassSpec};

use super::figures::TypeFigures;

/// Pods per machine where network interfaces set no bound: the kubelet's default.
const DEFAULT_MAX_PODS: u32 = 110;

/// Addresses of pods on the host network, which need none from the interfaces: those of the network and proxy daemons.
const HOST_NETWORK_PODS: u32 = 2;

/// The number of pods that the addresses of the default network card allow, `reserved` interfaces left out.
///
/// `(interfaces − reserved − EFA-only ones) × (addresses per interface − 1) + 2`, the first address of an interface being its
/// own; 0 when no interface is left.
/// <https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html>
pub(super) fn by_interfaces(figures: &TypeFigures, class: &ClassSpec, reserved: u32) -> u32 {
    let interfaces = class.network_interfaces.iter().flatten();
    let efa_only = interfaces.filter(|interface| interface.efa_only && interface.card == 0).count();
    let usable = figures
        .card_enis
        .of_card(0)
        .unwrap_or(0)
        .saturating_sub(reserved)
        .saturating_sub(u32::try_from(efa_only).unwrap_or(u32::MAX));
    if usable == 0 {
        return 0;
    }
    let addresses = usable.saturating_mul(figures.ipv4_per_eni.saturating_sub(1));
    addresses.saturating_add(HOST_NETWORK_PODS)
}

/// The number of pods that a machine of the class runs at most.
///
/// `maxPods`; else the bound of the interfaces where the image keeps it; else 110. Then at most `podsPerCore` for each vCPU, where
/// the image honours that. Prefix delegation does not count: classes that use it set `maxPods`.
pub(super) fn of(figures: &TypeFigures, class: &ClassSpec, settings: &Settings) -> u32 {
    let density = class.kubelet.max_pods.unwrap_or_else(|| {
        if class.family.limits_pods_by_interfaces() {
            by_interfaces(figures, class, settings.reserved_enis)
        } else {
            DEFAULT_MAX_PODS
        }
    });
    match class.kubelet.pods_per_core {
        Some(per_core) if class.family.honours_pods_per_core() => {
            density.min(per_core.saturating_mul(figures.vcpus))
        }
        _ => density,
    }
}
