//! Grace periods that a spot machine can't keep; not how long pods should take to stop.

use super::{Rule, cluster::Cluster, offer::PoolOffer, pods::PodGroup};
use crate::model::{CapacityType, Finding, Requirement, Requirements, Severity, Span, label};

/// More time to stop than a spot machine has.
pub(super) const OUTLIVES_SPOT_NOTICE: Rule = Rule::new(
    "grace-outlives-spot-notice",
    Severity::Warning,
    "a grace period is longer than the notice of a spot machine",
    "stop in less time, save progress while running, or require `karpenter.sh/capacity-type` `In` `[on-demand]`",
);

pub(super) fn find(cluster: &Cluster<'_>) -> Vec<Finding> {
    let of_pools = cluster.pools.iter().filter_map(|offer| of_pool(cluster, offer));
    let of_pods = cluster.pods.iter().filter_map(|pods| of_pods(cluster, pods));
    of_pools.chain(of_pods).collect()
}

fn of_pool(cluster: &Cluster<'_>, offer: &PoolOffer<'_>) -> Option<Finding> {
    let notice = cluster.settings.spot_notice;
    let grace = offer.pool.template.termination_grace_period.filter(|grace| *grace > notice)?;
    if !sells_spot(cluster, offer) {
        return None;
    }
    let message = format!(
        "a drain may take {grace}, but a spot machine is gone {notice} after its notice, whatever is left on it"
    );
    let finding = OUTLIVES_SPOT_NOTICE
        .finding(&offer.object, message)
        .at("spec.template.spec.terminationGracePeriod");
    // On a machine that can stay, the period does what it says.
    let is_spot_only = CapacityType::ALL
        .into_iter()
        .all(|kind| kind == CapacityType::Spot || !admits(offer, kind));
    Some(if is_spot_only { finding } else { Finding { severity: Severity::Info, ..finding } })
}

fn of_pods(cluster: &Cluster<'_>, pods: &PodGroup<'_>) -> Option<Finding> {
    let notice = cluster.settings.spot_notice;
    let grace: Span = pods.spec.termination_grace_period.filter(|grace| *grace > notice)?;
    let is_elsewhere =
        pods.spec.node_selector.get(label::CAPACITY_TYPE).is_some_and(|kind| kind != SPOT);
    if is_elsewhere || pods.kind == "DaemonSet" {
        return None;
    }
    let mut on_spot = pods.spec.clone();
    on_spot.node_selector.insert(label::CAPACITY_TYPE.to_owned(), SPOT.to_owned());
    let pool = cluster
        .pools
        .iter()
        .find(|offer| sells_spot(cluster, offer) && offer.may_hold(&on_spot, cluster.words()))?;
    let message = format!(
        "its pods ask for {grace} to stop and may run on spot machines of node pool `{}`, which are gone {notice} after their notice",
        pool.pool.name
    );
    let finding = OUTLIVES_SPOT_NOTICE.finding(&pods.object, message);
    Some(finding.at(pods.field("spec.terminationGracePeriodSeconds")))
}

const SPOT: &str = CapacityType::Spot.as_str();

/// Whether some type of the pool can be bought as spot, now or when there are some left.
fn sells_spot(cluster: &Cluster<'_>, offer: &PoolOffer<'_>) -> bool {
    if !admits(offer, CapacityType::Spot) {
        return false;
    }
    let mut spot: Requirements = offer.requirements.clone();
    spot.add(Requirement::equals(label::CAPACITY_TYPE, SPOT));
    !offer.is_open || offer.types.iter().any(|kind| kind.is_sold_under(&spot, cluster.words()))
}

fn admits(offer: &PoolOffer<'_>, kind: CapacityType) -> bool {
    offer
        .requirements
        .get(label::CAPACITY_TYPE)
        .is_none_or(|requirement| requirement.has(kind.as_str()))
}
