//! Settings and workloads that stop consolidation, or seem to; not whether a node can be consolidated now.

use super::{
    Rule,
    cluster::Cluster,
    offer::PoolOffer,
    pods::PodGroup,
    schedules::{PoolCalendar, WEEK},
};
use crate::{
    budget::DisruptionReason,
    model::{Finding, Severity, label},
};

/// Pods that keep their nodes for ever.
pub(super) const BLOCKS_CONSOLIDATION: Rule = Rule::new(
    "blocks-consolidation",
    Severity::Warning,
    "a workload's pods keep every node that they are on",
    "give the annotation a duration instead of `true`, or protect the pods with a pod disruption budget that allows one at a time",
);

/// Consolidation is off, drift is not.
pub(super) const OFF_BUT_DRIFTS: Rule = Rule::new(
    "consolidation-off-but-drifts",
    Severity::Warning,
    "`consolidateAfter: Never` does not stop drift",
    "to stop drift as well, or to keep it to a window, add a budget with `nodes: \"0\"` and `reasons: [Drifted]`",
);

pub(super) fn find(cluster: &Cluster<'_>) -> Vec<Finding> {
    let drifting = cluster.pools.iter().filter_map(|offer| off_but_drifts(cluster, offer));
    let blocking = cluster.pods.iter().filter_map(|pods| blocks(cluster, pods));
    drifting.chain(blocking).collect()
}

/// A pool whose author may think that nothing is ever replaced.
fn off_but_drifts(cluster: &Cluster<'_>, offer: &PoolOffer<'_>) -> Option<Finding> {
    if offer.pool.is_static() || !offer.pool.disruption.consolidate_after.is_never() {
        return None;
    }
    let calendar = PoolCalendar::new(cluster, offer, DisruptionReason::Drifted, WEEK)?;
    let most = calendar.slots().map(|allowed| allowed.nodes).max().filter(|most| *most > 0)?;
    let how_many = if calendar.is_ever_unlimited() {
        "without limit".to_owned()
    } else {
        format!("up to {most} of {} nodes at once", PoolCalendar::NODES)
    };
    let message = format!(
        "machines stay when they could be fewer or cheaper, but those that drift (a new image, a changed pool) are still replaced, {how_many}"
    );
    Some(OFF_BUT_DRIFTS.finding(&offer.object, message).at("spec.disruption.consolidateAfter"))
}

fn blocks(cluster: &Cluster<'_>, pods: &PodGroup<'_>) -> Option<Finding> {
    let is_kept = pods.annotations.get(label::DO_NOT_DISRUPT).is_some_and(|value| value == "true");
    let is_daemon = pods.kind == "DaemonSet";
    if !is_kept || pods.ends() || !is_daemon && pods.replicas == 0 || !cluster.may_be_managed(pods)
    {
        return None;
    }
    let where_it_is = if is_daemon {
        "a daemon's pod is on every node, so that no node is ever consolidated".to_owned()
    } else {
        format!(
            "up to {} nodes are never consolidated, however little else is on them",
            pods.replicas
        )
    };
    let message = format!("its pods carry `{}: \"true\"`: {where_it_is}", label::DO_NOT_DISRUPT);
    let field = pods.field(&format!("metadata.annotations[{}]", label::DO_NOT_DISRUPT));
    Some(BLOCKS_CONSOLIDATION.finding(&pods.object, message).at(field))
}
